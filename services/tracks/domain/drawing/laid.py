"""How does a lap lie on a known line? Both settled on each other, and how far they are apart all along the lap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from contracts.tracks import Deviation
from services.tracks.domain.alignment import Pose, oriented
from services.tracks.domain.canonical import Loop
from services.tracks.domain.deviation import apart, places_for
from services.tracks.domain.drawing.paper import (
    MARGIN,
    WIDTH,
    Window,
    heading,
    sheet,
    shortened,
    start,
    stroke,
    text,
)
from services.tracks.domain.drawing.strip import Strip
from services.tracks.domain.lap import Floats, Places
from services.tracks.domain.recognition import Match, Relation, limits
from services.tracks.domain.settling import SETTLING_PLACES, bent
from services.tracks.domain.strokes import closed, opened

VERDICTS: Final[dict[Relation, tuple[str, str]]] = {
    "same": ("good", "The same layout"),
    "reverse": ("far2", "The same road, driven the other way"),
    "variant": ("far2", "A variant of the layout"),
    "other": ("far4", "Another road"),
}
FAR_M: Final = (3.0, 6.0, 12.0, 25.0)
MAP: Final = (MARGIN, 116.0, 620.0, 430.0)
INSET: Final = (WIDTH - MARGIN - 270.0, 116.0, 270.0, 250.0)
STRIP_TOP: Final = 610.0
HEIGHT: Final = 745.0
DRAWN_PLACES: Final = 800
LEAST_INSET_M: Final = 70.0
KNOWN_NAME_LEFT: Final = 390.0
SEEN_SHARE: Final = 0.2  # of the strip between two lines, or their names would lie on each other


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Both lines in the known one's plane, (n,) places each, from the lap's beginning on in the known direction.

    `lap_far` and `known_far` are (n,): metres from each place of the one to the other line. `limits`: what 95 % of
    both, and all of it, must keep to for the two to be the same.
    """

    lap: Places
    known: Places
    lap_far: Floats
    known_far: Floats
    known_begins: int  # the number of the place at which the known line begins
    limits: tuple[float, float]

    @classmethod
    def of(cls, loop: Loop, known: Loop, pose: Pose, *, integrated: bool) -> Laid:
        count = places_for(max(loop.length_m, known.length_m))
        lap, line = _side_by_side(loop, known, pose, count)
        if integrated and pose.move != 0:  # else it was left where its own game has it
            lap = lap + bent(*_side_by_side(loop, known, pose, SETTLING_PLACES), known.length_m).at(count)
        found = apart(lap, line)
        begins = -round(pose.start * count) % count
        return cls(lap, line, found.there, found.back, begins, limits(found, known.length_m))

    @property
    def farthest(self) -> tuple[complex, complex]:
        """The place of one line that is farthest from the other one, and the nearest place there."""
        from_lap = float(self.lap_far.max()) >= float(self.known_far.max())
        one, other = (self.lap, self.known) if from_lap else (self.known, self.lap)
        number = int(np.argmax(self.lap_far if from_lap else self.known_far))
        reach = max(2, len(one) // 25)
        beside = other[(number + np.arange(-reach, reach + 1)) % len(other)]
        fine = np.linspace(0, len(beside) - 1, 20 * len(beside))
        steps = np.arange(len(beside))
        finely = np.interp(fine, steps, beside.real) + 1j * np.interp(fine, steps, beside.imag)
        return complex(one[number]), complex(finely[np.argmin(np.abs(finely - one[number]))])


def comparison(loop: Loop, match: Match, *, name: str, known_name: str, integrated: bool = False) -> str:
    """The picture of a lap laid on a known line as `match` says; `integrated` as it was matched."""
    laid = Laid.of(loop, match.known.loop, match.pose, integrated=integrated)
    colour, verdict = VERDICTS[match.relation]
    told = f"{shortened(name, 52)} on {shortened(known_name, 52)}"
    parts = [
        *heading(colour, verdict),
        *_names(name, known_name),
        *_map(laid, match.pose),
        *_inset(laid, match),
        *_facts(match, loop.length_m),
        *_legend(),
        *_strip(laid, loop.length_m, is_reversed=match.pose.is_reversed),
    ]
    return sheet(HEIGHT, verdict, f"{told}: {in_words(match.deviation)}.", parts)


def _side_by_side(loop: Loop, known: Loop, pose: Pose, count: int) -> tuple[Places, Places]:
    lap = oriented(loop.walked(count), is_mirrored=pose.is_mirrored, is_reversed=pose.is_reversed)
    return pose.factor * lap + pose.move, np.roll(known.walked(count), -round(pose.start * count))


def in_words(deviation: Deviation) -> str:
    return f"{deviation.rms:.1f} m rms, {deviation.p95:.1f} m at the 95th percentile, {deviation.max:.1f} m at most"


def _map(laid: Laid, pose: Pose) -> Iterator[str]:
    window = Window.around(np.concatenate((laid.lap, laid.known)), *MAP)
    yield stroke("road", 13, closed(window.on(_thinned(laid.known))))
    far = _coloured(laid.known, laid.known_far, window)
    yield '<g opacity="0.35">'
    yield from (stroke(f"far{level} butt", 13, path) for level, path in far if level >= 2)
    yield "</g>"
    yield from (stroke(f"far{level}", 4, path) for level, path in _coloured(laid.lap, laid.lap_far, window))
    yield from _start(window, laid.known, laid.known_begins, "edge", is_backwards=False, half=14)
    yield from _start(window, laid.lap, 0, "ink", is_backwards=pose.is_reversed, half=9)
    here = window.place(sum(laid.farthest) / 2)
    yield f'<circle class="ink" fill="none" stroke-width="2" cx="{here.real:.1f}" cy="{here.imag:.1f}" r="17"/>'
    yield from window.bar(MARGIN, STRIP_TOP - 34)


def _start(window: Window, line: Places, number: int, kind: str, *, is_backwards: bool, half: float) -> Iterator[str]:
    ahead = line[(number + 2) % len(line)] - line[number - 2]
    ahead /= max(abs(ahead), 1e-9)
    place = complex(line[number])
    side = 1j * ahead
    outside = side if abs(place + side - line.mean()) >= abs(place - side - line.mean()) else -side
    yield from start(window, place, -ahead if is_backwards else ahead, kind, outside=outside, half=half)


def _inset(laid: Laid, match: Match) -> Iterator[str]:
    """The place where they are farthest apart, seen from near."""
    left, top, width, height = INSET
    here, there = laid.farthest
    shown = max(LEAST_INSET_M, 3.2 * abs(here - there))
    window = Window(left, top, width, height, height / shown, (here + there) / 2)
    frame = f'x="{left}" y="{top}" width="{width}" height="{height}" rx="10"'
    yield f'<clipPath id="near"><rect {frame}/></clipPath>'
    yield f'<rect class="panel" {frame}/>'
    yield f'<g clip-path="url(#near)">{stroke("road", 12, closed(window.on(laid.known)))}'
    yield from (stroke(f"far{level}", 3.5, path) for level, path in _runs(laid.lap, laid.lap_far, window))
    ends = window.on(np.array((here, there)))
    yield stroke("halo", 5, opened(ends)) + stroke("ink", 2, opened(ends), ' stroke-dasharray="1 4"')
    yield "".join(f'<circle class="fill" cx="{end.real:.1f}" cy="{end.imag:.1f}" r="3.5"/>' for end in ends)
    yield "</g>"
    yield from window.bar(left + 14, top + height - 14)
    where = f"{match.deviation.max:.1f} m apart at {100 * match.at:.0f} % of the lap"
    yield text(left, top + height + 24, where, "strong")


def _facts(match: Match, length_m: float) -> Iterator[str]:
    pose, known = match.pose, match.known.loop
    rows = (
        ("rms", f"{match.deviation.rms:.1f} m"),
        ("95 % within", f"{match.deviation.p95:.1f} m"),
        ("length", f"{round(length_m, 1):.0f} m on {round(known.length_m, 1):.0f} m"),
        ("turned by", f"{np.degrees(pose.turn):.1f}°"),
        ("scaled by", f"{pose.scale:.3f}"),
        ("mirrored", "yes" if pose.is_mirrored else "no"),
        ("driven", "the other way" if pose.is_reversed else "the same way"),
    )
    left, top, _, height = INSET
    for number, (name, value) in enumerate(rows):
        y = top + height + 52 + 22 * number
        yield text(left, y, name, "faint") + text(left + 108, y, value)


def _legend() -> Iterator[str]:
    y, x = STRIP_TOP - 34.0, 330.0
    yield text(x - 10, y, "apart by up to", "faint small", "end")
    for level, name in enumerate((*(f"{metres:g} m" for metres in FAR_M), "more")):
        yield stroke(f"far{level}", 5, f"M{x + 2:.0f} {y - 4:.0f}h18") + text(x + 27, y, name, "faint small")
        x += 45 + 7.5 * len(name)


def _names(name: str, known_name: str) -> Iterator[str]:
    """What is drawn how: the lap is the thin line, the known one the wide band."""
    x, y = KNOWN_NAME_LEFT, 83.0
    yield stroke("far0", 4, f"M{MARGIN + 2:.0f} {y:.0f}h22") + text(MARGIN + 34, y + 5, shortened(name, 38), "faint")
    yield stroke("road", 13, f"M{x + 6:.0f} {y:.0f}h16") + text(x + 36, y + 5, shortened(known_name, 64), "faint")


def _strip(laid: Laid, length_m: float, *, is_reversed: bool) -> Iterator[str]:
    far = np.maximum(laid.lap_far, laid.known_far)
    strip = Strip(STRIP_TOP, length_m, most=5 * float(np.ceil(max(float(far.max()), 5.0) / 5)))
    heights = strip.binned(np.roll(far[::-1], 1) if is_reversed else far)
    at_the_end = bool(heights[: len(heights) // 4].max() > heights[-len(heights) // 4 :].max())
    yield from strip.frame("metres apart along the lap")
    levels = _levels(heights)
    for level in np.unique(levels):
        yield strip.bars(f"far{level}", heights, levels == level)
    most, all_of_it = laid.limits
    if all_of_it > SEEN_SHARE * strip.most:
        yield from strip.limit(all_of_it, "all must be nearer", at_the_end=at_the_end)
    if all_of_it - most > SEEN_SHARE * strip.most:
        yield from strip.limit(most, "95 % must be nearer", at_the_end=at_the_end)


def _coloured(line: Places, far: Floats, window: Window) -> list[tuple[int, str]]:
    return _runs(_thinned(line), _thinned_most(far), window)


def _runs(line: Places, far: Floats, window: Window) -> list[tuple[int, str]]:
    """The closed line as paths of one colour each, the nearest first, so that what is far lies on top."""
    levels = _levels(far)
    ends = np.append(np.flatnonzero(np.diff(levels)) + 1, len(levels))
    begins = np.concatenate(([0], ends[:-1]))
    on = window.on(np.append(line, line[0]))
    runs = [(int(levels[a]), opened(on[a : b + 1])) for a, b in zip(begins, ends, strict=True)]
    return sorted(runs, key=lambda run: run[0])


def _levels(far: Floats) -> np.ndarray:
    return np.searchsorted(FAR_M, far)


def _thinned(line: Places) -> Places:
    return line[:: _every(len(line))]


def _thinned_most(far: Floats) -> Floats:
    """The most of each stretch that `_thinned` leaves one place of."""
    every = _every(len(far))
    return np.maximum.reduceat(far, np.arange(0, len(far), every))


def _every(count: int) -> int:
    return -(-count // DRAWN_PLACES)
