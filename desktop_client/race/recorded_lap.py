"""A lap as it is given away, and why there is none to give."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from contracts.tracks import Coordinates
from desktop_client.telemetry.frame import Floats, Ints


class Refusal(enum.StrEnum):
    """Why the last lap, or the last attempt, was not taken."""

    GAME_LACKS = "game_lacks"  # the game does not send what a map is made of
    NOT_DRIVING = "not_driving"
    IN_GARAGE = "in_garage"
    REPLAY = "replay"
    PAUSED = "paused"
    PIT_LANE = "pit_lane"
    LAP_INVALID = "lap_invalid"
    NOT_FINITE = "not_finite"
    REWOUND = "rewound"
    GAP = "gap"
    TELEPORT = "teleport"
    STOOD = "stood"
    LINE_UNCLEAR = "line_unclear"
    TOO_LONG = "too_long"
    TOO_FEW_POINTS = "too_few_points"
    RATE_TOO_LOW = "rate_too_low"
    INCOMPLETE = "incomplete"
    LAP_TIME_DISAGREES = "lap_time_disagrees"
    UNTIMED = "untimed"  # a game that calls no lap invalid gave none either
    OPEN = "open"  # the lap did not end where it began
    DRIFTED = "drifted"  # integrated, and too far from where it began
    SESSION_CHANGED = "session_changed"


@dataclass(frozen=True, slots=True, eq=False)
class PitWay:
    """The pit lane as a car was seen driving through it: from `entry_m` to `exit_m`, metres after the line.

    The exit is the smaller one across the line. `points` (n, 2) is the way, in the plane of the lap; it has none
    where nobody saw it.
    """

    entry_m: float
    exit_m: float
    limit_mps: float | None
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CapturedLap:
    """A lap from line to line. `points` (n, 3): right-handed metres, z nan where the game does not say it.

    `track_id` is None where the game has no name for its tracks. `flags` has one bit set per point (1 pit lane, 2
    off the track); a captured lap has neither. `rate_hz` is the rate of the points, `lap_time_s` the game's own
    where it gives one. `coordinates` are the game's own, or integrated from speed and heading. `other_cars` are ways
    (m, 2) that other cars have driven in the same plane, whole laps or pieces. `sector_starts_m` says where sectors
    2 and 3 begin, metres after the line.
    """

    game: str
    track_id: str | None
    track_name: str | None
    points: Floats
    flags: Ints
    rate_hz: float
    lap_time_s: float
    coordinates: Coordinates = "game"
    other_cars: tuple[Floats, ...] = ()
    sector_starts_m: tuple[float, ...] = ()
    pit: PitWay | None = None
    layout_name: str | None = None
