"""How far to the left of the reference does a car pass each station of it?

Stations lie about 5 m apart along the reference, which never changes; offsets are counted across its direction there.
Where on the reference a car is, is found in driving order and among parts driven the same way only: the other arm of a
hairpin is never near, however narrow it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats, Places

STATION_M: Final = 5.0
REACH_M: Final = 20.25
"""A road up to 20 m wide, of which the reference itself may run along one edge."""
FEWEST_STATIONS: Final = 16
FAR_M: Final = 1e6
PASSAGE_STEP_M: Final = 2.5
MOST_STEPS: Final = 40_000
COARSE_STEP_M: Final = 20.0
COARSE_MOST: Final = 800
ELSEWHERE_M: Final = 100.0  # at least so far away is a part that runs the other way
BAND: Final = 0.04  # of the way: by so much one line may be longer than the other
STRIDES: Final = (6, 2)  # steps of a passage between the places first looked at, and then
WINDOW: Final = 5  # steps to each side that are looked at in the end
TANGENT_M: Final = 7.5  # to each side: the direction of the road, not of one wobble of its first driver


Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Where a car passed each station. Both are (stations,) and not a number where it did not.

    `offsets` are metres to the left of the reference, `along` metres driven along the passage up to there.
    """

    offsets: Floats
    along: Floats


def stations_for(length_m: float) -> int:
    """How many stations a reference of that length has."""
    return max(FEWEST_STATIONS, round(length_m / STATION_M))


def stations_of(reference: Loop) -> tuple[Places, Places]:
    """The places of the stations, and the direction of the road at each at length one."""
    return sampled(reference, stations_for(reference.length_m))


def sampled(reference: Loop, count: int) -> tuple[Places, Places]:
    """`count` places in equal steps along a line, and its direction at each at length one."""
    places = reference.walked(count)
    reach = TANGENT_M / (reference.length_m / count)
    chord = _shifted(places, reach) - _shifted(places, -reach)
    return places, _unit(chord, np.roll(places, -1) - places)


def offsets(reference: Loop, driven: Places, *, is_closed: bool) -> Floats:
    """(stations,) metres to the left of the reference, not a number where the station was not passed within reach.

    `driven` is in the reference's plane and direction, from wherever it begins: a whole lap, or a piece of one.
    """
    return passage(reference, driven, is_closed=is_closed).offsets


def passage(reference: Loop, driven: Places, *, is_closed: bool) -> Passage:
    """As `offsets`, with the metres driven up to each station."""
    stations, ahead = stations_of(reference)
    line, step_m = _in_equal_steps(driven, is_closed=is_closed)
    nothing = np.full(len(stations), np.nan)
    if len(line) < 3:
        return Passage(nothing, nothing)
    expected, doubt_m = _expected(reference, line, step_m, is_closed=is_closed)
    nodes = np.round(expected / step_m).astype(np.intp)
    for stride in STRIDES:
        window = int(np.ceil(doubt_m / (step_m * stride)))
        nodes = _nearest(line, nodes, stride * np.arange(-window, window + 1), stations, ahead, is_closed=is_closed)
        doubt_m = 1.5 * stride * step_m
    near = np.add.outer(nodes, np.arange(-WINDOW, WINDOW + 1))
    beside = np.conj(ahead)[:, None] * (_at(line, near, is_closed=is_closed) - stations[:, None])
    before, after, segments = beside[:, :-1], beside[:, 1:], near[:, :-1]
    crossed = (before.real <= 0) & (after.real > 0)
    share = np.where(crossed, -before.real / np.where(crossed, after.real - before.real, 1.0), 0.0)
    aside = before.imag + share * (after.imag - before.imag)
    distance = np.where(crossed & (np.abs(aside) <= REACH_M), np.abs(aside), np.inf)
    best = np.argmin(distance, axis=1)
    row = np.arange(len(stations))
    found = np.isfinite(distance[row, best])
    along = (segments[row, best] + share[row, best]) * step_m
    length_m = len(line) * step_m
    return Passage(
        np.where(found, aside[row, best], np.nan),
        np.where(found, np.mod(along, length_m) if is_closed else along, np.nan),
    )


def _in_equal_steps(driven: Places, *, is_closed: bool) -> tuple[Places, float]:
    """The passage again, in equal steps of about 2.5 m, without places that are no numbers or nowhere near a road."""
    driven = driven[(np.abs(driven.real) < FAR_M) & (np.abs(driven.imag) < FAR_M)]
    if is_closed and len(driven):
        driven = np.append(driven, driven[0])
    if len(driven) < 2:
        return driven, PASSAGE_STEP_M
    along = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(driven)))))
    length_m = float(along[-1])
    count = min(round(length_m / PASSAGE_STEP_M), MOST_STEPS)
    if count < 3:
        return driven[:0], PASSAGE_STEP_M
    where = np.arange(count) * (length_m / count)
    line = np.interp(where, along, driven.real) + 1j * np.interp(where, along, driven.imag)
    return line, length_m / count


def _at(line: Places, wanted: Indices, *, is_closed: bool) -> Places:
    """The wanted places of the passage; beyond the ends of a piece there is the end alone."""
    return line[wanted % len(line)] if is_closed else line[np.clip(wanted, 0, len(line) - 1)]


def _nearest(
    line: Places, nodes: Indices, window: Indices, stations: Places, ahead: Places, *, is_closed: bool
) -> Indices:
    """For each station the place of the passage within a window that is nearest to it and driven its way."""
    near = np.add.outer(nodes, window)
    beside = np.conj(ahead)[:, None] * (_at(line, near, is_closed=is_closed) - stations[:, None])
    onwards = np.diff(beside.real, axis=1, append=beside.real[:, -1:]) >= 0
    best = np.argmin(np.where(onwards, np.abs(beside), np.abs(beside) + ELSEWHERE_M), axis=1)
    return nodes + window[best]


def _expected(reference: Loop, line: Places, step_m: float, *, is_closed: bool) -> tuple[Floats, float]:
    """Metres along the passage at which each station should be passed, and how far off that may be."""
    count = int(np.clip(reference.length_m / COARSE_STEP_M, FEWEST_STATIONS, COARSE_MOST))
    known, ahead = sampled(reference, count)
    coarse_m = reference.length_m / count
    length_m = len(line) * step_m
    # A closed lap has as many coarse places as the reference, whatever its length: both come round together.
    pieces = count if is_closed else int(np.clip(round(length_m / coarse_m), 2, count))
    at = np.arange(pieces) * (length_m / pieces)
    index = np.round(at / step_m).astype(np.intp) % len(line)
    driven, heading = line[index], _heading(line, is_closed=is_closed)[index]
    apart = np.abs(driven[:, None] - known[None, :])
    apart = np.where((heading[:, None] * np.conj(ahead)[None, :]).real > 0, apart, apart + ELSEWHERE_M)
    begin = _begin(apart)
    band = min(int(np.ceil(BAND * pieces)) + 2, (count - 1) // 2, pieces - 1 if not is_closed else count)
    first = np.mod(np.arange(count) - begin, count)  # how many coarse steps of the reference after its beginning
    near = first[:, None] + np.arange(-band, band + 1)
    near = near % pieces if is_closed else np.where(near >= count - band, near - count, near)
    inside = (near >= 0) & (near < pieces)
    cost = np.where(inside, apart[np.clip(near, 0, pieces - 1), np.arange(count)[:, None]], np.inf)
    best = np.argmin(cost, axis=1)
    places = first + best - band if is_closed else near[np.arange(count), best]
    metres = places * (length_m / pieces)
    stations = stations_for(reference.length_m)
    share = np.arange(stations) * (count / stations)
    nearest = np.floor(share).astype(np.intp)
    return metres[nearest % count] + (share - nearest) * coarse_m, 2.5 * max(coarse_m, length_m / pieces)


def _begin(apart: Floats) -> int:
    """At which place of the reference the passage begins: where, gone along together, the two lie closest."""
    row, shifts = np.arange(len(apart)), np.arange(len(apart[0]))
    together = np.minimum(apart, ELSEWHERE_M)[row, np.add.outer(shifts, row) % len(shifts)]
    return int(np.argmin(together.mean(axis=1)))


def _heading(line: Places, *, is_closed: bool) -> Places:
    reach = max(1, round(TANGENT_M / PASSAGE_STEP_M))
    if is_closed:
        return _unit(np.roll(line, -reach) - np.roll(line, reach), np.roll(line, -1) - line)
    row = np.arange(len(line))
    chord = line[np.minimum(row + reach, len(line) - 1)] - line[np.maximum(row - reach, 0)]
    return _unit(chord, chord)


def _shifted(places: Places, steps: float) -> Places:
    """The places so many steps further on round the loop, between two of them where it is no whole number."""
    whole = int(np.floor(steps))
    return np.roll(places, -whole) * (1 - (steps - whole)) + np.roll(places, -whole - 1) * (steps - whole)


def _unit(chord: Places, instead: Places) -> Places:
    chord = np.where(np.abs(chord) > 1e-9, chord, np.where(np.abs(instead) > 1e-9, instead, 1.0))
    return chord / np.abs(chord)
