"""How does one closed line lie on another: begun where, turned, moved and scaled how, and driven or seen the other way?

Both lines are walked in equally many equal steps. The correlation of two closed lines by FFT has in its k-th place what
the best rotation, scale and sum of squared distances are if the known line is begun at its k-th place: all starts are
tried at once, in closed form, nothing is searched for and nothing is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats, Places

SCALES: Final = (0.93, 1.07)
"""How much smaller or larger one game may have a circuit than another: the F1 games' Mexico is 5.5 % too large."""
ONE_SIZE: Final = (1.0, 1.0)
AMBIGUOUS_M: Final = 2.5
"""How much closer another reading must lie than the plain one: ovals are their own mirror images."""
Column = TypeVar("Column", Places, Floats)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a lap lies on a known line: `scale * exp(i turn) * lap + move`, of the mirrored lap if `is_mirrored`.

    `start` is where on the known line (0..1) the lap's point 0 lies; with `is_reversed` the lap goes round the known
    line backwards from there. `move` is in metres of the known line's plane, `turn` in radians.
    """

    is_reversed: bool
    is_mirrored: bool
    start: float
    turn: float
    scale: float
    move: complex

    @property
    def factor(self) -> complex:
        return self.scale * complex(np.exp(1j * self.turn))

    def places(self, places: Places) -> Places:
        """The lap's places in the plane of the known line, in the order they were in."""
        return self.factor * (np.conj(places) if self.is_mirrored else places) + self.move

    def loop(self, loop: Loop) -> Loop:
        """The lap as a line in the plane of the known one and in its direction; it begins where it began."""
        placed = self.places(loop.xy[:, 0] + 1j * loop.xy[:, 1])
        xy, z = np.column_stack((placed.real, placed.imag)), loop.z
        if self.is_reversed:
            xy, z = _backwards(xy), None if z is None else _backwards(z)
        return Loop.through(xy, z)


@dataclass(frozen=True, slots=True)
class Alignment:
    """`rms_m` is what is left between places at equal shares of both lines, the part along the road included."""

    rms_m: float
    pose: Pose


def alignments(lap: Places, known: Places, *, mirrors: bool, one_game: bool = False) -> tuple[Alignment, ...]:
    """The best pose for each way in which the lap may go along the known line, the closest first.

    The ways are along and backwards, and with `mirrors` the same of the mirrored lap. Both lines are (n,) places in
    equal steps. `one_game`: both are told by one game, which has a road in one size, and seldom turned.
    """
    ways = [(is_mirrored, is_reversed) for is_mirrored in ((False, True) if mirrors else (False,))
            for is_reversed in (False, True)]  # fmt: skip
    found = [_best(lap, known, is_mirrored, is_reversed, one_game) for is_mirrored, is_reversed in ways]
    return tuple(sorted(found, key=lambda alignment: alignment.rms_m))


def oriented(places: Places, *, is_mirrored: bool, is_reversed: bool) -> Places:
    """Places seen in a mirror, or driven through from the first one backwards."""
    seen = np.conj(places) if is_mirrored else places
    return _backwards(seen) if is_reversed else seen


def _best(lap: Places, known: Places, is_mirrored: bool, is_reversed: bool, one_game: bool) -> Alignment:
    count = len(lap)
    seen = oriented(lap, is_mirrored=is_mirrored, is_reversed=is_reversed)
    lap_middle, known_middle = complex(seen.mean()), complex(known.mean())
    lap_about, known_about = seen - lap_middle, known - known_middle
    matches = np.fft.ifft(np.conj(np.fft.fft(lap_about)) * np.fft.fft(known_about))
    lap_size, known_size = _square(lap_about), _square(known_about)
    agreed = np.abs(matches)
    scale = np.clip(agreed / max(lap_size, 1e-12), *(ONE_SIZE if one_game else SCALES))
    left = np.sqrt(np.maximum(scale**2 * lap_size + known_size - 2 * scale * agreed, 0.0) / count)
    shift = _least_turned(left, np.angle(matches)) if one_game else int(np.argmin(left))
    turn = float(np.angle(matches[shift]))
    factor = float(scale[shift]) * complex(np.exp(1j * turn))
    pose = Pose(
        is_reversed=is_reversed,
        is_mirrored=is_mirrored,
        start=shift / count,
        turn=turn,
        scale=float(scale[shift]),
        move=known_middle - factor * lap_middle,
    )
    return Alignment(float(left[shift]), pose)


def _least_turned(left: Floats, turns: Floats) -> int:
    """Of the starts that fit nearly as well as the best one, that with the least turn: an oval fits two ways round."""
    is_lowest = (left <= np.roll(left, 1)) & (left <= np.roll(left, -1)) & (left <= left.min() + AMBIGUOUS_M)
    lowest = np.flatnonzero(is_lowest)
    return int(lowest[np.argmin(np.abs(turns[lowest]))])


def _square(places: Places) -> float:
    return float(np.vdot(places, places).real)


def _backwards(column: Column) -> Column:
    """A closed column from its first entry the other way round."""
    return np.roll(column[::-1], 1, axis=0)
