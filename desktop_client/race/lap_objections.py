"""What speaks against a lap while it is being driven: in one frame by itself, and between one sample and the next.

What a game can say must hold. What it cannot say is judged from the lap itself, when it is over.
"""

from __future__ import annotations

import math
from typing import Final

from desktop_client.race.driven_lap import Sample, from_line
from desktop_client.race.recorded_lap import Refusal
from desktop_client.telemetry.frame import Capability, Frame, PitStatus

RECKONED: Final = frozenset({Capability.HEADING, Capability.LAP_DISTANCE})
SAID_OF_DRIVING: Final = frozenset({Capability.LAP_VALIDITY, Capability.PIT_STATUS})
LONGEST_GAP_S: Final = 1.0
LATE_S: Final = 0.4
"""How long the count of laps may lag behind the line, or the line behind the count: some games score five times a
second."""

BACKWARDS_M: Final = 2.0  # a car that rolls, or a distance that jitters
SLACK_M: Final = 8.0
UNKNOWN_SPEED_MPS: Final = 120.0
STANDS_MPS: Final = 3.0


def objection_to(frame: Frame, row: int | None) -> Refusal | None:
    """What in this one frame speaks against any lap it is part of."""
    session, told = frame.session, frame.capabilities
    if session.replay and not SAID_OF_DRIVING.isdisjoint(told):
        # Of validity and pits a game speaks as of now. Where it never does, a replayed lap is one like any other.
        return Refusal.REPLAY
    if row is None or frame.player is None or session.spectating:
        return Refusal.NOT_DRIVING
    if Capability.WORLD_POSITION not in told and (not told >= RECKONED or frame.player.velocity_mps is None):
        return Refusal.GAME_LACKS
    if Capability.TRACK_ID in told and session.track_id is None:
        return Refusal.GAME_LACKS
    if session.paused:
        return Refusal.PAUSED
    if session.in_garage:
        return Refusal.IN_GARAGE
    if frame.cars.pit[row] != PitStatus.NONE:
        return Refusal.PIT_LANE
    if Capability.LAP_VALIDITY in told:
        return None if frame.cars.lap_valid[row] else Refusal.LAP_INVALID
    return Refusal.LAP_INVALID if frame.cars.off_track[row] else None


def break_between(before: Sample, now: Sample, length_m: float | None) -> Refusal | None:
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
    speed = _speed(before, now)
    reach = 1.5 * speed * seconds + SLACK_M
    moved = math.hypot(now.x - before.x, now.y - before.y)
    if now.lap == before.lap + 1:
        return _unclear_line(before, now, length_m, moved, reach, reach + LATE_S * speed)
    if now.lap != before.lap:
        return Refusal.LINE_UNCLEAR
    driven = now.distance - before.distance
    if length_m is not None and -BACKWARDS_M <= driven + length_m <= reach:
        driven += length_m  # over the line, and not counted yet
    if driven < -BACKWARDS_M:
        return Refusal.REWOUND
    return Refusal.TELEPORT if moved > reach or driven > reach else None


def _unclear_line(
    before: Sample, now: Sample, length_m: float | None, moved: float, reach: float, near: float
) -> Refusal | None:
    """At the count of a lap the car is at the line, coming from right before it, a little sooner or later."""
    behind, ahead = from_line(before.distance, length_m), from_line(now.distance, length_m)
    # Without a length, or before a game's first line, nobody knows how far it was to the line.
    came_from_it = length_m is None or math.isnan(behind) or (abs(behind) <= near and ahead - behind <= near)
    return None if came_from_it and abs(ahead) <= near and moved <= reach else Refusal.LINE_UNCLEAR


def _speed(before: Sample, now: Sample) -> float:
    speeds = [speed for speed in (before.speed, now.speed) if math.isfinite(speed)]
    return max(speeds, default=UNKNOWN_SPEED_MPS)
