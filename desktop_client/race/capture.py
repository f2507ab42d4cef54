"""Learn a track: one clean lap of the driver's, cut exactly at the line, good enough for others to drive by.

A lap is taken only if nothing at all speaks against it; `LapCapture.refusal` says what did last. Samples are kept
no closer than half a metre, so that memory is bounded by the track and not by the game's rate. Games that do not say
where the car is are believed how fast it goes and where it points. What was seen around the car goes with the lap: the
ways of other cars, and the pit lane.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import Final

from desktop_client.race.dead_reckoning import DeadReckoning
from desktop_client.race.driven_lap import FinishedLap, Line, Recording, Sample
from desktop_client.race.lap_objections import (
    BACKWARDS_M,
    LATE_S,
    LONGEST_GAP_S,
    STANDS_MPS,
    break_between,
    objection_to,
)
from desktop_client.race.lifecycle import own_row
from desktop_client.race.line_crossing import line_at_once, line_before
from desktop_client.race.other_cars import OtherCars
from desktop_client.race.pit_way import PitWatch
from desktop_client.race.recorded_lap import CapturedLap, Refusal
from desktop_client.telemetry.frame import Capability, Frame

LAP_TIME_TOLERANCE_S: Final = 0.5
LAP_TIME_WITHIN_S: Final = 2.0  # games that time the lap later do so well within this
ONLY_TIME_WITHIN_S: Final = 5.0  # where the time is all that says that the lap counted, it is waited for longer
RECENT: Final = 256
"""Samples in which the line is looked for once the lap is counted: `LATE_S` and more at any game's rate."""


class LapCapture:
    """Feed it every frame. It gives one lap per session and then rests; after `again` it looks for one more."""

    def __init__(self) -> None:
        self.refusal: Refusal | None = None
        self._uid: str | None = None
        self._forget()

    def _forget(self) -> None:
        self._others, self._pits = OtherCars(), PitWatch()
        self._reckoning: DeadReckoning | None = None
        self._recent: deque[Sample] = deque(maxlen=RECENT)
        self._lap: Recording | None = None
        self._uncounted_since: float | None = None
        self._finished: FinishedLap | None = None
        self._rests = False

    def again(self) -> None:
        """Look for another lap, and go on with the one that has begun meanwhile."""
        self._rests = False

    @property
    def is_recording(self) -> bool:
        """Whether a lap is being recorded just now, with nothing against it so far."""
        return self._lap is not None and not self._rests

    def feed(self, frame: Frame) -> CapturedLap | None:
        """Take the next frame; the captured lap as soon as it is certain."""
        session, row = frame.session, own_row(frame)
        if session.uid != self._uid:
            if self._lap is not None:
                self.refusal = Refusal.SESSION_CHANGED
            self._uid = session.uid
            self._forget()
        if self._rests:
            return None
        self._others.take(frame, row)
        self._pits.take(frame)
        objection = objection_to(frame, row)
        if objection is not None or row is None:
            return self._refuse(objection or Refusal.NOT_DRIVING)
        return self._take(self._sample(frame, row), frame)

    def _take(self, now: Sample, frame: Frame) -> CapturedLap | None:
        before = self._recent[-1] if self._recent else None
        if not math.isfinite(now.x + now.y + now.at):
            return self._refuse(Refusal.NOT_FINITE)
        if before is None:
            self._begin(line_at_once(now), (now,))
            self._recent.append(now)
            return None
        if now.at == before.at and now.clock - before.clock <= LONGEST_GAP_S:
            return None
        objection = self._break(before, now, frame.session.track_length_m)
        if objection is not None:
            # What comes of a break, such as the way back to where the car was, is not another refusal.
            self._refuse(objection if self._lap is not None else self.refusal or objection)
        elif now.lap == before.lap + 1:
            self._cross(now, frame)
        elif self._lap is not None and not self._lap.add(now):
            self._refuse(Refusal.TOO_LONG)
        self._recent.append(now)
        return self._judge(now, frame)

    def _break(self, before: Sample, now: Sample, length_m: float | None) -> Refusal | None:
        if self._lap is not None and now.speed < STANDS_MPS:
            return Refusal.STOOD
        if self._lap is not None and not math.isfinite(now.distance):
            return Refusal.NOT_FINITE
        objection = break_between(before, now, length_m)
        if objection is not None:
            return objection
        if now.lap != before.lap:
            self._uncounted_since = None
        elif self._lap is not None and now.distance < before.distance - BACKWARDS_M:
            # Over the line: of a lap that has just begun it is the line that was counted too soon.
            has_begun = now.at - self._lap.line.at <= LATE_S
            self._uncounted_since = None if has_begun else now.at
        if self._uncounted_since is not None and now.at - self._uncounted_since > LATE_S:
            return Refusal.LINE_UNCLEAR
        return None

    def _cross(self, now: Sample, frame: Frame) -> None:
        line = line_before(self._recent, now, frame.session.track_length_m)
        if line is None:
            self._refuse(Refusal.LINE_UNCLEAR)
            return
        if self._lap is not None:
            earlier_lap_s = self._recent[-1].last_lap
            is_integrated = self._reckoning is not None
            self._finished = FinishedLap(self._lap, line, earlier_lap_s, is_integrated=is_integrated)
        self._begin(line, (*(sample for sample in self._recent if sample.at > line.at), now))

    def _begin(self, line: Line | None, since: tuple[Sample, ...]) -> None:
        self._lap = None if line is None else Recording(line, since)

    def _judge(self, now: Sample, frame: Frame) -> CapturedLap | None:
        """Take the finished lap when the game's own time for it has come, or will not come."""
        done, told, session = self._finished, frame.capabilities, frame.session
        if done is None:
            return None
        disagrees = abs(now.last_lap - done.duration_s) > LAP_TIME_TOLERANCE_S  # nan never disagrees
        is_timed = math.isfinite(now.last_lap) and not disagrees
        is_news = is_timed and now.last_lap != done.earlier_lap_s
        must_be_timed = Capability.LAP_VALIDITY not in told
        if not is_news and now.at - done.line.at < (ONLY_TIME_WITHIN_S if must_be_timed else LAP_TIME_WITHIN_S):
            return None
        self._finished = None
        objection = done.objection(session.track_length_m, told)
        if must_be_timed and not is_timed:
            objection = Refusal.UNTIMED
        if disagrees:
            objection = Refusal.LAP_TIME_DISAGREES
        if objection is not None:
            self.refusal = objection
            return None
        lap = done.captured(session, now.last_lap if is_timed else done.duration_s)
        self._rests, self.refusal = True, None
        return replace(lap, other_cars=self._others.given(), pit=self._pits.way(session.pit_limit_mps))

    def _refuse(self, reason: Refusal) -> None:
        """Throw away what is being recorded; a finished lap stays, unless time was turned back."""
        self.refusal = reason
        self._lap = self._uncounted_since = None
        self._recent.clear()
        if reason is Refusal.REWOUND:
            self._finished = None

    def _sample(self, frame: Frame, row: int) -> Sample:
        cars = frame.cars
        x, y = float(cars.x[row]), float(cars.y[row])
        if Capability.WORLD_POSITION not in frame.capabilities:
            self._reckoning = self._reckoning or DeadReckoning()
            x, y = self._reckoning.move(frame, row)
        return Sample(
            clock=frame.at,
            at=frame.session_time_s,
            lap=int(cars.lap[row]),
            distance=float(cars.lap_distance_m[row]),
            x=x,
            y=y,
            z=float(cars.z[row]),
            speed=float(cars.speed_mps[row]),
            last_lap=float(cars.last_lap_s[row]),
            heading=float(cars.heading_rad[row]),
            lap_time=float(cars.lap_time_s[row]),
            sector=int(cars.sector[row]),
        )
