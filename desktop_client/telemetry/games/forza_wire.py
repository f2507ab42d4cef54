"""The wire format of the Forza games' Data Out: one packet per frame, told apart by its length alone.

The field list is that of the publisher's Data Out documents for Motorsport (2023) and Horizon 6, with which the
decoders of geeooff/forza-data-web agree; Motorsport holds against a recording. All games say tyre temperatures in
degrees Fahrenheit, though no document says so.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

DEFAULT_PORT: Final = 5405  # the game takes one of 5200 to 5300 for itself

Packet = NDArray[np.void]
Field = tuple[str, str] | tuple[str, str, tuple[int, ...]]

XYZ, WHEELS = (3,), (4,)  # front left, front right, rear left, rear right

SLED: Final[list[Field]] = [
    ("is_race_on", "<i4"),  # 0 in menus and while the game is paused; nothing else is said then
    ("timestamp_ms", "<u4"),  # begins again after 49 days
    *((name, "<f4") for name in ("max_rpm", "idle_rpm", "rpm")),
    *((name, "<f4", XYZ) for name in ("acceleration", "velocity", "angular_velocity")),  # right, up, forwards
    *((name, "<f4") for name in ("yaw", "pitch", "roll")),
    *((name, "<f4", WHEELS) for name in ("suspension_share", "slip_ratio", "wheel_radps")),
    ("on_rumble_strip", "<i4", WHEELS),
    *((name, "<f4", WHEELS) for name in ("puddle", "rumble", "slip_angle", "slip", "suspension_m")),
    *((name, "<i4") for name in ("car", "car_class", "performance", "drivetrain", "cylinders")),
]
OF_HORIZON: Final[list[Field]] = [("car_group", "<u4"), ("smash_speed_loss", "<f4"), ("smash_mass", "<f4")]
DASH: Final[list[Field]] = [
    ("place", "<f4", XYZ),  # metres: x, y up, z
    *((name, "<f4") for name in ("speed", "power", "torque")),
    ("tyre_f", "<f4", WHEELS),  # degrees Fahrenheit
    *((name, "<f4") for name in ("boost", "fuel")),  # fuel is a share of the tank
    ("distance", "<f4"),  # metres driven in this race, over all laps
    *((name, "<f4") for name in ("best_lap", "last_lap", "lap_time", "race_time")),  # seconds, 0 where there is none
    ("laps_done", "<u2"),
    ("position", "u1"),  # 0 outside a race
    *((name, "u1") for name in ("throttle", "brake", "clutch", "handbrake")),
    ("gear", "u1"),  # 0 reverse, 11 between two gears
    ("steer", "i1"),  # -127 full left
    *((name, "i1") for name in ("driving_line", "brake_difference")),
]
OF_MOTORSPORT: Final[list[Field]] = [("tyre_wear", "<f4", WHEELS), ("track", "<i4")]


class Format(NamedTuple):
    games: str
    layout: np.dtype


FORMATS: Final = (
    Format("Sled", np.dtype(SLED)),
    Format("Motorsport 7 Dash", np.dtype([*SLED, *DASH])),
    Format("Horizon", np.dtype([*SLED, *OF_HORIZON, *DASH, ("unused", "u1")])),
    Format("Motorsport Dash", np.dtype([*SLED, *DASH, *OF_MOTORSPORT])),
)
BY_SIZE: Final = {form.layout.itemsize: form for form in FORMATS}
SLED_SIZE: Final = FORMATS[0].layout.itemsize


def open_packet(packet: bytes) -> Packet:
    """A packet of a known size, as a read-only view of it."""
    return np.ndarray((), BY_SIZE[len(packet)].layout, buffer=packet)


def names(packet: Packet) -> tuple[str, ...]:
    return packet.dtype.names or ()
