"""Can this lap become a map? A ladder of reasons why not, each with its place on the lap.

What the game said of the lap is always reported. The other rungs stand in groups; a group is looked at only if the one
before it held, because a jump in the line makes every measure of its shape meaningless. Within a group every reason
is given. Thresholds were fitted on published maps of real circuits and on recorded laps: no good one is refused.

A lap whose places were added up from speed and heading must come back to its beginning as any other: its client knows
what is missing at the end, and takes it back along the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from contracts.tracks import Reason
from services.tracks.domain.canonical import CLOSING_REACH_M, Loop, close
from services.tracks.domain.lap import MAX_COORDINATE_M, Flags, Floats, Lap
from services.tracks.domain.shape import crossings, repeats, turned, turns_back

MIN_POINTS: Final = 60
MIN_EXTENT_M: Final = 20.0
MIN_LENGTH_M: Final = 250.0
MAX_LENGTH_M: Final = 45_000.0
MAX_SPEED_MPS: Final = 156.0
MIN_MEAN_SPEED_MPS: Final = 5.0
MAX_G: Final = 12.0
"""In one place of fifty. Racing cars do 5; who takes 60 points a second for 120 reads four times what was driven."""
SPAN_S: Final = 0.4
"""What speeds and accelerations are taken over: a game may move its cars more rarely than it is read."""
EARTH_MPS2: Final = 9.81
MAX_CROSSINGS: Final = 4
MAX_ROUNDS: Final = 2.5
"""Monza's banked oval and its road make one lap that turns round twice."""
MAX_TWIST_PER_M: Final = 1 / 12
MAX_OFF_TRACK_RUN_M: Final = 50.0


def refusals(lap: Lap) -> tuple[Reason, ...]:
    """Every reason against this lap; none if it can become a map."""
    said = _reasons(_CLAIMS, lap)
    form = _reasons(_FORM, lap)
    if form:
        return said + form
    loop = close(lap)
    path = _reasons(_PATH, lap, loop)
    return said + (path or _reasons(_SHAPE, loop))


def _lap_invalid(lap: Lap) -> Reason | None:
    return None if lap.is_valid else Reason("lap_invalid", "The game did not count this lap as valid.")


def _in_pit_lane(lap: Lap) -> Reason | None:
    where = np.flatnonzero(lap.in_pit_lane)
    if not where.size:
        return None
    return Reason("in_pit_lane", "The lap goes through the pit lane.", at=_at(where[0], len(lap.xy)))


def _off_track(lap: Lap) -> Reason | None:
    first, metres = _longest_run(lap.off_track, lap)
    if metres <= MAX_OFF_TRACK_RUN_M:
        return None
    return Reason("off_track", f"The lap leaves the track for {metres:.0f} m.", at=_at(first, len(lap.xy)))


def _too_few_points(lap: Lap) -> Reason | None:
    if len(lap.xy) >= MIN_POINTS:
        return None
    return Reason("too_few_points", f"{len(lap.xy)} points are too few: a map needs {MIN_POINTS} or more.")


def _not_finite(lap: Lap) -> Reason | None:
    finite = np.isfinite(lap.xy).all(axis=1)
    if lap.z is not None:
        finite &= np.isfinite(lap.z)
    where = np.flatnonzero(~finite)
    if not where.size:
        return None
    return Reason("not_finite", "A coordinate is not a finite number.", at=_at(where[0], len(lap.xy)))


def _coordinate_range(lap: Lap) -> Reason | None:
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(lap.xy) > MAX_COORDINATE_M).any(axis=1)
        if lap.z is not None:
            beyond |= np.abs(lap.z) > MAX_COORDINATE_M
    where = np.flatnonzero(beyond)
    if not where.size:
        return None
    message = f"A coordinate lies beyond {MAX_COORDINATE_M / 1000:.0f} km: are these metres?"
    return Reason("coordinate_range", message, at=_at(where[0], len(lap.xy)))


def _no_movement(lap: Lap) -> Reason | None:
    with np.errstate(invalid="ignore", over="ignore"):
        extent = float(np.hypot(*np.ptp(lap.xy, axis=0)))
    if not extent < MIN_EXTENT_M:  # of a lap with no finite extent nothing is known
        return None
    return Reason("no_movement", f"All points lie within {extent:.1f} m of each other.")


def _teleport(lap: Lap, _loop: Loop) -> Reason | None:
    steps = np.hypot(*np.diff(lap.xy, axis=0).T)
    before, after = np.append(steps[1], steps[:-1]), np.append(steps[1:], steps[-2])
    # The smaller neighbour: a single stray point makes two long steps side by side.
    jumped = (steps > 4 * np.minimum(before, after)) & (steps > 8 * np.median(steps) + 5)
    if lap.rate_hz is not None:
        jumped |= steps > 1.6 * MAX_SPEED_MPS / lap.rate_hz + 5
    where = np.flatnonzero(jumped)
    if not where.size:
        return None
    message = f"The line jumps {steps[where[0]]:.0f} m from one point to the next."
    return Reason("teleport", message, at=_at(where[0], len(lap.xy)))


def _speed(lap: Lap, _loop: Loop) -> Reason | None:
    if lap.rate_hz is None:
        return None
    span = min(_span(lap.rate_hz), len(lap.xy) - 1)
    speeds = np.hypot(*(lap.xy[span:] - lap.xy[:-span]).T) * lap.rate_hz / span
    fast = float(np.percentile(speeds, 99))
    if fast <= MAX_SPEED_MPS:
        return None
    message = f"{fast * 3.6:.0f} km/h is faster than any car: is the rate or the lap time right?"
    return Reason("speed", message, at=_at(int(np.argmax(speeds)), len(lap.xy)))


def _too_slow(lap: Lap, loop: Loop) -> Reason | None:
    if lap.rate_hz is None:
        return None
    speed = loop.length_m * lap.rate_hz / len(lap.xy)
    if speed >= MIN_MEAN_SPEED_MPS:
        return None
    return Reason("too_slow", f"{speed * 3.6:.0f} km/h on the mean is no driving: is the rate or the lap time right?")


def _impossible_g(lap: Lap, _loop: Loop) -> Reason | None:
    if lap.rate_hz is None or not lap.is_clocked:
        return None
    accelerations, first = _accelerations(lap, lap.rate_hz)
    if not accelerations.size or (g := float(np.percentile(accelerations, 98)) / EARTH_MPS2) <= MAX_G:
        return None
    message = f"Driving this line at that rate would take {g:.0f} g: is the rate right?"
    return Reason("impossible_g", message, at=_at(first + int(np.argmax(accelerations)), len(lap.xy)))


def _open(_lap: Lap, loop: Loop) -> Reason | None:
    if loop.gap_m <= CLOSING_REACH_M:
        return None
    return Reason("open", f"The lap ends {loop.gap_m:.0f} m from where it began.", at=1.0)


def _too_short(_lap: Lap, loop: Loop) -> Reason | None:
    if loop.length_m >= MIN_LENGTH_M:
        return None
    return Reason("too_short", f"{loop.length_m:.0f} m is too short for a lap: {MIN_LENGTH_M:.0f} m are needed.")


def _too_long(_lap: Lap, loop: Loop) -> Reason | None:
    if loop.length_m <= MAX_LENGTH_M:
        return None
    return Reason("too_long", f"{loop.length_m / 1000:.1f} km is longer than any circuit.")


def _multi_lap(loop: Loop) -> Reason | None:
    laps = repeats(loop)
    if laps is None:
        return None
    return Reason("multi_lap", f"The line goes round {laps} times: one lap at a time.", at=1 / laps)


def _backtrack(loop: Loop) -> Reason | None:
    at = turns_back(loop)
    return None if at is None else Reason("backtrack", "The line turns back on itself.", at=round(at, 4))


def _self_crossing(loop: Loop) -> Reason | None:
    count, first = crossings(loop)
    if count <= MAX_CROSSINGS:
        return None
    return Reason("self_crossing", f"The line crosses itself {count} times.", at=round(first, 4))


def _too_twisty(loop: Loop) -> Reason | None:
    _, per_m = turned(loop)
    if per_m <= MAX_TWIST_PER_M:
        return None
    return Reason("too_twisty", f"The line bends like a circle of {1 / per_m:.0f} m all the way: no road does that.")


def _turning_number(loop: Loop) -> Reason | None:
    rounds, _ = turned(loop)
    if abs(rounds) <= MAX_ROUNDS:
        return None
    return Reason("turning_number", f"The line turns round {abs(rounds):.0f} times before it closes.")


_CLAIMS = (_lap_invalid, _in_pit_lane, _off_track)
_FORM = (_too_few_points, _not_finite, _coordinate_range, _no_movement)
_PATH = (_teleport, _speed, _too_slow, _impossible_g, _open, _too_short, _too_long)
_SHAPE = (_multi_lap, _backtrack, _self_crossing, _too_twisty, _turning_number)


def _reasons(rungs: tuple[Callable[..., Reason | None], ...], *measured: Lap | Loop) -> tuple[Reason, ...]:
    return tuple(reason for rung in rungs if (reason := rung(*measured)) is not None)


def _at(index: int | np.intp, count: int) -> float:
    return round(float(index) / count, 4)


def _accelerations(lap: Lap, rate_hz: float) -> tuple[Floats, int]:
    """Metres per second squared, each over SPAN_S before and after a point, and which point the first one is of."""
    span = _span(rate_hz)
    if len(lap.xy) <= 2 * span:
        return np.zeros(0), 0
    bent = lap.xy[2 * span :] - 2 * lap.xy[span:-span] + lap.xy[: -2 * span]
    return np.hypot(*bent.T) * (rate_hz / span) ** 2, span


def _span(rate_hz: float) -> int:
    return max(1, round(SPAN_S * rate_hz))


def _longest_run(flagged: Flags, lap: Lap) -> tuple[int, float]:
    """First point and metres of the longest unbroken run of flagged points; (0, 0.0) if there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flagged, [False])).astype(np.int8)))
    if not edges.size:
        return 0, 0.0
    first, last = edges[::2], edges[1::2] - 1
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.hypot(*np.diff(lap.xy, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(np.clip(np.nan_to_num(steps), 0.0, MAX_COORDINATE_M))))
    metres = along[last] - along[first]
    longest = int(np.argmax(metres))
    return int(first[longest]), float(metres[longest])
