"""A small race as frames of no particular game: for encoding into any game's format and comparing what comes back."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from desktop_client.telemetry.frame import (
    Capability,
    Cars,
    Energy,
    Frame,
    Fuel,
    FuelUnit,
    Part,
    Player,
    Session,
    SessionKind,
    Sky,
    Weather,
    Wheel,
)

LAP_M = 4000.0
RADIUS_M = LAP_M / math.tau
SPEED_MPS = 50.0
PLAYER = 2


def session(**changes: Any) -> Session:
    """A race on a round circuit of four kilometres."""
    described = Session(
        game="any",
        uid="any",
        kind=SessionKind.RACE,
        track_id="Kestrel Park",
        track_name="Kestrel Park",
        track_length_m=LAP_M,
        total_laps=12,
        time_left_s=1800.0,
        air_temperature_c=21.0,
        track_temperature_c=30.0,
        weather=Weather(sky=Sky.LIGHT_RAIN, rain=0.1, wetness=0.3, wind_mps=5.0, wind_from_rad=1.0),
        pit_limit_mps=16.5,
    )
    return dataclasses.replace(described, **changes)


def wheel(corner: int) -> Wheel:
    return Wheel(
        surface_c=82.0 + corner,
        inner_c=90.0 + corner,
        tread_c=(80.0 + corner, 82.0 + corner, 84.0 + corner),
        pressure_kpa=180.0 + corner,
        wear=0.1 * corner,
        damage=0.0,
        brake_c=300.0 + corner,
    )


def player(**changes: Any) -> Player:
    driven = Player(
        speed_mps=SPEED_MPS,
        throttle=0.75,
        brake=0.25,
        clutch=0.5,
        steer=-0.5,
        gear=4,
        rpm=7200.0,
        max_rpm=9000.0,
        drs_open=False,
        drs_available=True,
        fuel=Fuel(42.5, FuelUnit.LITRE, 90.0),
        energy=Energy(store=0.5, virtual=0.75),
        wheels=(wheel(0), wheel(1), wheel(2), wheel(3)),
        damage={Part.BODY_FRONT: 0.5, Part.BODY_LEFT: 0.0, Part.BODY_REAR: 1.0, Part.BODY_RIGHT: 0.0},
        tyre_compound="M",
        brake_bias=0.56,
        abs_level=4,
        tc_level=3,
        abs_active=True,
        tc_active=False,
        pit_limiter=False,
        water_c=88.0,
        oil_c=101.0,
        acceleration_mps2=(3.0, -7.0),
        pit_stop_wanted=False,
        incidents=3,
        incident_limit=10,
    )
    return dataclasses.replace(driven, **changes)


def frame(second: float = 60.0, count: int = 6, described: Session | None = None, **columns: Any) -> Frame:
    """The race after `second`: car 0 leads, each car drives 100 m behind the one before it, counter-clockwise."""
    row = np.arange(count)
    total = 3500.0 + SPEED_MPS * second - 100.0 * row
    lap, distance = total // LAP_M, total % LAP_M
    angle = distance / RADIUS_M
    values: dict[str, Any] = {
        "name": tuple(f"Zoë Driver {at}" for at in row),
        "number": (row + 10).astype(np.int32),
        "team": tuple(f"Team {at // 2}" for at in row),
        "car": tuple(f"Team {at // 2} #{at + 10}" for at in row),
        "class_name": tuple("Hypercar" if at % 2 == 0 else "GT3" for at in row),
        "position": (row + 1).astype(np.int32),
        "class_position": (row // 2 + 1).astype(np.int32),
        "lap": (lap + 1).astype(np.int32),
        "lap_distance_m": distance,
        "total_distance_m": total,
        "x": RADIUS_M * np.cos(angle),
        "y": RADIUS_M * np.sin(angle),
        "z": np.full(count, 12.0),
        "heading_rad": np.arctan2(np.cos(angle), -np.sin(angle)),
        "speed_mps": np.full(count, SPEED_MPS),
        "lap_time_s": distance / SPEED_MPS,
        "last_lap_s": 80.0 + row,
        "best_lap_s": 79.0 + row,
        "sector_s": np.tile([25.0, np.nan, np.nan], (count, 1)),
        "last_sector_s": np.stack([25.0 + 0 * row, 25.0 + 0 * row, 30.0 + row], axis=1),
        "best_sector_s": np.stack([24.0 + 0 * row, 24.5 + 0 * row, 30.0 + row], axis=1),
        "gap_leader_s": row * 2.0,
        "gap_ahead_s": np.where(row == 0, np.nan, 2.0),
        "sector": np.ones(count, np.int32),
        "pit_stops": np.zeros(count, np.int32),
        "penalty_s": np.zeros(count),
        "penalties": np.zeros(count, np.int32),
        "tyre": ("M",) * count,
        "grid_position": (row + 1).astype(np.int32),
    }
    cars = Cars.of(row.astype(np.int32), **(values | columns))
    return Frame(
        at=second,
        session_time_s=100.0 + second,
        session=described or session(),
        cars=cars,
        player=player(),
        player_row=PLAYER if count > PLAYER else None,
        capabilities=frozenset(Capability),
    )
