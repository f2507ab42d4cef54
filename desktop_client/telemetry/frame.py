"""The normalised frame: what any game's telemetry becomes before anything else sees it.

Units are SI (metres, seconds, metres per second, degrees Celsius) and coordinates are right-handed: `x` and
`y` span the ground plane seen from above (y to the left of x), `z` points up. Not-a-number in a float column,
and `None` in an optional field, mean "this game does not say"; a widget shows a dash for it, never a zero.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


class Capability(enum.StrEnum):
    """What a game's telemetry can say; a widget that lacks what it needs says so instead of showing zeros."""

    INPUTS = "inputs"
    OPPONENTS = "opponents"
    WORLD_POSITION = "world_position"
    OPPONENT_POSITION = "opponent_position"
    LAP_DISTANCE = "lap_distance"
    LAP_VALIDITY = "lap_validity"
    TRACK_ID = "track_id"
    GAPS = "gaps"
    PIT_STATUS = "pit_status"
    TYRES = "tyres"
    FUEL = "fuel"
    ENERGY = "energy"
    DAMAGE = "damage"
    WEATHER = "weather"
    FLAGS = "flags"


class SessionKind(enum.StrEnum):
    UNKNOWN = "unknown"
    PRACTICE = "practice"
    QUALIFYING = "qualifying"
    RACE = "race"
    TIME_TRIAL = "time_trial"


class PitStatus(enum.IntEnum):
    NONE = 0
    PIT_LANE = 1
    IN_BOX = 2


@dataclass(frozen=True, slots=True)
class Session:
    """What holds for the whole session; with a changed `uid` everything remembered of the race is void."""

    game: str  # "f1": the adapter's file name
    uid: str  # unique per session, as the game says or as the adapter derives
    kind: SessionKind = SessionKind.UNKNOWN
    track_id: str | None = None  # the game's own id as text; unique within the game, together with `layout`
    track_name: str | None = None
    track_length_m: float | None = None
    total_laps: int | None = None
    time_left_s: float | None = None
    air_temperature_c: float | None = None
    track_temperature_c: float | None = None
    paused: bool = False
    spectating: bool = False


@dataclass(frozen=True, slots=True)
class Player:
    """The car that the driver sits in, in the detail that a game gives for that car only."""

    speed_mps: float
    throttle: float  # 0..1
    brake: float  # 0..1
    clutch: float  # 0..1
    steer: float  # -1 full left .. 1 full right
    gear: int  # -1 reverse, 0 neutral
    rpm: float
    max_rpm: float | None = None
    idle_rpm: float | None = None
    shift_lights: float | None = None  # 0..1, the share of the game's own shift lights that are lit
    drs_open: bool | None = None
    drs_available: bool | None = None
    fuel_kg: float | None = None
    fuel_laps_left: float | None = None
    energy_store: float | None = None  # 0..1
    tyre_compound: str | None = None
    tyre_age_laps: int | None = None


@dataclass(frozen=True, slots=True)
class Cars:
    """Every car on track as columns of one length n, in the game's slot order, not the race order."""

    slot: Ints  # the game's own index, stable within a session
    name: tuple[str, ...]
    number: Ints  # race number, -1 unknown
    team: tuple[str, ...]
    position: Ints  # 1 leads; 0 unknown
    lap: Ints  # the lap being driven, 1 = first
    lap_distance_m: Floats  # from the line; negative before the first crossing of a race start
    total_distance_m: Floats
    x: Floats
    y: Floats
    z: Floats
    speed_mps: Floats
    lap_time_s: Floats  # of the lap being driven
    last_lap_s: Floats
    best_lap_s: Floats
    gap_leader_s: Floats
    gap_ahead_s: Floats
    sector: Ints  # 0, 1, 2
    pit: Ints  # PitStatus
    lap_valid: Bools
    tyre: tuple[str, ...]  # compound letter ("S", "M", "H", "I", "W") or ""

    def __len__(self) -> int:
        return len(self.slot)


@dataclass(frozen=True, slots=True)
class Frame:
    """One instant of a race. `at` is the reader's clock when the newest packet of it arrived, in seconds."""

    at: float
    session_time_s: float
    session: Session
    cars: Cars
    player: Player | None  # None while spectating
    player_row: int | None  # row of `cars` that is the driver's own
    capabilities: frozenset[Capability] = field(default_factory=frozenset[Capability])
