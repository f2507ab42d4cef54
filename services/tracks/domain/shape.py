"""What a closed line does: goes round more than once, turns back, twists, crosses itself. Each in bounded work."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Flags, Places

Indices = npt.NDArray[np.intp]

ROUND_PLACES = 720  # divides by two, three and four
TURN_STEP_M = 2.0
TURN_CHORD_PLACES = 4
TURNED_BACK_RAD = np.radians(150)
"""Between the 8 m behind a place and the 8 m ahead. The tightest hairpins, of 5 m radius, turn by 92 degrees there."""
TWIST_STEP_M = 8.0
CROSSING_PLACES = 1000
CROSSING_STEP_M = 5.0


def repeats(loop: Loop) -> int | None:
    """How often the line goes round the same way (2, 3 or 4), or None if it does so once."""
    places = loop.walked(ROUND_PLACES)
    for laps in (4, 3, 2):
        apart = np.abs(places - np.roll(places, -ROUND_PLACES // laps))
        # Two laps of one driver differ in length too, so that places drift apart along the line.
        if float(np.percentile(apart, 95)) < max(30.0, 0.02 * loop.length_m / laps):
            return laps
    return None


def turns_back(loop: Loop) -> float | None:
    """Where the line first reverses, 0..1 of the lap; None if it never does."""
    count = max(16, round(loop.length_m / TURN_STEP_M))
    places = loop.walked(count)
    ahead = np.roll(places, -TURN_CHORD_PLACES) - places
    behind = np.roll(ahead, TURN_CHORD_PLACES)
    where = np.flatnonzero(np.abs(np.angle(ahead * np.conj(behind))) > TURNED_BACK_RAD)
    return float(where[0]) / count if where.size else None


def turned(loop: Loop) -> tuple[float, float]:
    """How often the line turns round in all (1 or -1 if it never crosses itself), and radians a metre on the mean."""
    count = max(16, round(loop.length_m / TWIST_STEP_M))
    places = loop.walked(count)
    ahead = np.roll(places, -1) - places
    turns = np.angle(ahead * np.conj(np.roll(ahead, 1)))
    return float(turns.sum()) / (2 * np.pi), float(np.abs(turns).sum()) / loop.length_m


def crossings(loop: Loop) -> tuple[int, float]:
    """How often the line crosses itself, and where it first does, 0..1 of the lap."""
    count = int(np.clip(loop.length_m / CROSSING_STEP_M, 32, CROSSING_PLACES))
    x, y = (places := loop.walked(count)).real, places.imag
    # Segments are no longer than a step: those that cross begin within two of each other.
    reach = 2 * loop.length_m / count
    near = (np.abs(x[:, None] - x) <= reach) & (np.abs(y[:, None] - y) <= reach)
    one, other = np.nonzero(np.triu(near, k=2))  # each pair once, and neighbours share a point
    crossed = _parts(places, one, other) & _parts(places, other, one)
    first = one[crossed]
    return len(first), float(first[0]) / count if first.size else 0.0


def _parts(places: Places, segment: Indices, by: Indices) -> Flags:
    """Whether the straight line through one segment has the ends of the other on both its sides, for (m,) pairs."""
    following = np.roll(places, -1)
    ahead = np.conj(following[segment] - places[segment])
    begins, ends = (np.imag(ahead * (end[by] - places[segment])) for end in (places, following))
    return begins * ends < 0
