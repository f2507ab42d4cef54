"""Learn an unknown track: one clean lap of the driver's, cut exactly at the line, good enough for others to drive by.

A lap is taken only if nothing at all speaks against it; `LapCapture.refusal` says what did last. Samples are kept
no closer than half a metre, so that memory is bounded by the track and not by the game's rate.
"""

from __future__ import annotations

import math
from typing import Final

from desktop_client.race.lifecycle import own_row
from desktop_client.race.recorded_lap import CapturedLap, FinishedLap, Line, Recording, Refusal, Sample
from desktop_client.telemetry.frame import Capability, Frame, PitStatus, Session

NEEDED: Final = frozenset(
    {
        Capability.WORLD_POSITION,
        Capability.LAP_DISTANCE,
        Capability.LAP_VALIDITY,
        Capability.PIT_STATUS,
        Capability.TRACK_ID,
    }
)
LONGEST_GAP_S: Final = 1.0
LAP_TIME_TOLERANCE_S: Final = 0.5
LAP_TIME_WITHIN_S: Final = 2.0  # games that time the lap later do so well within this
BACKWARDS_M: Final = 2.0  # a car that rolls, or a distance that jitters
UNKNOWN_SPEED_MPS: Final = 120.0


class LapCapture:
    """Feed it every frame. It gives one lap per session and then rests; `again` makes it begin anew."""

    def __init__(self) -> None:
        self.refusal: Refusal | None = None
        self._uid: str | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._before: Sample | None = None
        self._lap: Recording | None = None
        self._finished: FinishedLap | None = None
        self._rests = False

    def again(self) -> None:
        """Look for another lap: the last one was of no use."""
        self._begin_anew()

    @property
    def is_recording(self) -> bool:
        """Whether a lap is being recorded just now, with nothing against it so far."""
        return self._lap is not None

    def feed(self, frame: Frame) -> CapturedLap | None:
        """Take the next frame; the captured lap as soon as it is certain."""
        session = frame.session
        if session.uid != self._uid:
            if self._lap is not None:
                self.refusal = Refusal.SESSION_CHANGED
            self._uid = session.uid
            self._begin_anew()
        if self._rests:
            return None
        objection = _objection(frame)
        if objection is not None:
            return self._refuse(objection)
        return self._take(_sample(frame), session)

    def _take(self, now: Sample, session: Session) -> CapturedLap | None:
        before, self._before = self._before, now
        if not math.isfinite(now.distance + now.x + now.y + now.at):
            return self._refuse(Refusal.NOT_FINITE)
        if before is None or (now.at == before.at and now.clock - before.clock <= LONGEST_GAP_S):
            return None
        crossed = now.lap == before.lap + 1
        objection = _break_between(before, now, session.track_length_m if crossed else None, crossed)
        if objection is not None:
            # What comes of a break, such as the way back to where the car was, is not another refusal.
            self._refuse(objection if self._lap is not None else self.refusal or objection)
            self._before = now
            return None
        if crossed:
            self._cross(before, now, session)
        elif self._lap is not None and not self._lap.add(now):
            return self._refuse(Refusal.TOO_LONG)
        return self._judge(now, session)

    def _cross(self, before: Sample, now: Sample, session: Session) -> None:
        share = _share_before_line(before, now, session.track_length_m)
        x, y, z = (a + (b - a) * share for a, b in zip(before[4:7], now[4:7], strict=True))
        line = Line(before.at + (now.at - before.at) * share, x, y, z)
        if self._lap is not None:
            self._finished = FinishedLap(self._lap, line, before.distance, before.last_lap)
        self._lap = Recording(line, now)

    def _judge(self, now: Sample, session: Session) -> CapturedLap | None:
        """Take the finished lap when the game's own time for it has come, or will not come."""
        done = self._finished
        if done is None:
            return None
        disagrees = abs(now.last_lap - done.duration_s) > LAP_TIME_TOLERANCE_S  # nan never disagrees
        is_timed = math.isfinite(now.last_lap) and not disagrees
        is_news = is_timed and now.last_lap != done.earlier_lap_s
        if not is_news and now.at - done.line.at < LAP_TIME_WITHIN_S:
            return None
        self._finished = None
        objection = Refusal.LAP_TIME_DISAGREES if disagrees else done.objection(session.track_length_m)
        if objection is not None:
            self.refusal = objection
            return None
        self._rests, self._lap, self.refusal = True, None, None
        return done.captured(session, now.last_lap if is_timed else done.duration_s)

    def _refuse(self, reason: Refusal) -> None:
        """Throw away what is being recorded; a finished lap stays, unless time was turned back."""
        self.refusal = reason
        self._lap = self._before = None
        if reason is Refusal.REWOUND:
            self._finished = None


def _objection(frame: Frame) -> Refusal | None:
    """What in this one frame speaks against any lap it is part of."""
    row = own_row(frame)
    if not frame.capabilities >= NEEDED or frame.session.track_id is None:
        return Refusal.GAME_LACKS
    if row is None or frame.player is None or frame.session.spectating:
        return Refusal.NOT_DRIVING
    if frame.session.paused:
        return Refusal.PAUSED
    if frame.cars.pit[row] != PitStatus.NONE:
        return Refusal.PIT_LANE
    return None if frame.cars.lap_valid[row] else Refusal.LAP_INVALID


def _sample(frame: Frame) -> Sample:
    cars, row = frame.cars, own_row(frame)
    assert row is not None, "a frame without an own car was refused before"
    columns = (cars.lap_distance_m, cars.x, cars.y, cars.z, cars.speed_mps, cars.last_lap_s)
    return Sample(frame.at, frame.session_time_s, int(cars.lap[row]), *(float(column[row]) for column in columns))


def _break_between(before: Sample, now: Sample, length_m: float | None, crossed: bool) -> Refusal | None:
    """What between two samples a car cannot have done by driving on."""
    seconds = now.at - before.at
    if seconds < 0:
        return Refusal.REWOUND
    if seconds == 0:
        return Refusal.PAUSED
    if seconds > LONGEST_GAP_S:
        return Refusal.GAP
    if now.lap < before.lap:
        return Refusal.REWOUND
    speeds = [speed for speed in (before.speed, now.speed) if math.isfinite(speed)]
    reach = 1.5 * max(speeds, default=UNKNOWN_SPEED_MPS) * seconds + 8.0
    moved = math.hypot(now.x - before.x, now.y - before.y)
    if crossed:
        # Past the line at once, and from right before it: the lap number alone may lag behind the distance.
        to_line = 0.0 if length_m is None else max(0.0, length_m - before.distance)
        return None if to_line <= reach and abs(now.distance) <= reach >= moved else Refusal.LINE_UNCLEAR
    if now.lap != before.lap:
        return Refusal.LINE_UNCLEAR
    driven = now.distance - before.distance
    if driven < -BACKWARDS_M:
        return Refusal.REWOUND
    return Refusal.TELEPORT if moved > reach or driven > reach else None


def _share_before_line(before: Sample, now: Sample, length_m: float | None) -> float:
    """Which part of the way from one sample to the next lies before the line, 0..1."""
    after = max(0.0, now.distance)
    if length_m is not None:
        ahead = max(0.0, length_m - before.distance)
        return ahead / (ahead + after) if ahead + after > 0 else 1.0
    moved = math.hypot(now.x - before.x, now.y - before.y)
    return 1.0 - min(1.0, after / moved) if moved > 0 else 1.0
