"""The normalised frame: what any game's telemetry becomes before anything else sees it.

Units are SI (metres, seconds, metres per second, degrees Celsius, kilopascals for pressures) and coordinates are
right-handed: `x` and `y` span the ground plane seen from above (y to the left of x), `z` points up. Not-a-number in
a float column, -1 in an integer column whose zero means something, and `None` in an optional field, mean "this game
does not say"; a widget shows a dash for it, never a zero. Wheels stand in the order of `WHEELS`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from desktop_client.telemetry.cars import SECTORS as SECTORS
from desktop_client.telemetry.cars import Bools as Bools
from desktop_client.telemetry.cars import Cars as Cars
from desktop_client.telemetry.cars import CarStatus as CarStatus
from desktop_client.telemetry.cars import Floats as Floats
from desktop_client.telemetry.cars import Ints as Ints
from desktop_client.telemetry.cars import PitStatus as PitStatus

WHEELS: Final = ("front left", "front right", "rear left", "rear right")


class Capability(enum.StrEnum):
    """What a game's telemetry can say; a widget that lacks what it needs says so instead of showing zeros."""

    INPUTS = "inputs"
    OPPONENTS = "opponents"
    WORLD_POSITION = "world_position"
    OPPONENT_POSITION = "opponent_position"
    HEADING = "heading"  # of the driver's own car at least
    SPOTTER = "spotter"  # the game itself says who is beside the driver
    LAP_DISTANCE = "lap_distance"
    LAP_TIMES = "lap_times"  # of the driver's own car at least
    SECTOR_TIMES = "sector_times"
    LAP_VALIDITY = "lap_validity"
    TRACK_ID = "track_id"
    GAPS = "gaps"
    CLASSES = "classes"
    PIT_STATUS = "pit_status"
    TYRES = "tyres"  # which compound, how old
    TYRE_TEMPERATURE = "tyre_temperature"
    TYRE_PRESSURE = "tyre_pressure"
    TYRE_WEAR = "tyre_wear"
    BRAKE_TEMPERATURE = "brake_temperature"
    FUEL = "fuel"
    ENERGY = "energy"
    DRS = "drs"
    DAMAGE = "damage"
    WEATHER = "weather"
    FORECAST = "forecast"
    FLAGS = "flags"
    PENALTIES = "penalties"


class SessionKind(enum.StrEnum):
    UNKNOWN = "unknown"
    PRACTICE = "practice"
    QUALIFYING = "qualifying"
    RACE = "race"
    TIME_TRIAL = "time_trial"


class Flag(enum.StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    DOUBLE_YELLOW = "double_yellow"
    BLUE = "blue"
    WHITE = "white"  # a slow car ahead, or the last lap, as the game means it
    RED = "red"
    DEBRIS = "debris"  # yellow with red stripes: the surface is slippery
    BLACK = "black"
    MEATBALL = "meatball"  # black with an orange disc: damage to be repaired
    BLACK_WHITE = "black_white"  # the last warning for how one drives
    CHEQUERED = "chequered"


class SafetyCar(enum.StrEnum):
    NONE = "none"
    FULL = "full"
    VIRTUAL = "virtual"
    FORMATION = "formation"


class Sky(enum.IntEnum):
    """From the best to the worst, so that a forecast can be compared."""

    CLEAR = 0
    LIGHT_CLOUD = 1
    OVERCAST = 2
    LIGHT_RAIN = 3
    RAIN = 4
    STORM = 5


class FuelUnit(enum.StrEnum):
    KG = "kg"
    LITRE = "l"
    TANK = "tank"  # a share of a tank whose size the game does not say


class Beside(enum.IntFlag):
    """What a spotter says; TWO_… adds to its side."""

    NOBODY = 0
    LEFT = 1
    RIGHT = 2
    TWO_LEFT = 4
    TWO_RIGHT = 8


class Part(enum.StrEnum):
    """What of a car can be damaged."""

    FRONT_WING_LEFT = "front_wing_left"
    FRONT_WING_RIGHT = "front_wing_right"
    REAR_WING = "rear_wing"
    FLOOR = "floor"
    DIFFUSER = "diffuser"
    SIDEPOD = "sidepod"
    BODY_FRONT = "body_front"
    BODY_REAR = "body_rear"
    BODY_LEFT = "body_left"
    BODY_RIGHT = "body_right"
    SUSPENSION_FRONT_LEFT = "suspension_front_left"
    SUSPENSION_FRONT_RIGHT = "suspension_front_right"
    SUSPENSION_REAR_LEFT = "suspension_rear_left"
    SUSPENSION_REAR_RIGHT = "suspension_rear_right"
    GEARBOX = "gearbox"
    ENGINE = "engine"
    AERO = "aero"  # all of it, where a game has one number for wings and floor


@dataclass(frozen=True, slots=True)
class Forecast:
    """The weather that the game expects `in_s` seconds from now."""

    in_s: float
    sky: Sky
    rain_chance: float | None = None  # 0..1
    air_c: float | None = None
    track_c: float | None = None


@dataclass(frozen=True, slots=True)
class Weather:
    sky: Sky | None = None
    rain: float | None = None  # 0..1, how hard it rains now
    wetness: float | None = None  # 0..1, how much water stands on the track
    wind_mps: float | None = None
    wind_from_rad: float | None = None  # where it comes from, counter-clockwise from +x
    humidity: float | None = None  # 0..1
    forecast: tuple[Forecast, ...] = ()  # soonest first


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of the track under a flag, as shares of the lap; `end` is smaller than `start` across the line."""

    start: float
    end: float
    flag: Flag


@dataclass(frozen=True, slots=True)
class Session:
    """What holds for the whole session; with a changed `uid` everything remembered of the race is void."""

    game: str  # "f1": the adapter's file name
    uid: str  # unique per session, as the game says or as the adapter derives
    kind: SessionKind = SessionKind.UNKNOWN
    track_id: str | None = None  # the game's own id as text; unique within the game, layout included
    track_name: str | None = None
    layout_name: str | None = None  # where the game tells it apart; the track's name may end with it
    track_length_m: float | None = None
    sector_starts_m: tuple[float, ...] = ()  # where sectors 2 and 3 begin, metres after the line
    total_laps: int | None = None
    time_left_s: float | None = None
    air_temperature_c: float | None = None
    track_temperature_c: float | None = None
    weather: Weather | None = None
    flags: frozenset[Flag] = frozenset()  # shown to the driver, or to everybody, now
    zones: tuple[Zone, ...] = ()  # where on the track flags are waved
    safety_car: SafetyCar = SafetyCar.NONE
    pit_limit_mps: float | None = None
    pit_window_laps: tuple[int, int] | None = None  # the first and the last lap on which the game wants a stop
    paused: bool = False
    spectating: bool = False
    replay: bool = False
    in_garage: bool = False  # a menu or the garage: nobody drives


@dataclass(frozen=True, slots=True)
class Fuel:
    """What is in the tank, in `unit`; `laps_left` is the game's own estimate, counted from now."""

    amount: float
    unit: FuelUnit
    capacity: float | None = None
    laps_left: float | None = None


@dataclass(frozen=True, slots=True)
class Energy:
    """A hybrid's battery, an electric car's, or the energy that the rules allow per stint. All shares are 0..1."""

    store: float | None = None
    mode: str | None = None  # as the game names it
    deployed: float | None = None  # of what may be used in this lap
    harvested: float | None = None  # of what may be won in this lap
    virtual: float | None = None  # of what the rules allow until the next stop


@dataclass(frozen=True, slots=True)
class Wheel:
    """A tyre and its brake; not-a-number where the game does not say."""

    surface_c: float = np.nan
    inner_c: float = np.nan  # the carcass
    tread_c: tuple[float, float, float] | None = None  # inner edge, middle, outer edge
    pressure_kpa: float = np.nan
    wear: float = np.nan  # 0 new .. 1 gone
    damage: float = np.nan  # 0..1
    brake_c: float = np.nan
    brake_wear: float = np.nan  # 0 new .. 1 gone


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
    overtake_active: bool | None = None  # push to pass, manual override
    overtake_available: bool | None = None
    overtakes_left: int | None = None
    aero_open: bool | None = None  # wings of active aerodynamics in their low-drag position
    fuel: Fuel | None = None
    energy: Energy | None = None
    wheels: tuple[Wheel, Wheel, Wheel, Wheel] | None = None
    damage: Mapping[Part, float] | None = None  # 0 whole .. 1 destroyed, for the parts that the game tells of
    beside: Beside | None = None
    tyre_compound: str | None = None
    tyre_age_laps: int | None = None
    brake_bias: float | None = None  # 0..1, the share of the front
    abs_level: int | None = None
    tc_level: int | None = None
    abs_active: bool | None = None
    tc_active: bool | None = None
    pit_limiter: bool | None = None
    water_c: float | None = None
    oil_c: float | None = None
    acceleration_mps2: tuple[float, float] | None = None  # forwards, to the left
    velocity_mps: tuple[float, float] | None = None  # forwards, to the left; only of games that do not place the car
    incidents: int | None = None
    incident_limit: int | None = None
    warnings: int | None = None
    pit_stop_wanted: bool | None = None


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
