"""From the pages of Assetto Corsa to one frame: the driver's own car, for of others the game says nothing."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import (
    Capability,
    Cars,
    CarStatus,
    Flag,
    Frame,
    PitStatus,
    Session,
    SessionKind,
    Weather,
)
from desktop_client.telemetry.games.kunos_pages import KINDS, PAUSED, REPLAY, About, Page, one_row, seconds
from desktop_client.telemetry.games.kunos_player import KMH, build_player, compound_of
from desktop_client.telemetry.games.sanity import (
    COLDEST_C,
    FARTHEST_M,
    FASTEST_MPS,
    HIGHEST_M,
    HOTTEST_C,
    number,
    optional,
)
from desktop_client.telemetry.source import Health

CAPABILITIES: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.WORLD_POSITION, Capability.HEADING, Capability.LAP_DISTANCE),
        *(Capability.LAP_TIMES, Capability.SECTOR_TIMES, Capability.TRACK_ID, Capability.PIT_STATUS, Capability.TYRES),
        *(Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE, Capability.TYRE_WEAR, Capability.BRAKE_TEMPERATURE),
        *(Capability.FUEL, Capability.ENERGY, Capability.DRS, Capability.DAMAGE, Capability.FLAGS, Capability.WEATHER),
    }
)
FLAGS: Final = {
    1: Flag.BLUE,
    2: Flag.YELLOW,
    3: Flag.BLACK,
    4: Flag.WHITE,
    5: Flag.CHEQUERED,
    6: Flag.BLACK,  # for a penalty
    7: Flag.GREEN,
    8: Flag.MEATBALL,
}
LETTERS: Final = frozenset("SMHIW")
WHEELS: Final = 4
LONGEST_TRACK_M: Final = 100_000.0


def heading_rad(heading: float) -> float:
    """The games' heading (see kunos_fields) as ours: counter-clockwise from x, between -pi and pi."""
    if not math.isfinite(heading):
        return math.nan
    return math.atan2(-math.cos(heading), -math.sin(heading))


def build_session(
    game: str, uid: str, graphics: Page, physics: Page | None, about: About, length: float | None, health: Health
) -> Session:
    """What both games' pages say of the session."""
    kind = KINDS.get(graphics["session"], SessionKind.UNKNOWN)
    track = f"{about.track}/{about.configuration}" if about.configuration else about.track
    left = graphics["time_left_ms"] / 1000
    wind = optional(graphics["wind_mps"], 0.0, 100.0, health)
    flag = FLAGS.get(graphics["flag"])
    return Session(
        game=game,
        uid=uid,
        kind=kind,
        track_id=track or None,
        track_name=about.track.replace("_", " ").strip().title() or None,
        track_length_m=length,
        time_left_s=left if 0 < left < 10 * 86_400 else None,
        air_temperature_c=None if physics is None else optional(physics["air_c"], COLDEST_C, HOTTEST_C, health),
        track_temperature_c=None if physics is None else optional(physics["road_c"], COLDEST_C, HOTTEST_C, health),
        # Where the wind comes from is a number too, but nobody says what it is counted from.
        weather=Weather(wind_mps=wind),
        flags=frozenset() if flag is None else frozenset({flag}),
        paused=graphics["status"] == PAUSED,
        replay=graphics["status"] == REPLAY,
    )


def build_frame(
    session: Session,
    graphics: Page,
    physics: Page,
    about: About,
    lap_share: float,
    sectors: tuple[np.ndarray, np.ndarray, np.ndarray],
    health: Health,
    at: float,
    session_time_s: float,
) -> Frame:
    length = session.track_length_m or math.nan
    x, up, z = graphics["coordinates"].tolist()
    laps = max(graphics["completed_laps"], 0)
    distance = lap_share * length
    compound = compound_of(graphics, is_acc=False)
    current, last, best = sectors
    cars = Cars.of(
        np.zeros(1, np.int32),
        name=(about.driver,),
        car=(about.car,),
        position=_int(max(graphics["position"], 0)),
        status=_int(CarStatus.RUNNING),
        lap=_int(laps + 1),
        lap_distance_m=_float(distance),
        total_distance_m=_float(laps * length + distance),
        x=_float(number(x, -FARTHEST_M, FARTHEST_M, health)),
        y=_float(-number(z, -FARTHEST_M, FARTHEST_M, health)),
        z=_float(number(up, -HIGHEST_M, HIGHEST_M, health)),
        heading_rad=_float(heading_rad(physics["heading"])),
        speed_mps=_float(number(abs(physics["speed_kmh"]) * KMH, 0.0, FASTEST_MPS, health)),
        lap_time_s=_float(seconds(graphics["current_ms"])),
        last_lap_s=_float(seconds(graphics["last_ms"])),
        best_lap_s=_float(seconds(graphics["best_ms"])),
        sector_s=one_row(current),
        last_sector_s=one_row(last),
        best_sector_s=one_row(best),
        sector=_int(graphics["sector"] if 0 <= graphics["sector"] <= 2 else -1),
        pit=_int(pit_of(graphics)),
        off_track=np.array([physics["tyres_out"] == WHEELS]),
        tyre=(compound if compound in LETTERS else "",),
    )
    player = build_player(physics, graphics, about, health, is_acc=False)
    return Frame(at, session_time_s, session, cars, player, 0, CAPABILITIES)


def pit_of(graphics: Page) -> PitStatus:
    if graphics["in_pit_box"]:
        return PitStatus.IN_BOX
    return PitStatus.PIT_LANE if graphics["in_pit_lane"] else PitStatus.NONE


def _int(value: int) -> np.ndarray:
    return np.array([value], np.int32)


def _float(value: float) -> np.ndarray:
    return np.array([value], np.float64)
