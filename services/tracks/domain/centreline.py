"""The envelope drawn as a line: the middle of the road in equal steps, with its widths."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.tracks.domain.canonical import Loop, steps_for
from services.tracks.domain.envelope import Envelope
from services.tracks.domain.lap import Floats
from services.tracks.domain.offsets import sampled

FINE_M: Final = 1.5


def drawn(reference: Loop, envelope: Envelope) -> tuple[Loop, Floats | None, Floats | None]:
    """The middle of the road as a closed line in as many equal steps as a map has, and the widths at its points.

    Heights are the reference's. The line begins beside the reference's first point. Without widths both are None.
    """
    fine = max(len(envelope.centre), round(reference.length_m / FINE_M))
    base, ahead = sampled(reference, fine)
    line = base + 1j * ahead * _resampled(envelope.centre, fine)
    rough = Loop.through(np.column_stack((line.real, line.imag)), reference.heights(fine))
    count = steps_for(rough.length_m)
    places = rough.walked(count)
    loop = Loop.through(np.column_stack((places.real, places.imag)), rough.heights(count))
    if not envelope.has_widths:
        return loop, None, None
    at = np.linspace(0.0, rough.length_m, count, endpoint=False)
    sides = (_resampled(side, fine) for side in (envelope.left, envelope.right))
    left, right = (np.interp(at, rough.along[:-1], side, period=rough.length_m) for side in sides)
    return loop, np.maximum(left, 0.0), np.maximum(right, 0.0)


def _resampled(column: Floats, count: int) -> Floats:
    """A closed column at more places, through waves: no kinks at the stations."""
    return np.fft.irfft(np.fft.rfft(column), count) * (count / len(column))
