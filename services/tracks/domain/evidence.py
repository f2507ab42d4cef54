"""Where on the road did cars pass, and how many drivers say so?

For each station of a line's reference a histogram of lateral offsets, and for each of its cells which drivers were seen
there, as a set of 16 slots that drivers fall into by chance of their id: two drivers may share one, so that a set never
says more drivers than there were. Laps themselves are not kept. Evidence of the same reference is merged by adding,
in whatever order.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats
from services.tracks.domain.offsets import REACH_M, Indices, stations_for

Counts = npt.NDArray[np.uint16]

BIN_M: Final = 0.5
BINS: Final = 81
MIDDLE: Final = BINS // 2
SLOTS: Final = 16
MOST_COUNTED: Final = 65_535
MOST_STATIONS: Final = 10_000
_VERSION: Final = 1
_HEAD: Final = struct.Struct("<BII")
assert BIN_M * BINS == 2 * REACH_M


class EvidenceDamaged(ValueError):
    """What was kept of a line's laps cannot be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """`counts` and `drivers` are (stations, BINS): passages in each cell, and the slots of those who made them.

    The middle of cell k lies (k - MIDDLE) * BIN_M to the left of the reference. `laps` counts whole laps of drivers;
    passages of other cars are in the counts alone.
    """

    counts: Counts
    drivers: Counts
    laps: int

    @classmethod
    def begin(cls, reference: Loop) -> Evidence:
        """Nothing seen yet: the lap of the reference itself is added as every other one is."""
        nothing = np.zeros((stations_for(reference.length_m), BINS), dtype=np.uint16)
        return cls(nothing, nothing, laps=0)

    def with_offsets(self, offsets: Floats, *, driver: UUID, is_lap: bool) -> Evidence:
        """One passage more, seen by `driver`: each station that it passed counts once."""
        seen, cell = _cells(offsets)
        counts, drivers = self.counts.copy(), self.drivers.copy()
        counts[seen, cell] += counts[seen, cell] < MOST_COUNTED
        drivers[seen, cell] |= np.uint16(1 << slot_of(driver))
        return Evidence(counts, drivers, min(self.laps + is_lap, 2**32 - 1))

    def with_others(self, passages: Iterable[Floats], *, driver: UUID) -> Evidence:
        """What `driver` saw of other cars in one lap. A cell counts once however many of them passed there.

        Else one upload of sixty cars would outweigh all laps of everybody else.
        """
        there = np.zeros(self.counts.shape, dtype=np.bool_)
        for offsets in passages:
            there[_cells(offsets)] = True
        counts = self.counts + (there & (self.counts < MOST_COUNTED))
        drivers = self.drivers | np.where(there, np.uint16(1 << slot_of(driver)), np.uint16(0))
        return Evidence(counts, drivers, self.laps)

    def merged(self, other: Evidence) -> Evidence:
        """What both have seen, of the same reference.

        Raises:
            ValueError: they are of references of different lengths.
        """
        if len(self.counts) != len(other.counts):
            raise ValueError(f"{len(self.counts)} stations are not those {len(other.counts)}.")
        both = self.counts.astype(np.uint32) + other.counts
        counts = np.minimum(both, MOST_COUNTED).astype(np.uint16)
        return Evidence(counts, self.drivers | other.drivers, min(self.laps + other.laps, 2**32 - 1))

    def packed(self) -> bytes:
        cells = np.stack((self.counts, self.drivers)).astype("<u2").view(np.uint8)
        planes = cells.reshape(-1, 2).T.tobytes()  # low bytes apart from high ones, which are nearly all zero
        return _HEAD.pack(_VERSION, len(self.counts), self.laps) + zlib.compress(planes, 6)

    @classmethod
    def unpacked(cls, packed: bytes) -> Evidence:
        """
        Raises:
            EvidenceDamaged: these bytes are no packed evidence; nothing larger than evidence is ever unpacked.
        """
        if len(packed) < _HEAD.size:
            raise EvidenceDamaged(f"{len(packed)} bytes are too few.")
        version, stations, laps = _HEAD.unpack_from(packed)
        if version != _VERSION or not 0 < stations <= MOST_STATIONS:
            raise EvidenceDamaged(f"Version {version} with {stations} stations is not known here.")
        planes = _unzipped(packed[_HEAD.size :], 4 * stations * BINS)
        cells = np.frombuffer(planes, dtype=np.uint8).reshape(2, -1).T.copy().view("<u2")
        counts, drivers = cells.reshape(2, stations, BINS).astype(np.uint16)
        return cls(counts, drivers, laps)


def _cells(offsets: Floats) -> tuple[Indices, Indices]:
    """The stations that were passed within reach, and the cell of each."""
    seen = np.flatnonzero(np.isfinite(offsets) & (np.abs(np.nan_to_num(offsets)) <= REACH_M))
    return seen, np.clip(np.floor((offsets[seen] + REACH_M) / BIN_M).astype(np.intp), 0, BINS - 1)


def slot_of(driver: UUID) -> int:
    """The same for one driver every time; ids that carry a time differ in their last bits too."""
    return zlib.crc32(driver.bytes) % SLOTS


def _unzipped(packed: bytes, size: int) -> bytes:
    unzip = zlib.decompressobj()
    try:
        planes = unzip.decompress(packed, size + 1)
    except zlib.error as error:
        raise EvidenceDamaged(f"It cannot be unzipped: {error}.") from error
    if len(planes) != size or not unzip.eof or unzip.unused_data:
        raise EvidenceDamaged(f"{size} bytes were expected.")
    return planes
