"""Which corner, and which sector, is this place of the lap in? Read off the map, or off the bends of its line.

Places are metres after the start/finish line. A proposed corner is a bend that turns the car by a good part of a
right angle; two of one hand with next to nothing between them are one corner, as drivers count them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from desktop_client.telemetry.frame import Floats

STEP_M: Final = 4.0
SMOOTHED_M: Final = 12.0  # half of it to each side: noise of a driven line goes, a chicane stays
BEND_PER_M: Final = 1 / 450  # a gentler bend is a straight to whoever drives it
STRAIGHT_M: Final = 16.0  # less than this between two bends of one hand parts nothing
LEAST_TURN_RAD: Final = math.radians(15)
SECOND_APEX: Final = 0.6  # between two apexes the bend opens to less than this share of the weaker one
APEX_SHARE: Final = 0.96  # of the tightest: an even bend has its apex in its middle
FEWEST_POINTS: Final = 16

Hand = Literal["L", "R"]


@dataclass(frozen=True, slots=True)
class Corner:
    """`number` counts from the line; `end_m` is smaller than `start_m` for a corner that the line lies in."""

    number: int
    hand: Hand
    apex_m: float
    start_m: float
    end_m: float
    name: str | None = None

    @property
    def title(self) -> str:
        """What a driver calls it: its name, or `T4`."""
        return self.name or f"T{self.number}"


def corner_at(corners: Sequence[Corner], distance_m: float | None) -> Corner | None:
    """The corner that this place of the lap lies in; None on a straight, and where the place is not known."""
    if distance_m is None or not math.isfinite(distance_m):
        return None
    for corner in corners:
        inside = distance_m >= corner.start_m, distance_m < corner.end_m
        if all(inside) if corner.start_m <= corner.end_m else any(inside):
            return corner
    return None


def sector_at(starts_m: Sequence[float], distance_m: float | None) -> int | None:
    """The sector (0 the first) of a place, given where the second and the later ones begin; None if unknown."""
    if distance_m is None or not math.isfinite(distance_m) or not starts_m:
        return None
    return sum(distance_m >= start for start in starts_m)


def proposed(x: Floats, y: Floats, length_m: float | None = None) -> tuple[Corner, ...]:
    """The corners of a closed right-handed line, found by how it bends, numbered from its first point.

    `length_m` is how long the game says the lap is, where that is not the length of the line.
    A line that is not finite, too short or no circuit at all has none.
    """
    if len(x) < FEWEST_POINTS or not np.isfinite(x.sum() + y.sum()):
        return ()
    line_x, line_y, step_m = _evenly(x, y)
    if len(line_x) < FEWEST_POINTS:
        return ()
    bend = _bend(line_x, line_y, step_m)
    told_m = step_m if length_m is None else length_m / len(line_x)
    found = [_corner(bend, part, told_m) for first, last in _bends(bend, step_m) for part in _apexes(bend, first, last)]
    found.sort(key=lambda corner: corner[0])
    return tuple(Corner(number, *corner[1:]) for number, corner in enumerate(found, start=1))


def _evenly(x: Floats, y: Floats) -> tuple[Floats, Floats, float]:
    """The closed line through points about `STEP_M` apart, all equally far along the line, and how far."""
    closed_x, closed_y = np.append(x, x[0]), np.append(y, y[0])
    along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(closed_x), np.diff(closed_y)))))
    count = min(20_000, round(float(along[-1]) / STEP_M))
    if count < FEWEST_POINTS:
        return closed_x[:0], closed_y[:0], STEP_M
    step_m = float(along[-1]) / count
    places = np.arange(count) * step_m
    return np.interp(places, along, closed_x), np.interp(places, along, closed_y), step_m


def _bend(x: Floats, y: Floats, step_m: float) -> Floats:
    """How the line bends at each point, in radians per metre, to the left above zero."""
    half = max(1, round(1.5 * SMOOTHED_M / step_m))
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) * step_m / SMOOTHED_M * 2) ** 2)
    weights /= weights.sum()
    heading = np.arctan2(np.roll(y, -1) - y, np.roll(x, -1) - x)
    turn = np.mod(heading - np.roll(heading, 1) + math.pi, 2 * math.pi) - math.pi
    around = np.concatenate((turn[-half:], turn, turn[:half]))
    return np.asarray(np.convolve(around, weights, mode="valid"), dtype=np.float64) / step_m


def _bends(bend: Floats, step_m: float) -> list[tuple[int, int]]:
    """First and last point of every stretch that bends one way for long enough; the last may lie past the end."""
    hand = np.where(np.abs(bend) > BEND_PER_M, np.sign(bend), 0.0)
    straight = np.flatnonzero(hand == 0)
    if not len(straight):
        return []  # a ring: it bends everywhere, and has no corner more than another
    turned = np.roll(hand, -int(straight[0]))
    cuts = np.flatnonzero(np.diff(turned)) + 1
    joined: list[list[int]] = []
    for piece in np.split(np.arange(len(turned)), cuts):
        first, last = int(piece[0]), int(piece[-1])
        if turned[first] == 0:
            continue
        if joined and turned[joined[-1][0]] == turned[first] and (first - joined[-1][1]) * step_m < STRAIGHT_M:
            joined[-1][1] = last
        else:
            joined.append([first, last])
    start = int(straight[0])
    wanted = LEAST_TURN_RAD / step_m
    return [
        (first + start, last + start) for first, last in joined if abs(_sum(bend, first + start, last + start)) > wanted
    ]


def _apexes(bend: Floats, first: int, last: int) -> list[tuple[int, int]]:
    """The stretch cut where it nearly straightens between two apexes."""
    tight = np.abs(bend[np.arange(first, last + 1) % len(bend)])
    cut = _deepest(tight)
    if cut is None:
        return [(first, last)]
    return [*_apexes(bend, first, first + cut - 1), *_apexes(bend, first + cut, last)]


def _deepest(tight: Floats) -> int | None:
    """Where the bend opens most between two apexes, if it opens enough there to make them two corners."""
    before, after = np.maximum.accumulate(tight), np.maximum.accumulate(tight[::-1])[::-1]
    opens = tight / np.minimum(before, after)
    deepest = int(np.argmin(opens))
    return deepest if 0 < deepest < len(tight) - 1 and opens[deepest] < SECOND_APEX else None


def _sum(bend: Floats, first: int, last: int) -> float:
    return float(bend[np.arange(first, last + 1) % len(bend)].sum())


def _corner(bend: Floats, part: tuple[int, int], step_m: float) -> tuple[float, Hand, float, float, float]:
    """The apex to sort by, and the fields of the corner after its number."""
    first, last = part
    inside = np.arange(first, last + 1) % len(bend)
    tight = np.abs(bend[inside])
    tightest = np.flatnonzero(tight > tight.max() * APEX_SHARE)
    apex = round(float(inside[(int(tightest[0]) + int(tightest[-1])) // 2]) * step_m, 1)
    hand: Hand = "L" if bend[inside].sum() > 0 else "R"
    length = len(bend)
    return apex, hand, apex, round(first % length * step_m, 1), round((last + 1) % length * step_m, 1)
