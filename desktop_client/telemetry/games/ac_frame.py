"""From the pages of Assetto Corsa to one frame: the driver's own car, for of others the game says nothing."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Capability, Cars, CarStatus, Floats, Frame, Session
from desktop_client.telemetry.games.kunos_pages import About, Page, one_row, seconds
from desktop_client.telemetry.games.kunos_player import KMH, build_player, compound_of
from desktop_client.telemetry.games.kunos_session import heading_rad, pit_of
from desktop_client.telemetry.games.sanity import FARTHEST_M, FASTEST_MPS, HIGHEST_M, number
from desktop_client.telemetry.source import Health

CAPABILITIES: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.WORLD_POSITION, Capability.HEADING, Capability.LAP_DISTANCE),
        *(Capability.LAP_TIMES, Capability.SECTOR_TIMES, Capability.TRACK_ID, Capability.PIT_STATUS, Capability.TYRES),
        *(Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE, Capability.TYRE_WEAR, Capability.BRAKE_TEMPERATURE),
        *(Capability.FUEL, Capability.ENERGY, Capability.DRS, Capability.DAMAGE, Capability.FLAGS, Capability.WEATHER),
    }
)
LETTERS: Final = frozenset("SMHIW")
WHEELS: Final = 4
LONGEST_TRACK_M: Final = 100_000.0


def build_frame(
    session: Session,
    graphics: Page,
    physics: Page,
    about: About,
    lap_share: float,
    sectors: tuple[Floats, Floats, Floats],
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


def _int(value: int) -> np.ndarray:
    return np.array([value], np.int32)


def _float(value: float) -> np.ndarray:
    return np.array([value], np.float64)
