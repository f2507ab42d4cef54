"""A race as rich as Automobilista 2 tells of one, and the way through its packets."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from desktop_client.demo.wire.ams2 import Ams2Encoder
from desktop_client.telemetry.frame import Frame, Fuel, FuelUnit, Part, Wheel
from desktop_client.telemetry.games.ams2 import Automobilista2
from desktop_client.telemetry.games.ams2_wire import LAYOUTS

CLASSES = ("GT3", "GT4", "P1")

PLAYER = {
    "clutch": 0.5,
    "fuel": Fuel(33.0, FuelUnit.LITRE, capacity=110.0),
    "wheels": tuple(
        Wheel(
            surface_c=80.0 + index,
            inner_c=90.0 + index,
            tread_c=(95.0, 90.0, 85.0),
            pressure_kpa=180.0 + index,
            wear=0.2,
            brake_c=400.0 + index,
        )
        for index in range(4)
    ),
    "damage": {Part.AERO: 0.4, Part.ENGINE: 0.2, Part.SUSPENSION_REAR_LEFT: 0.6},
    "brake_bias": 0.56,
    "abs_active": True,
    "pit_limiter": False,
    "water_c": 92.0,
    "oil_c": 104.0,
    "acceleration_mps2": (3.0, -12.0),
    "tyre_compound": "Soft Slick",
}


def rich_frame(frame_at: Callable[..., Frame], time: float, count: int = 22, own: int | None = 6, **session) -> Frame:
    """A frame of the made-up race of `frame_at`, as rich as the game tells."""
    details = {"game": "ams2", "track_id": "Interlagos/Grand Prix", "track_name": "Interlagos", **session}
    frame = frame_at(time, count=count, own=own, **details)
    nan = np.full(count, math.nan)
    of_class = tuple(CLASSES[index % 3] for index in range(count))
    columns = {"number": np.full(count, -1, np.int32), "team": ("",) * count, "tyre": ("",) * count}
    cars = dataclasses.replace(
        frame.cars, **columns, class_name=of_class, car=tuple(f"Car {name}" for name in of_class),
        gap_leader_s=nan, total_distance_m=nan, z=np.full(count, 760.0), heading_rad=np.linspace(-3, 3, count),
    )  # fmt: skip
    player = None if frame.player is None else dataclasses.replace(frame.player, **PLAYER)
    return dataclasses.replace(frame, cars=cars, player=player)


def feed(source: Automobilista2, encoder: Ams2Encoder, *frames: Frame) -> list[Frame]:
    """The frames that come of these frames, encoded."""
    fed = [source.feed(packet, frame.at) for frame in frames for packet in encoder.encode(frame)]
    return [frame for frame in fed if frame is not None]


def writable(packet: bytes) -> np.ndarray:
    """A copy of a packet whose fields can be changed; `.tobytes()` of it is the packet."""
    return np.frombuffer(bytearray(packet), LAYOUTS[packet[10], len(packet)])[0]
