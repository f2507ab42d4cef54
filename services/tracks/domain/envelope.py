"""How wide is the road, and where is its middle, as far as cars have shown it?

A mean of laps converges to the racing line, because all drive it. The road is what lies between the outermost lines
that cars take: 98 in 100 of their passages, and half a car's width more to each side. No driver alone says where that
ends: where two were seen or more, an edge lies at most a metre farther out than the second of them came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.tracks.domain.evidence import BIN_M, BINS, MIDDLE, Counts, Evidence
from services.tracks.domain.lap import Flags, Floats
from services.tracks.domain.offsets import STATION_M

TAIL: Final = 0.01  # of the passages, left out on each side
CAR_M: Final = 2.0
POOLED: Final = 2  # stations before and after that speak for one too
ALONE_M: Final = 1.0  # so much farther than the second driver came does the word of a single one count
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
    low, high = _edges(counts, drivers, agreeing=2)
    believed = seen & _is_believed(counts, drivers, low, high)
    middle = _within(_around(np.where(seen, (low + high) / 2, np.nan)), _trusted(counts, drivers))
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
    return np.bitwise_count(np.bitwise_or.reduce(evidence.drivers, axis=1)) >= drivers


def _pooled(evidence: Evidence) -> tuple[Floats, Counts]:
    counts, drivers = evidence.counts.astype(np.float64), evidence.drivers.copy()
    for step in range(1, POOLED + 1):
        for by in (step, -step):
            counts += np.roll(evidence.counts, by, axis=0)
            drivers |= np.roll(evidence.drivers, by, axis=0)
    return counts / (2 * POOLED + 1), drivers


def _edges(counts: Floats, drivers: Counts, *, agreeing: int) -> tuple[Floats, Floats]:
    """Right and left edge of where the middles of cars were, as offsets; about as far out as so many drivers came."""
    there = np.bitwise_count(np.bitwise_or.reduce(drivers, axis=1))
    wanted = np.minimum(agreeing, np.maximum(there, 1))[:, None]
    from_right = np.bitwise_count(np.bitwise_or.accumulate(drivers, axis=1)) >= wanted
    from_left = np.bitwise_count(np.bitwise_or.accumulate(drivers[:, ::-1], axis=1)) >= wanted
    right_most = _CELLS[np.argmax(from_right, axis=1)]
    left_most = -_CELLS[np.argmax(from_left, axis=1)]
    low = np.maximum(_quantile(counts, TAIL), right_most - ALONE_M)
    high = np.minimum(_quantile(counts, 1 - TAIL), left_most + ALONE_M)
    return low, high


def _quantile(counts: Floats, share: float) -> Floats:
    """The offset below which that share of the passages lies; within a cell they lie evenly."""
    total = np.cumsum(counts, axis=1)
    wanted = share * total[:, -1]
    cell = np.minimum((total < wanted[:, None]).sum(axis=1), BINS - 1)
    row = np.arange(len(counts))
    inside = counts[row, cell]
    before = total[row, cell] - inside
    return _CELLS[cell] + BIN_M * (np.where(inside > 0, (wanted - before) / np.maximum(inside, 1e-9), 0.5) - 0.5)


def _is_believed(counts: Floats, drivers: Counts, low: Floats, high: Floats) -> Flags:
    """Whether enough passages off the racing line were seen between the edges, by two drivers or more."""
    usual = _quantile(counts, 0.5)
    inside = (low[:, None] - BIN_M <= _CELLS) & (high[:, None] + BIN_M >= _CELLS)
    aside = inside & (np.abs(_CELLS - usual[:, None]) >= OFF_LINE_M)
    several = np.bitwise_count(np.bitwise_or.reduce(np.where(aside, drivers, 0).astype(np.uint16), axis=1)) >= 2
    return several & ((counts * aside).sum(axis=1) >= ENOUGH_OFF_LINE)


def _trusted(counts: Floats, drivers: Counts) -> Floats:
    """Where the middle may lie within 3 m: where three drivers agree that it is, else at the reference."""
    there = np.bitwise_count(np.bitwise_or.reduce(drivers, axis=1))
    low, high = _edges(counts, drivers, agreeing=AGREEING)
    return np.where(there >= AGREEING, (low + high) / 2, 0.0)


def _within(middle: Floats, trusted: Floats) -> Floats:
    return np.clip(middle, trusted - FREE_M, trusted + FREE_M)


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
