"""Which known layouts can a lap be of? 32 numbers for each line, compared before any line is read.

A closed line is a periodic function of the share of it that was driven, and has Fourier coefficients. Where it starts
and how it is turned changes their angles only; a mirrored line, or one driven the other way, swaps those that go round
forwards and those that go round backwards; where it lies is coefficient 0. So the sizes of the others say how two
lines can be laid onto each other at best. With a and b for the 32 sizes of a lap and of a known line, and s for the
scale of the lap, Parseval's theorem and the triangle inequality give, whatever start, turn and move is chosen,

    RMS >= |s a - b|

because the RMS is the norm of all differences of coefficients, and each is at least the difference of their sizes. This
is true of the lines themselves: the coefficients are those of the line between its points, exact in closed form, not of
samples of it. An RMS over equally spaced places is their mean over a grid, and differs from this one by centimetres.

Of games that have a circuit in different sizes nothing is known but SCALES, so shapes are compared at size one: no
scale brings s a nearer to b than |s a| sin(angle between a and b). Whoever lies within R = search_rms of the lap, in
the known line's plane, thus has an angle of at most asin(R / (SCALES[0] |a|)), and a size from SCALES[0] |a| - R to
SCALES[1] |a| + R. Any weighted sum of coordinates whose weights have norm one differs by no more than the vectors do:
that is what an index can search by.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from services.tracks.domain.alignment import SCALES
from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats

SEARCH_RMS_M: Final = 25.0
"""How far on the mean a lap lies from a layout that is found: 193 real pairs of one layout lie 4 m apart in the median
and 10.4 m at most, driven laps 8 m from their road. What is left over is for wide roads and poor drawings."""
SEARCH_SHARE: Final = 0.003
"""The same in shares of the lap: over 20 km, what one line is longer than another in some bends adds up."""
HARMONICS: Final = 16
_ROUNDED: Final = 1e-6  # shapes are kept in single precision


@dataclass(frozen=True, slots=True, eq=False)
class Descriptor:
    """`unit` is (32,): the sizes of the coefficients 1..16 and -1..-16 over their norm, which is `size_m`."""

    unit: Floats
    size_m: float
    length_m: float

    @property
    def key(self) -> tuple[float, float, float, float]:
        """What prunes best on real circuits: the logarithm of the size, and how the lowest coefficients differ.

        0.4 % of a hundred thousand shapes are left by these four, 4.5 % by the best two.
        """
        first, second, back, second_back = self.unit[[0, 1, HARMONICS, HARMONICS + 1]] / np.sqrt(2)
        return float(np.log(self.size_m)), float(first - back), float(second + second_back), float(second - second_back)

    @property
    def swapped(self) -> Descriptor:
        """Of the same road mirrored, or driven the other way."""
        return replace(self, unit=np.roll(self.unit, HARMONICS))


def describe(loop: Loop) -> Descriptor:
    """The descriptor of a closed line that leads somewhere; where its points lie on the line does not matter."""
    ahead = np.roll(loop.xy, -1, axis=0) - loop.xy
    steps = np.hypot(*ahead.T)
    # A step of no length has no direction, and then its two bends are one, as they should be.
    headings = (ahead[:, 0] + 1j * ahead[:, 1]) / np.where(steps > 0, steps, 1.0)
    bends = headings - np.roll(headings, 1)
    back = np.exp(-2j * np.pi * loop.along[:-1] / loop.length_m)
    coefficients = np.empty(2 * HARMONICS, dtype=np.complex128)
    turned = np.ones_like(back)
    for harmonic in range(1, HARMONICS + 1):
        turned = turned * back
        coefficients[harmonic - 1] = np.sum(bends * turned) / harmonic**2
        coefficients[HARMONICS + harmonic - 1] = np.sum(bends * np.conj(turned)) / harmonic**2
    sizes = (
        np.abs(coefficients) * loop.length_m / (4 * np.pi**2)
    )  # twice integrated: the bends are the second derivative
    size_m = float(np.linalg.norm(sizes))
    return Descriptor(sizes / size_m, size_m, loop.length_m)


def search_rms(descriptor: Descriptor) -> float:
    """Within how many metres of a lap of that length layouts are found."""
    return max(SEARCH_RMS_M, SEARCH_SHARE * descriptor.length_m)


def reach(descriptor: Descriptor) -> float:
    """How far from `unit` that of a layout can be which lies within `search_rms` at one of SCALES."""
    angle = np.arcsin(min(1.0, search_rms(descriptor) / (SCALES[0] * descriptor.size_m)))
    return float(2 * np.sin(angle / 2)) + _ROUNDED


def sizes_within(descriptor: Descriptor) -> tuple[float, float]:
    """The smallest and the largest `size_m` of a layout that lies within `search_rms` at one of SCALES."""
    smallest = SCALES[0] * descriptor.size_m - search_rms(descriptor)
    return max(smallest, 0.0), SCALES[1] * descriptor.size_m + search_rms(descriptor)


def least_rms(descriptor: Descriptor, units: Floats, sizes_m: Floats) -> Floats:
    """Metres that the lap lies at least from each of (m,) lines, whose units are (m, 32), at the best of SCALES.

    The direction and the hand of the lap are those that it has: ask for the swapped descriptor as well.
    """
    shadow = sizes_m * (units @ descriptor.unit)
    size = descriptor.size_m * np.clip(shadow / descriptor.size_m, *SCALES)
    return np.sqrt(np.maximum(0.0, (size - shadow) ** 2 + sizes_m**2 - shadow**2))
