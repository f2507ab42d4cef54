"""How far do two closed lines lie apart, everywhere along the lap?

They were laid onto each other before. Places are matched in driving order within a band, so that the two arms of a
hairpin are not taken for each other, and a lap driven the other way round is far from its map. What is measured is the
way from each place of one line to the segments of the other, and back.
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
BAND: Final = 0.04


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
        """What share (0..1) of either line runs no farther than that beside the other: of the one with less of it."""
        return float(min(np.mean(self.there <= metres), np.mean(self.back <= metres)))

    def percentiles(self, *shares: float) -> tuple[float, ...]:
        """Metres that so many percent of the places of both lines lie apart at most."""
        return tuple(np.percentile(self._both, shares).tolist())

    @property
    def _both(self) -> Floats:
        return np.concatenate((self.there, self.back))


def places_for(length_m: float) -> int:
    """How many places along a line of that length are compared."""
    return int(np.clip(length_m / STEP_M, 64, MAX_PLACES))


def apart(lap: Places, known: Places) -> Apart:
    """How far two settled lines lie apart: (n,) places in equal steps, begun at the same place of the road."""
    band = band_of(len(lap))
    return Apart(np.abs(lap - beside(lap, known, band)[0]), np.abs(known - beside(known, lap, band)[0]))


def band_of(count: int) -> int:
    """How many places ahead of its own number and behind it a place may be matched."""
    return max(2, round(BAND * count))


def beside(places: Places, line: Places, band: int) -> tuple[Places, Places]:
    """For each place the nearest one on a line within a band, and the line's direction there, of length one.

    Looked at are the segments beside that point of the line which is nearest of those within the band.
    """
    count = len(line)
    around = np.concatenate((line[-band:], line, line[:band]))
    east, north = sliding_window_view(around.real, 2 * band + 1), sliding_window_view(around.imag, 2 * band + 1)
    squares = (east - places.real[:, None]) ** 2
    squares += (north - places.imag[:, None]) ** 2
    number = np.arange(count) + np.argmin(squares, axis=1) - band
    point, after, before = line[number % count], line[(number + 1) % count], line[(number - 1) % count]
    ahead, behind = _on_segment(places, point, after), _on_segment(places, before, point)
    is_ahead = np.abs(places - ahead) <= np.abs(places - behind)
    direction: Places = np.where(is_ahead, after - point, point - before)
    return np.where(is_ahead, ahead, behind), direction / np.maximum(np.abs(direction), 1e-12).astype(np.complex128)


def _on_segment(places: Places, begin: Places, end: Places) -> Places:
    segment = end - begin
    share = np.real((places - begin) * np.conj(segment)) / np.maximum(np.abs(segment) ** 2, 1e-12)
    return begin + np.clip(share, 0.0, 1.0) * segment
