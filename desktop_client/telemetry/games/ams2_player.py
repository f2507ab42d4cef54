"""The car that the driver sits in, out of Automobilista 2's telemetry packet."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Fuel, FuelUnit, Part, Player, Wheel
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games import sanity
from desktop_client.telemetry.games.ams2_bits import CarFlag
from desktop_client.telemetry.games.ams2_wire import Packet, text
from desktop_client.telemetry.source import Health

REVERSE: Final = 15
ZERO_C_IN_K: Final = 273.15
ABOVE_IS_KELVIN: Final = 200
MOST_KPA: Final = 1000
HARDEST_MPS2: Final = 1000.0
OF_WHEELS: Final = np.dtype(
    [
        ("tyre_c", "u1", 4),
        *((name, "<u2", 4) for name in ("carcass_k", "left_k", "centre_k", "right_k", "tyre_kpa")),
        ("tyre_wear", "u1", 4),
        ("brake_c", "<i2", 4),
    ]
)
"""What the telemetry says of the four wheels, as far as it is of use here."""
SUSPENSION: Final = (
    *(Part.SUSPENSION_FRONT_LEFT, Part.SUSPENSION_FRONT_RIGHT),
    *(Part.SUSPENSION_REAR_LEFT, Part.SUSPENSION_REAR_RIGHT),
)


def build_player(telemetry: Packet, own: Packet, health: Health) -> Player:
    """The player from the telemetry of the own car, whose record in the timings is `own`."""
    gear, flags = int(telemetry["gears"]) & 15, int(telemetry["car_flags"])
    bias = int(telemetry["brake_bias"])
    return Player(
        speed_mps=sanity.number(float(telemetry["speed"]), 0, sanity.FASTEST_MPS, health),
        throttle=int(telemetry["throttle"]) / 255,
        brake=int(telemetry["brake"]) / 255,
        clutch=int(telemetry["clutch"]) / 255,
        steer=max(-1.0, int(telemetry["steer"]) / 127),
        gear=-1 if gear == REVERSE else gear,
        rpm=sanity.number(float(telemetry["rpm"]), 0, sanity.FASTEST_RPM, health),
        max_rpm=sanity.optional(float(telemetry["max_rpm"]), 0, sanity.FASTEST_RPM, health) or None,
        fuel=_fuel(telemetry, health),
        wheels=_wheels(telemetry, health),
        damage=_damage(telemetry),
        tyre_compound=text(telemetry["compound"][0]) or None,
        brake_bias=bias / 255 if bias else None,
        abs_active=bool(flags & CarFlag.ABS),
        pit_limiter=bool(flags & CarFlag.SPEED_LIMITER),
        water_c=sanity.optional(float(telemetry["water_c"]), sanity.COLDEST_C, sanity.HOTTEST_C, health),
        oil_c=sanity.optional(float(telemetry["oil_c"]), sanity.COLDEST_C, sanity.HOTTEST_C, health),
        acceleration_mps2=_acceleration(telemetry, health),
        pit_stop_wanted=bits.stop_is_wanted(int(own["pit"])),
    )


def _fuel(telemetry: Packet, health: Health) -> Fuel | None:
    capacity = float(telemetry["fuel_capacity"])
    share = sanity.optional(float(telemetry["fuel_share"]), 0, 1.001, health)
    return None if share is None or not capacity else Fuel(min(share, 1.0) * capacity, FuelUnit.LITRE, capacity)


def _damage(telemetry: Packet) -> dict[Part, float]:
    """What hits the wings and the floor is one number here."""
    shares = {
        part: share / 255 for part, share in zip(SUSPENSION, telemetry["suspension_damage"].tolist(), strict=True)
    }
    return shares | {
        Part.AERO: int(telemetry["aero_damage"]) / 255,
        Part.ENGINE: int(telemetry["engine_damage"]) / 255,
    }


def _acceleration(telemetry: Packet, health: Health) -> tuple[float, float] | None:
    """The car's own axes run to the left, upwards and backwards."""
    left, _, back = (sanity.number(part, -HARDEST_MPS2, HARDEST_MPS2, health) for part in _local(telemetry))
    return None if math.isnan(left + back) else (-back, left)


def _local(telemetry: Packet) -> list[float]:
    return telemetry["local_acceleration"].tolist()


def _wheels(telemetry: Packet, health: Health) -> tuple[Wheel, Wheel, Wheel, Wheel]:
    wheels, absurd = _wheels_of(b"".join(telemetry[name].tobytes() for name in OF_WHEELS.names or ()))
    health.absurd += absurd
    return wheels


@lru_cache(maxsize=4)
def _wheels_of(raw: bytes) -> tuple[tuple[Wheel, Wheel, Wheel, Wheel], int]:
    """The wheels, and how many absurd values they came with. All of it is whole degrees, so that it changes seldom."""
    columns = np.frombuffer(raw, OF_WHEELS)[0].tolist()
    health = Health()

    def wheel(index: int) -> Wheel:
        surface, carcass, left, centre, right, pressure, wear, brake = (column[index] for column in columns)
        inner, outer = (
            (right, left) if index % 2 == 0 else (left, right)
        )  # a wheel on the left has its inner edge right
        across = (_celsius(inner), _celsius(centre), _celsius(outer))
        return Wheel(
            surface_c=_celsius(surface),
            inner_c=_celsius(carcass),
            tread_c=None if math.isnan(sum(across)) else across,
            pressure_kpa=float(pressure) if 0 < pressure <= MOST_KPA else math.nan,
            wear=float(wear) / 255,
            brake_c=sanity.number(brake, sanity.COLDEST_C, sanity.HOTTEST_C, health),
        )

    return (wheel(0), wheel(1), wheel(2), wheel(3)), health.absurd


def _celsius(temperature: int) -> float:
    """0 is what is sent for nothing. Some editions say Kelvin where others say Celsius: no tyre is as hot as 200 °C."""
    if not temperature:
        return math.nan
    return temperature - ZERO_C_IN_K if temperature > ABOVE_IS_KELVIN else float(temperature)
