"""Frames as each game would send them: what the adapters read, written. F1's own race is in `demo.broadcast`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop_client.demo.wire import forza, gt7
from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.demo.wire.acc import AccEncoder
from desktop_client.demo.wire.ams2 import Ams2Encoder
from desktop_client.demo.wire.iracing import IRacingEncoder
from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.frame import Frame

Encode = Callable[[Frame], list[bytes]]
"""The packets, as the adapter is fed them, that tell a frame. Frames come in the order of their time."""

ENCODERS: Final[dict[str, Callable[[], Encode]]] = {
    "ac": lambda: AcEncoder().encode,
    "acc": lambda: AccEncoder().encode,
    "ams2": lambda: Ams2Encoder().encode,
    "forza": lambda: forza.encode,
    "gt7": lambda: gt7.encode,
    "iracing": lambda: IRacingEncoder().encode,
    "lmu": lambda: LmuEncoder().encode,
    "rf2": lambda: Rf2Encoder().encode,
}
