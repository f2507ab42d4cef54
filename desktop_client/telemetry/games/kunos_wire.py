"""How whole pages are taken out of the memory of Assetto Corsa and its successor, and the texts in them read.

Both games use the same three names, and there is nothing on a page that names the game. Where Competizione says how
many cars there are, the older game has a coordinate: an integer from 1 to 60, read as a float, is no place on earth.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from desktop_client.telemetry.games.kunos_fields import ACC_GRAPHICS, MOST_CARS
from desktop_client.telemetry.games.packing import offset_in
from desktop_client.telemetry.source import BlockReader, MemoryInlet

PHYSICS: Final = b"P"
GRAPHICS: Final = b"G"
STATIC: Final = b"S"

PHYSICS_PAGE: Final = "Local\\acpmf_physics"
GRAPHICS_PAGE: Final = "Local\\acpmf_graphics"
STATIC_PAGE: Final = "Local\\acpmf_static"

TRIES: Final = 3
_CAR_COUNT: Final = offset_in(ACC_GRAPHICS, "car_count")


class StepReader:
    """Takes a page whenever the step that it begins with has changed, and stood still while it was copied."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen = bytes(4)  # no step has been taken yet

    def read(self, memory: memoryview) -> Iterable[bytes]:
        if len(memory) < self._size:
            return ()
        for _ in range(TRIES):
            page = bytes(memory[: self._size])
            if page[:4] == self._seen:
                return ()
            if memory[:4] == page[:4]:
                self._seen = page[:4]
                return (page,)
        return ()


class ConstantReader:
    """Takes the page of what never changes in a session when it has changed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen = bytes(size)

    def read(self, memory: memoryview) -> Iterable[bytes]:
        if len(memory) < self._size:
            return ()
        page = bytes(memory[: self._size])
        if page == self._seen or page != memory[: self._size]:
            return ()
        self._seen = page
        return (page,)


def pages(physics: np.dtype, graphics: np.dtype, static: np.dtype) -> tuple[MemoryInlet, MemoryInlet, MemoryInlet]:
    """The inlets of a game whose pages have these layouts."""
    return (
        _page(STATIC_PAGE, static, STATIC, ConstantReader, 2.0),
        _page(GRAPHICS_PAGE, graphics, GRAPHICS, StepReader, 60.0),
        _page(PHYSICS_PAGE, physics, PHYSICS, StepReader, 60.0),
    )


def _page(name: str, layout: np.dtype, tag: bytes, reader: Callable[[int], BlockReader], rate_hz: float) -> MemoryInlet:
    return MemoryInlet(name, layout.itemsize, lambda: reader(layout.itemsize), tag, rate_hz)


def is_of_competizione(graphics_page: bytes) -> bool | None:
    """Which of the two games wrote this graphics page; None while none has put a car on the track."""
    (count,) = struct.unpack_from("<i", graphics_page, _CAR_COUNT)
    if count == 0:
        return None
    return 0 < count <= MOST_CARS


def text(characters: np.ndarray) -> str:
    """A text of two-byte characters up to its zero; half a character at the end is left out."""
    return characters.tobytes().decode("utf-16-le", errors="ignore").partition("\0")[0].strip()


def write_text(into: np.ndarray, value: str) -> None:
    """Write a text as the games do, cut to what fits before its zero."""
    encoded = np.frombuffer(value.encode("utf-16-le"), "<u2")[: len(into) - 1]
    into[:] = 0
    into[: len(encoded)] = encoded
