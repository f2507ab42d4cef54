"""How far do two closed lines lie apart, everywhere along the lap?

Before measuring, one is moved, turned and, within limits, scaled onto the other as a whole: games change the origin of
a circuit from one year to the next (F1 25 moved Silverstone by 157 m). Only what already lies close decides where the
whole is moved to, so that a bend which one of them lacks shows in its full size. Places are matched in driving order
within a band, so that the two arms of a hairpin are not taken for each other, and a lap driven the other way round is
far from its map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from contracts.tracks import Deviation
from services.tracks.domain.lap import Floats, Places

STEP_M: Final = 5.0
MAX_PLACES: Final = 4000
SETTLING_PLACES: Final = 512
BAND: Final = 0.04
SETTLING_ROUNDS: Final = 20
SETTLED_M: Final = 0.1
HOPELESS_M: Final = 100.0
MOST_WAVES: Final = 4
SHORTEST_WAVE_M: Final = 1000.0
BENDING_ROUNDS: Final = 6
BENDING_PERCENT: Final = 85


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Metres from each place of the lap to the known line, (n,), and from each place of that one back to the lap."""

    there: Floats
    back: Floats

    @property
    def deviation(self) -> Deviation:
        both = self._both
        return Deviation(
            rms=round(float(np.sqrt(np.mean(both**2))), 2),
            p95=round(float(np.percentile(both, 95)), 2),
            max=round(float(both.max()), 2),
        )

    @property
    def at(self) -> float:
        """Where on the lap (0..1) the two are farthest from each other, by equal shares of both."""
        return round(int(np.argmax(self._both)) % len(self.there) / len(self.there), 4)

    def within(self, metres: float) -> float:
        """The share (0..1) of the shorter shared line that the two have in common up to so many metres."""
        return float(min(np.mean(self.there <= metres), np.mean(self.back <= metres)))

    def percentiles(self, *shares: float) -> tuple[float, ...]:
        """Metres that so many percent of the places of both lines lie apart at most."""
        return tuple(np.percentile(self._both, shares).tolist())

    @property
    def _both(self) -> Floats:
        return np.concatenate((self.there, self.back))


@dataclass(frozen=True, slots=True)
class Similarity:
    """Turned and scaled by a complex factor, then moved."""

    factor: complex
    move: complex

    def of(self, places: Places) -> Places:
        return self.factor * places + self.move


@dataclass(frozen=True, slots=True, eq=False)
class Bending:
    """A slow displacement along a closed line, metres: coefficients of waves from so many turns back to as many on."""

    coefficients: Places

    def at(self, count: int) -> Places:
        """The displacement at `count` equal steps, (count,)."""
        return _waves(count, len(self.coefficients) // 2) @ self.coefficients


def places_for(length_m: float) -> int:
    """How many places along a line of that length are compared."""
    return int(np.clip(length_m / STEP_M, 64, MAX_PLACES))


def settled(lap: Places, known: Places, begun: Similarity, scales: tuple[float, float]) -> Similarity:
    """The move that lays the half of `lap` that lies closest to `known` closer still, from a rough one on.

    Both are (n,) places in equal steps, begun at the same place of the road.
    """
    band = _band(len(lap))
    move = begun
    for _ in range(SETTLING_ROUNDS):
        placed = move.of(lap)
        nearest = _nearest(placed, known, band)
        distance = np.abs(placed - nearest)
        if float(np.median(distance)) > HOPELESS_M:
            break
        close = distance <= np.median(distance)
        move = _fitted(lap[close], nearest[close], scales)
        if float(np.abs(move.of(lap) - placed).max()) < SETTLED_M:
            break
    return move


def bent(lap: Places, known: Places, length_m: float) -> Bending:
    """What drift there is in a lap that was integrated from speed and heading, settled as well as it can be.

    Its waves are far longer than a chicane, and what lies farthest off does not count: so a bend that one of the lines
    lacks is left as it is.
    """
    band = _band(len(lap))
    waves = _waves(len(lap), min(MOST_WAVES, int(length_m / SHORTEST_WAVE_M)))
    coefficients = np.zeros(waves.shape[1], dtype=np.complex128)
    for _ in range(BENDING_ROUNDS):
        placed = lap + waves @ coefficients
        nearest = _nearest(placed, known, band)
        distance = np.abs(placed - nearest)
        close = distance <= np.percentile(distance, BENDING_PERCENT)
        fitted = np.linalg.lstsq(waves[close], nearest[close] - lap[close], rcond=None)[0]
        coefficients = fitted.astype(np.complex128)
    return Bending(coefficients)


def apart(lap: Places, known: Places) -> Apart:
    """How far two settled lines lie apart: (n,) places in equal steps, begun at the same place of the road."""
    band = _band(len(lap))
    return Apart(np.abs(lap - _nearest(lap, known, band)), np.abs(known - _nearest(known, lap, band)))


def _fitted(lap: Places, onto: Places, scales: tuple[float, float]) -> Similarity:
    """The move of least squares from each place to its own."""
    middle, to = complex(lap.mean()), complex(onto.mean())
    match = complex(np.vdot(lap - middle, onto - to))
    size = float(np.vdot(lap - middle, lap - middle).real)
    scale = float(np.clip(abs(match) / max(size, 1e-12), *scales))
    factor = scale * match / max(abs(match), 1e-12)
    return Similarity(factor, to - factor * middle)


def _waves(count: int, most: int) -> Places:
    """(count, 2 most + 1): closed waves of `most` turns back to as many on, and between them the one that stands."""
    turns = np.arange(-most, most + 1)
    return np.exp(2j * np.pi * np.arange(count)[:, None] / count * turns)


def _band(count: int) -> int:
    return max(2, round(BAND * count))


def _nearest(places: Places, line: Places, band: int) -> Places:
    """For each place the nearest one on the segments beside that point of `line` which is nearest to it within a band.

    The band are the points of the line that are at most `band` steps before or after the place's own number.
    """
    count = len(line)
    around = np.concatenate((line[-band:], line, line[:band]))
    east, north = sliding_window_view(around.real, 2 * band + 1), sliding_window_view(around.imag, 2 * band + 1)
    squares = (east - places.real[:, None]) ** 2
    squares += (north - places.imag[:, None]) ** 2
    number = np.arange(count) + np.argmin(squares, axis=1) - band
    point, after, before = line[number % count], line[(number + 1) % count], line[(number - 1) % count]
    ahead, behind = _on_segment(places, point, after), _on_segment(places, point, before)
    return np.where(np.abs(places - ahead) <= np.abs(places - behind), ahead, behind)


def _on_segment(places: Places, begin: Places, end: Places) -> Places:
    segment = end - begin
    share = np.real((places - begin) * np.conj(segment)) / np.maximum(np.abs(segment) ** 2, 1e-12)
    return begin + np.clip(share, 0.0, 1.0) * segment
