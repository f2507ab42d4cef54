"""Where is what on a published map: its places, its edges, and the places of what is told by metres along the lap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from contracts.tracks import TrackMap
from services.tracks.domain.lap import Floats, Places


@dataclass(frozen=True, eq=False)
class Road:
    """The line of a map, closed, as it is seen from above: `places` are (n,), metres in a right-handed plane; a place's
    number times the step is its `s`. `width` says how far the road reaches to the left and to the right, where that is
    known. `is_mirrored`: the game's own plane is left-handed."""

    places: Places
    length_m: float
    heights: Floats | None
    width: tuple[Floats, Floats] | None
    is_mirrored: bool = False

    @classmethod
    def of(cls, track_map: TrackMap) -> Road:
        line = track_map.line
        knows_width = len(line.w_left) == len(line.w_right) == len(line.x)
        is_mirrored = track_map.frame.handedness == "left"
        return cls(
            places=_from_above(line.x, line.y, is_mirrored),
            length_m=track_map.length_m,
            heights=np.array(line.z) if len(line.z) == len(line.x) else None,
            width=(np.array(line.w_left), np.array(line.w_right)) if knows_width else None,
            is_mirrored=is_mirrored,
        )

    def seen(self, x: Sequence[float], y: Sequence[float]) -> Places:
        """Places that are told in the plane of the game, as the road's own are."""
        return _from_above(x, y, self.is_mirrored)

    @property
    def stations(self) -> Floats:
        """Metres along the lap of each place."""
        return np.linspace(0.0, self.length_m, len(self.places), endpoint=False)

    @cached_property
    def ahead(self) -> Places:
        """The driving direction at each place, of length one."""
        chord = np.roll(self.places, -1) - np.roll(self.places, 1)
        return chord / np.maximum(np.abs(chord), 1e-9)

    @property
    def edges(self) -> tuple[Places, Places] | None:
        """The left and the right edge of the road."""
        if self.width is None:
            return None
        left, right = self.width
        return self.places + 1j * self.ahead * left, self.places - 1j * self.ahead * right

    def at(self, s: float) -> complex:
        """The place `s` metres after the start."""
        return self._between(self.places, s)

    def heading(self, s: float) -> complex:
        """The driving direction there, of length one."""
        there = self._between(self.ahead, s)
        return there / abs(there) if abs(there) > 1e-9 else 1 + 0j

    def _between(self, column: Places, s: float) -> complex:
        where = s / self.length_m % 1.0 * len(column)
        before = int(where) % len(column)
        part = where - int(where)
        return complex((1 - part) * column[before] + part * column[(before + 1) % len(column)])


def _from_above(x: Sequence[float], y: Sequence[float], is_mirrored: bool) -> Places:
    places = np.array(x) + 1j * np.array(y)
    return np.conj(places) if is_mirrored else places
