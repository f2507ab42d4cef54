"""Where are the corners of a line, and what becomes of those that somebody has named when the line is drawn anew?

A corner is a bend of one hand that is tight enough, or long enough, to be one; where it opens much between two apexes
it is two. What is proposed is a suggestion: official numbers count kinks, and leave out what nobody has to steer for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec
import numpy as np

from contracts.tracks import Corner
from services.tracks.domain.canonical import Loop
from services.tracks.domain.lap import Floats

STEP_M: Final = 2.0
SMOOTHED_M: Final = 5.0
GENTLE_RADIUS_M: Final = 450.0  # beyond it a line is straight to whoever drives it
APEX_RADIUS_M: Final = 300.0
LEAST_TURN_RAD: Final = np.radians(10)
LONG_TURN_RAD: Final = np.radians(35)  # a bend that turns by so much is a corner, however wide it is
OPENS: Final = 0.7  # to so much of the weaker of two apexes: they are two corners
STRAIGHT_M: Final = 12.0  # less of it between two bends of one hand parts nothing
APEX_SHARE: Final = 0.95  # of the tightest: an even bend has its apex in its middle
MOST_CORNERS: Final = 250


def proposed(loop: Loop) -> tuple[Corner, ...]:
    """The corners of a line in driving order, numbered from its first point; places in metres along it."""
    count = max(32, round(loop.length_m / STEP_M))
    bend = _bend(loop, count)
    step_m = loop.length_m / count
    parts = [part for run in _runs(bend, step_m) for part in _parted(bend[run], run)]
    kept = [part for part in parts if _is_corner(bend[part], step_m)]
    corners = sorted((_corner(bend, part, step_m) for part in kept), key=lambda corner: corner.apex_s)
    return numbered(corners[:MOST_CORNERS])


def numbered(corners: Sequence[Corner]) -> tuple[Corner, ...]:
    """These corners counted anew in their order."""
    return tuple(msgspec.structs.replace(corner, n=number) for number, corner in enumerate(corners, start=1))


def carried(corners: Sequence[Corner], old_length_m: float, new_length_m: float) -> tuple[Corner, ...]:
    """The corners of a line on a later drawing of it that is a little longer or shorter, names and numbers kept."""
    scale = new_length_m / old_length_m

    def moved(metres: float | None) -> float | None:
        return None if metres is None else round(metres * scale % new_length_m, 1)

    return tuple(
        msgspec.structs.replace(
            corner, apex_s=moved(corner.apex_s), start_s=moved(corner.start_s), end_s=moved(corner.end_s)
        )
        for corner in corners
    )


def _bend(loop: Loop, count: int) -> Floats:
    """Radians per metre by which the line bends at equal steps, to the left above zero."""
    places, step_m = loop.walked(count), loop.length_m / count
    waves = np.fft.fftfreq(count, step_m)
    smooth = np.fft.ifft(np.fft.fft(places) * np.exp(-2 * (np.pi * waves * SMOOTHED_M / 2) ** 2))
    ahead = np.roll(smooth, -1) - smooth
    turn = np.angle(ahead * np.conj(np.roll(ahead, 1)))
    lengths = (np.abs(ahead) + np.abs(np.roll(ahead, 1))) / 2
    bend = turn / np.maximum(lengths, 1e-6)
    spectrum = np.fft.fft(bend) * np.exp(-2 * (np.pi * waves * SMOOTHED_M) ** 2)
    return np.fft.ifft(spectrum).real


def _runs(bend: Floats, step_m: float) -> Iterator[np.ndarray]:
    """The points of each stretch that bends one way, in driving order; one may lie across the first point."""
    hand = np.where(np.abs(bend) > 1 / GENTLE_RADIUS_M, np.sign(bend), 0.0)
    straight = np.flatnonzero(hand == 0)
    if not straight.size:
        return  # a ring: it bends everywhere, and has no corner more than another
    start = int(straight[0])
    turned = np.roll(hand, -start)
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(turned)) + 1))
    lasts = np.append(firsts[1:], len(turned))
    pending: tuple[int, int] | None = None
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        if turned[first] == 0:
            continue
        if pending and turned[pending[0]] == turned[first] and (first - pending[1]) * step_m < STRAIGHT_M:
            pending = pending[0], last
            continue
        if pending:
            yield (np.arange(*pending) + start) % len(bend)
        pending = first, last
    if pending:
        yield (np.arange(*pending) + start) % len(bend)


def _parted(bend: Floats, run: np.ndarray) -> list[np.ndarray]:
    """The stretch cut wherever it opens enough between two apexes."""
    tight = np.abs(bend)
    weaker = np.minimum(np.maximum.accumulate(tight), np.maximum.accumulate(tight[::-1])[::-1])
    deepest = int(np.argmin(tight / weaker))
    if not 0 < deepest < len(run) - 1 or tight[deepest] >= OPENS * weaker[deepest]:
        return [run]
    return [*_parted(bend[:deepest], run[:deepest]), *_parted(bend[deepest:], run[deepest:])]


def _is_corner(bend: Floats, step_m: float) -> bool:
    turn = abs(float(bend.sum())) * step_m
    is_tight = float(np.abs(bend).max()) >= 1 / APEX_RADIUS_M
    return turn >= LONG_TURN_RAD or (is_tight and turn >= LEAST_TURN_RAD)


def _corner(bend: Floats, part: np.ndarray, step_m: float) -> Corner:
    tight = np.abs(bend[part])
    tightest = part[np.flatnonzero(tight > tight.max() * APEX_SHARE)]
    hand: Literal["L", "R"] = "L" if float(bend[part].sum()) > 0 else "R"
    apex, start, end = int(tightest[len(tightest) // 2]), int(part[0]), int(part[-1])
    return Corner(0, round(apex * step_m, 1), hand, start_s=round(start * step_m, 1), end_s=round(end * step_m, 1))
