"""The wire format of Gran Turismo 7: one packet per frame, in four lengths, under one cipher.

A longer format is a shorter one with more behind it; the letter is what the console is asked with. The layout is after
the description in zetetos/gt-telemetry and snipem/gt7dashboard, which agree, and holds against a recording.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.games.salsa20 import salsa20

ASK_PORT: Final = 33739  # of the console
ANSWER_PORT: Final = 33740  # of ours: the console sends there, wherever it was asked from

MAGIC: Final = b"0S7G"
KEY: Final = b"Simulator Interface Packet GT7 ver 0.0"[:32]
SEED: Final = slice(0x40, 0x44)
"""Where the seed of the nonce stands, in the clear; what the cipher makes of these four bytes means nothing."""

Packet = NDArray[np.void]
Field = tuple[str, str] | tuple[str, str, tuple[int, ...]]

WHEELS = (4,)  # front left, front right, rear left, rear right


class Flag(enum.IntFlag):
    """What the packet's flags say, as far as it is of use here."""

    LIVE = 1 << 0  # somebody drives; without it, what is shown is a replay or a menu
    PAUSED = 1 << 1
    LOADING = 1 << 2
    ASM = 1 << 10
    TCS = 1 << 11


A: Final[list[Field]] = [
    ("magic", "S4"),
    ("place", "<f4", (3,)),  # metres, y up
    ("velocity", "<f4", (3,)),  # m/s, along the same axes
    ("rotation", "<f4", (4,)),  # unit quaternion x y z w; without any, the car points to -z
    ("angular_velocity", "<f4", (3,)),
    ("ride_height", "<f4"),
    ("rpm", "<f4"),
    ("seed", "<u4"),
    ("fuel", "<f4"),  # of `fuel_capacity`, which is 100 for whatever has a tank and 0 for an electric car
    ("fuel_capacity", "<f4"),
    ("speed", "<f4"),
    *((name, "<f4") for name in ("manifold_pressure", "oil_pressure", "water_c", "oil_c")),
    ("tyre_c", "<f4", WHEELS),
    ("packet_id", "<u4"),  # sixty a second
    ("lap", "<i2"),  # the first is 1
    ("total_laps", "<i2"),  # 0 where the lap count has no end, -1 in the menus
    ("best_lap_ms", "<i4"),  # -1 while there is none
    ("last_lap_ms", "<i4"),
    ("time_of_day_ms", "<u4"),
    ("grid_position", "<i2"),  # before the start only
    ("entrants", "<i2"),
    ("rpm_first_light", "<u2"),
    ("rpm_last_light", "<u2"),
    ("top_speed_kmh", "<u2"),
    ("flags", "<u2"),
    ("gears", "u1"),  # the gear in the lower half: 0 reverse, 15 neutral; the suggested one in the upper
    ("throttle", "u1"),  # after traction control
    ("brake", "u1"),  # the pedal
    ("unused", "u1"),
    ("road_plane", "<f4", (4,)),
    *((name, "<f4", WHEELS) for name in ("wheel_radps", "tyre_radius", "suspension_height")),
    ("reserved", "<f4", (8,)),
    *((name, "<f4") for name in ("clutch", "clutch_engaged", "clutch_rpm", "top_speed_ratio")),
    ("gear_ratios", "<f4", (8,)),
    ("car", "<i4"),
]
B: Final[list[Field]] = [
    *A,
    ("wheel_rad", "<f4"),  # of the steering wheel, to the left
    ("wheel_speed_radps", "<f4"),
    *((name, "<f4") for name in ("sway", "heave", "surge")),  # m/s^2: to the right, upwards, forwards
]
TILDE: Final[list[Field]] = [
    *B,
    ("throttle_pedal", "u1"),
    ("brake_output", "u1"),
    ("unknown_bits", "u1", (2,)),
    ("unknown", "<f4", (4,)),
    ("energy_recovery", "<f4"),
    ("unknown_last", "<f4"),
]
C: Final[list[Field]] = [
    *TILDE,
    ("surface", "u1", WHEELS),
    ("lap_time_ms", "<i4"),
    ("front_wheel_rad", "<f4", (2,)),
    ("wheelbase_left", "<f4"),
    ("category", "S4"),
]


class Format(NamedTuple):
    ask: bytes  # the letter that asks for it
    layout: np.dtype
    nonce_mask: int


FORMATS: Final = (  # the richest first
    Format(b"C", np.dtype(C), 0xDEADBEEF),
    Format(b"~", np.dtype(TILDE), 0x55FABB4F),
    Format(b"B", np.dtype(B), 0xDEADBEEF),
    Format(b"A", np.dtype(A), 0xDEADBEAF),
)
BY_SIZE: Final = {form.layout.itemsize: form for form in FORMATS}


def decipher(packet: bytes) -> bytes | None:
    """The plain text of a packet of a known size, or None where the cipher makes no sense of it.

    A packet that is plain already, as recordings hold them, is returned as it is.
    """
    if packet.startswith(MAGIC):
        return packet
    plain = salsa20(packet, KEY, nonce(packet[SEED], BY_SIZE[len(packet)]))
    return plain if plain.startswith(MAGIC) else None


def encipher(plain: bytes, seed: int) -> bytes:
    """What the console would send: `plain` under a nonce made of `seed`, which goes with it in the clear."""
    raw = seed.to_bytes(4, "little")
    packet = salsa20(plain, KEY, nonce(raw, BY_SIZE[len(plain)]))
    return packet[: SEED.start] + raw + packet[SEED.stop :]


def nonce(seed: bytes, form: Format) -> bytes:
    return (int.from_bytes(seed, "little") ^ form.nonce_mask).to_bytes(4, "little") + seed


def open_packet(plain: bytes) -> Packet:
    """A plain packet of a known size, as a read-only view of `plain`."""
    return np.ndarray((), BY_SIZE[len(plain)].layout, buffer=plain)


def names(packet: Packet) -> tuple[str, ...]:
    return packet.dtype.names or ()
