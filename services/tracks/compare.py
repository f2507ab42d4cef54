"""How far the shapes of two closed lines lie apart, everywhere along the lap.

Before measuring, one is moved and turned onto the other as a whole: games change the origin of a circuit from one
year to the next (F1 25 moved Silverstone by 157 m). Where each line starts does not matter. Places are matched in
driving order within a band, so that the two arms of a hairpin are not taken for each other, and a lap driven the other
way round is far from its map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from contracts.tracks import Deviation
from services.tracks.lap import Floats, Places

STEP_M: Final = 5.0
MAX_PLACES: Final = 2000
BAND: Final = 0.04
SAME_MAX_M: Final = 25.0
SAME_P95_M: Final = 12.5
"""Measured on 452 real pairs of the same layout and 39 000 others: 0.96 of the first are recognised, and of the others
only circuits before and after the rebuilding of one corner are taken for the same."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`at` is where on the first line (0..1) the two are farthest from each other."""

    deviation: Deviation
    at: float

    @property
    def is_same_layout(self) -> bool:
        return self.deviation.max <= SAME_MAX_M and self.deviation.p95 <= SAME_P95_M


def places_for(length_m: float) -> int:
    """How many places along a line of that length are compared."""
    return int(np.clip(length_m / STEP_M, 64, MAX_PLACES))


def compare(lap: Places, known: Places) -> Comparison:
    """Compare two lines given as equally many complex places in equal steps along each."""
    count = len(lap)
    lap, known = _aligned(lap, known)
    band = max(2, round(BAND * count))
    there, back = _distances(lap, known, band), _distances(known, lap, band)
    both = np.concatenate((there, back))
    deviation = Deviation(
        rms=round(float(np.sqrt(np.mean(both**2))), 2),
        p95=round(float(np.percentile(both, 95)), 2),
        max=round(float(both.max()), 2),
    )
    return Comparison(deviation, at=round(int(np.argmax(both)) % count / count, 4))


def _aligned(lap: Places, known: Places) -> tuple[Places, Places]:
    """Both around the origin, `lap` turned and `known` begun so that the sum of squared distances is smallest."""
    lap, known = lap - lap.mean(), known - known.mean()
    matches = np.fft.ifft(np.conj(np.fft.fft(lap)) * np.fft.fft(known))  # for each shift at once
    best = int(np.argmax(np.abs(matches)))
    return lap * np.exp(1j * np.angle(matches[best])), np.roll(known, -best)


def _distances(points: Places, line: Places, band: int) -> Floats:
    """From each point to the nearest segment of `line` that lies at most `band` places before or after it."""
    ahead = np.roll(line, -1) - line
    squared = np.maximum(np.abs(ahead) ** 2, 1e-12)
    nearest = np.full(len(points), np.inf)
    for offset in range(-band, band + 1):
        begin, segment = np.roll(line, -offset), np.roll(ahead, -offset)
        away = points - begin
        share = np.clip(np.real(away * np.conj(segment)) / np.roll(squared, -offset), 0.0, 1.0)
        np.minimum(nearest, np.abs(away - share * segment), out=nearest)
    return nearest
