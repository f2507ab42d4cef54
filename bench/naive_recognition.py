"""How well do the usual ways recognise a lap? The baselines: length with bounding box, and centred points.

Each gives a distance between two lines. The limit below which two are called the same is chosen afterwards, as the one
that serves the baseline best over all laps of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats

POINTS: Final = 512


@dataclass(frozen=True, slots=True)
class Guess:
    """The nearest known layout by number, how far it is, and whether it is the right one (False if none is)."""

    distance: float
    is_right: bool


def box_and_length(loop: Loop) -> Floats:
    """(3,): the logarithms of the length and of the two sides of the bounding box."""
    return np.log([loop.length_m, *np.ptp(loop.xy, axis=0)])


def centred_points(loop: Loop) -> Floats:
    """(2 POINTS,): places at equal shares of the lap, around their middle, root mean square metres apart."""
    places = loop.walked(POINTS)
    places = (places - places.mean()) / np.sqrt(POINTS)
    return np.concatenate((places.real, places.imag))


BASELINES: Final[dict[str, Callable[[Loop], Floats]]] = {
    "bounding box and length": box_and_length,
    "centred points": centred_points,
}


def guess(lap: Floats, knowns: Floats, right: int | None, without: int | None) -> Guess:
    """What a baseline says of a lap, `knowns` being (m, k); `right` is the layout's number, if it is to be found."""
    apart = np.linalg.norm(knowns - lap, axis=1)
    if without is not None:
        apart[without] = np.inf
    nearest = int(np.argmin(apart))
    return Guess(float(apart[nearest]), nearest == right)


def best_limit(found: Sequence[Guess], foreign: Sequence[Guess]) -> float:
    """The limit with the best F1: of laps to be found, and of laps of roads that nobody knows."""
    distances = np.array([each.distance for each in (*found, *foreign)])
    is_right = np.array([each.is_right for each in (*found, *foreign)])
    order = np.argsort(distances)
    right = np.cumsum(is_right[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + len(found))
    return float(distances[order][int(np.argmax(f1))])
