"""How wide is the road, and where is its middle, as far as cars have shown it?

A mean of laps converges to the racing line, because all drive it. The road is what lies between the outermost lines
that cars take: 98 in 100 of their passages, and half a car's width more to each side. No driver alone says where that
ends: where two were seen or more, an edge lies at most half a metre farther out than the second came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.tracks.domain.evidence import BIN_M, BINS, MIDDLE, Counts, Evidence
from services.tracks.domain.lap import Flags, Floats
from services.tracks.domain.offsets import STATION_M

TAIL: Final = 0.01  # of the passages, left out on each side
CAR_M: Final = 2.0
POOLED: Final = 2  # stations before and after that speak for one too
ALONE_M: Final = 0.5  # so much farther than the second driver came does the word of a single one count
SMOOTHED_M: Final = 8.0
WIDTH_SMOOTHED_M: Final = 25.0  # a road gets wider more slowly than laps differ
OFF_LINE_M: Final = 2.5  # from the middle of all passages: by so much nobody misses the racing line
ENOUGH_OFF_LINE: Final = 3.0  # passages there, of two drivers or more
LEAST_COVERAGE: Final = 0.4  # a map has widths all along, and this much of them was seen
FREE_M: Final = 3.0
"""A place moves no farther than this unless three drivers agree."""
AGREEING: Final = 3

_CELLS: Final = (np.arange(BINS) - MIDDLE) * BIN_M


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """The road at each station of a line's reference, all (stations,).

    `centre` is metres to the left of the reference, `left` and `right` metres from the centre to the edges; these are
    no numbers all along where too little was seen. `coverage` is the share of the stations (0..1) at which enough was.
    """

    centre: Floats
    left: Floats
    right: Floats
    coverage: float

    @property
    def has_widths(self) -> bool:
        return bool(np.isfinite(self.left).all() and np.isfinite(self.right).all())


def envelope(evidence: Evidence) -> Envelope:
    """The road as this evidence shows it. Of a single lap it is that lap, without widths."""
    counts, drivers = _pooled(evidence)
    seen = counts.sum(axis=1) > 0
    if not seen.any():
        nothing = np.full(len(counts), np.nan)
        return Envelope(np.zeros(len(counts)), nothing, nothing, 0.0)
    spans, total = _Spans.of(drivers), np.cumsum(counts, axis=1)
    tails = _quantile(counts, total, TAIL), _quantile(counts, total, 1 - TAIL)
    low, high = spans.within(*tails, agreeing=2)
    believed = seen & _is_believed(counts, drivers, low, high, usual=_quantile(counts, total, 0.5))
    inner, outer = spans.within(*tails, agreeing=AGREEING)
    trusted = np.where(spans.drivers >= AGREEING, (inner + outer) / 2, 0.0)
    middle = np.clip(_around(np.where(seen, (low + high) / 2, np.nan)), trusted - FREE_M, trusted + FREE_M)
    half = np.where(believed, np.maximum((high - low) / 2, 0.0), np.nan)
    coverage = float(believed.mean())
    centre = _smooth(middle, SMOOTHED_M)
    if coverage < LEAST_COVERAGE:
        nothing = np.full(len(counts), np.nan)
        return Envelope(centre, nothing, nothing, coverage)
    width = _smooth(_around(half), WIDTH_SMOOTHED_M) + CAR_M / 2
    return Envelope(centre, width, width, coverage)


def agreed_at(evidence: Evidence, drivers: int) -> Flags:
    """At which stations so many drivers were seen."""
    return _counted(np.bitwise_or.reduce(evidence.drivers, axis=1)) >= drivers


def _pooled(evidence: Evidence) -> tuple[Floats, Counts]:
    counts, drivers = evidence.counts.astype(np.float64), evidence.drivers.copy()
    for step in range(1, POOLED + 1):
        for by in (step, -step):
            counts += np.roll(evidence.counts, by, axis=0)
            drivers |= np.roll(evidence.drivers, by, axis=0)
    return counts / (2 * POOLED + 1), drivers


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """How many drivers were seen so far out or farther: (stations, BINS), from the right and from the left."""

    from_right: npt.NDArray[np.uint8]
    from_left: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, drivers: Counts) -> _Spans:
        return cls(*(_counted(np.bitwise_or.accumulate(side, axis=1)) for side in (drivers, drivers[:, ::-1])))

    @property
    def drivers(self) -> npt.NDArray[np.uint8]:
        return self.from_right[:, -1]

    def within(self, low: Floats, high: Floats, *, agreeing: int) -> tuple[Floats, Floats]:
        """Both edges, hardly farther out than so many drivers came, or than all where there were fewer."""
        wanted = np.clip(self.drivers, 1, agreeing)[:, None]
        right_most = _CELLS[np.argmax(self.from_right >= wanted, axis=1)]
        left_most = -_CELLS[np.argmax(self.from_left >= wanted, axis=1)]
        return np.maximum(low, right_most - ALONE_M), np.minimum(high, left_most + ALONE_M)


def _quantile(counts: Floats, total: Floats, share: float) -> Floats:
    """The offset below which that share of the passages lies; within a cell they lie evenly. `total` adds them up."""
    wanted = share * total[:, -1]
    cell = np.minimum((total < wanted[:, None]).sum(axis=1), BINS - 1)
    row = np.arange(len(counts))
    inside = counts[row, cell]
    before = total[row, cell] - inside
    return _CELLS[cell] + BIN_M * (np.where(inside > 0, (wanted - before) / np.maximum(inside, 1e-9), 0.5) - 0.5)


def _is_believed(counts: Floats, drivers: Counts, low: Floats, high: Floats, *, usual: Floats) -> Flags:
    """Whether enough passages off the usual line were seen between the edges, by two drivers or more."""
    inside = ((low - BIN_M)[:, None] <= _CELLS) & ((high + BIN_M)[:, None] >= _CELLS)
    aside = inside & (np.abs(_CELLS - usual[:, None]) >= OFF_LINE_M)
    several = _counted(np.bitwise_or.reduce(drivers * aside, axis=1)) >= 2
    return several & ((counts * aside).sum(axis=1) >= ENOUGH_OFF_LINE)


def _counted(slots: Counts) -> npt.NDArray[np.uint8]:
    return np.bitwise_count(slots)


def _around(column: Floats) -> Floats:
    """The closed column with what is no number filled in from its neighbours; one of nothing but those is kept."""
    known = np.flatnonzero(np.isfinite(column))
    if not known.size:
        return column
    return np.interp(np.arange(len(column)), known, column[known], period=len(column))


def _smooth(column: Floats, metres: float) -> Floats:
    """The closed column, its waves shorter than about six times so many metres faded out."""
    waves = np.fft.rfftfreq(len(column), STATION_M)
    return np.fft.irfft(np.fft.rfft(column) * np.exp(-2 * (np.pi * waves * metres) ** 2), len(column))
