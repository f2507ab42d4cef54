"""What a closed line does: goes round more than once, turns back, crosses itself. Each in bounded work."""

from __future__ import annotations

import numpy as np

from services.tracks.domain.canonical import Loop

ROUND_PLACES = 720  # divides by two, three and four
TURN_STEP_M = 2.0
TURN_CHORD_PLACES = 4
TURNED_BACK_RAD = np.radians(150)
"""Between the 8 m behind a place and the 8 m ahead. The tightest hairpins, of 5 m radius, turn by 92 degrees there."""
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


def crossings(loop: Loop) -> tuple[int, float]:
    """How often the line crosses itself, and where it first does, 0..1 of the lap."""
    count = int(np.clip(loop.length_m / CROSSING_STEP_M, 32, CROSSING_PLACES))
    x, y = (places := loop.walked(count)).real, places.imag
    dx, dy = np.roll(x, -1) - x, np.roll(y, -1) - y
    side = dx[:, None] * (y - y[:, None]) - dy[:, None] * (x - x[:, None])  # of segment i, on which point j lies
    parted = side * np.roll(side, -1, axis=1) < 0  # the line through segment i parts the ends of segment j
    first, _ = np.nonzero(np.triu(parted & parted.T, k=2))  # each pair once, and neighbours share a point
    return len(first), float(first[0]) / count if first.size else 0.0
