"""What is this lap like, and what is wrong with it where? One lap, with the reasons against it at their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from contracts.tracks import Corner, Reason
from services.tracks.domain.drawing.paper import (
    MARGIN,
    Window,
    heading,
    sheet,
    shortened,
    start,
    stroke,
    text,
    wrapped,
)
from services.tracks.domain.drawing.strip import Strip
from services.tracks.domain.formats.sheet import Labels
from services.tracks.domain.lap import Flags, Lap, Places
from services.tracks.domain.strokes import opened

MAP: Final = (MARGIN + 20, 130.0, 580.0, 410.0)
ASIDE: Final = 690.0
LETTERS: Final = 36
STRIP_TOP: Final = 610.0
HEIGHT: Final = 745.0
HEIGHT_WITHOUT_STRIP: Final = 605.0
DISC: Final = 14.0
DRAWN_PLACES: Final = 1500
FARTHEST_M: Final = 1e6
"""What lies beyond is no place on the sheet: it would make the rest of the lap a dot."""


def judged(
    lap: Lap,
    reasons: Sequence[Reason],
    *,
    name: str,
    corners: Sequence[Corner] = (),
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """The picture of a lap that was looked at; `facts` are what is known of it, as words beside it."""
    verdict = f"Refused: {_counted(len(reasons))}" if reasons else "This lap can become a map"
    strip = list(_strip(lap, reasons))
    parts = [
        *heading("far4" if reasons else "good", verdict),
        text(MARGIN, 88, shortened(name, 110), "faint"),
        *_map(lap, reasons, corners),
        *_aside(reasons, facts),
        *strip,
    ]
    told = "; ".join(reason.message for reason in reasons) or "nothing speaks against it."
    return sheet(HEIGHT if strip else HEIGHT_WITHOUT_STRIP, verdict, f"{name}: {told}", parts)


def _counted(count: int) -> str:
    return "one reason" if count == 1 else f"{count} reasons"


def _map(lap: Lap, reasons: Sequence[Reason], corners: Sequence[Corner]) -> Iterator[str]:
    places, kept = _in_sight(lap)
    if len(places) < 2:
        return
    window = Window.around(places, *MAP)
    on = window.on(places)
    drawn = np.unique(np.append(np.arange(0, len(on), max(1, len(on) // DRAWN_PLACES)), _noted(kept, lap, reasons)))
    yield stroke("road", 11, opened(on[drawn]))
    yield stroke("edge", 1.5, opened(on[[-1, 0]]), ' stroke-dasharray="2 6"')
    yield stroke("ink", 2.5, opened(on[drawn]))
    for kind, flags in (("far2", lap.off_track), ("pit", lap.in_pit_lane)):
        yield from (stroke(kind, 6, opened(on[a:b])) for a, b in _runs(flags[kept]))
    yield from _start(window, places)
    labels = Labels(on[drawn], DISC)
    yield from _corners(on, labels, lap, corners)
    for number, reason in enumerate(reasons, start=1):
        if reason.at is not None:
            yield from _mark(on, labels, kept, len(lap.xy), number, reason.at)
    yield from window.bar(MARGIN, STRIP_TOP - 34)


def _in_sight(lap: Lap) -> tuple[Places, np.ndarray]:
    """The places that a sheet can show, and the numbers of their points."""
    with np.errstate(invalid="ignore"):
        kept = np.flatnonzero((np.abs(lap.xy) < FARTHEST_M).all(axis=1))
    return lap.xy[kept, 0] + 1j * lap.xy[kept, 1], kept


def _noted(kept: np.ndarray, lap: Lap, reasons: Sequence[Reason]) -> np.ndarray:
    """The places that reasons name, and the next ones: a jump is drawn whatever else is left out."""
    numbers = [round(reason.at * len(lap.xy)) + step for reason in reasons if reason.at is not None for step in (0, 1)]
    return np.clip(np.searchsorted(kept, numbers), 0, len(kept) - 1).astype(np.intp)


def _start(window: Window, places: Places) -> Iterator[str]:
    ahead = places[min(3, len(places) - 1)] - places[0]
    ahead = complex(ahead / abs(ahead)) if abs(ahead) > 1e-9 else 1 + 0j
    place, side = complex(places[0]), 1j * ahead
    outside = side if abs(place + side - places.mean()) >= abs(place - side - places.mean()) else -side
    yield from start(window, place, ahead, "ink", outside=outside, half=12)


def _mark(on: Places, labels: Labels, kept: np.ndarray, count: int, number: int, at: float) -> Iterator[str]:
    index = min(int(np.searchsorted(kept, round(at * count))), len(on) - 1)
    here = complex(on[index])
    ahead = complex(on[min(index + 2, len(on) - 1)] - on[max(index - 2, 0)])
    spot = labels.spot(here, 1j * ahead / abs(ahead) if abs(ahead) > 1e-9 else 1j)
    yield stroke("far4", 2, opened(np.array((here, spot))))
    yield f'<circle class="mark" cx="{here.real:.1f}" cy="{here.imag:.1f}" r="5.5" stroke-width="2"/>'
    yield _disc(spot, number)


def _corners(on: Places, labels: Labels, lap: Lap, corners: Sequence[Corner]) -> Iterator[str]:
    """Each corner's number on its outer side; a lap with corners is all in sight."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(lap.xy, axis=0).T))))
    for corner in corners:
        index = int(np.clip(np.searchsorted(along, corner.apex_s), 2, len(on) - 3))
        here, ahead = complex(on[index]), complex(on[index + 2] - on[index - 2])
        right = 1j * ahead / abs(ahead) if abs(ahead) > 1e-9 else 1j  # on the sheet, where y grows downwards
        spot = labels.spot(here, right if corner.dir == "L" else -right)
        yield stroke("rim", 1.5, opened(np.array((here, spot))))
        yield f'<circle class="disc rim" cx="{spot.real:.1f}" cy="{spot.imag:.1f}" r="{DISC - 2}" stroke-width="1.2"/>'
        yield text(spot.real, spot.imag + 4.5, str(corner.n), "small strong", "middle")


def _disc(spot: complex, number: int) -> str:
    return f'<circle class="mark" cx="{spot.real:.1f}" cy="{spot.imag:.1f}" r="{DISC}" stroke-width="2"/>' + text(
        spot.real, spot.imag + 5, str(number), "on", "middle"
    )


def _aside(reasons: Sequence[Reason], facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    y = 140.0
    for number, reason in enumerate(reasons, start=1):
        yield _disc(complex(ASIDE + DISC, y), number)
        yield text(ASIDE + 40, y + 5, reason.code.replace("_", " "), "strong")
        for line in wrapped(reason.message, LETTERS - 5):
            y += 20
            yield text(ASIDE + 40, y + 5, line)
        if reason.at is not None:
            y += 20
            yield text(ASIDE + 40, y + 5, f"at {100 * reason.at:.0f} % of the lap", "faint small")
        y += 44
        if y > STRIP_TOP - 90:
            break
    for name, value in facts:
        if y > STRIP_TOP - 40:
            break
        yield text(ASIDE, y, name, "faint") + text(ASIDE + 100, y, value)
        y += 24


def _strip(lap: Lap, reasons: Sequence[Reason]) -> Iterator[str]:
    """How fast it was driven, where that can be told, with the places that reasons name."""
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.nan_to_num(np.hypot(*np.diff(lap.xy, axis=0).T), posinf=0.0)
    length_m = min(float(steps.sum()), FARTHEST_M)
    if lap.rate_hz is None or length_m < 1.0:
        return
    speeds = np.minimum(steps * lap.rate_hz * 3.6, 2000.0)
    usual = float(np.percentile(speeds, 98))
    strip = Strip(STRIP_TOP, length_m, most=50 * float(np.ceil((usual + 25) / 50)))
    yield from strip.frame("km/h along the lap")
    heights = strip.binned(speeds)
    marked = _near(reasons, len(heights))
    yield strip.bars("edge", heights, ~marked) + (strip.bars("far4", heights, marked) if marked.any() else "")


def _near(reasons: Sequence[Reason], count: int) -> Flags:
    marked = np.zeros(count, np.bool_)
    numbers = [min(int(reason.at * count), count - 1) for reason in reasons if reason.at is not None]
    marked[numbers] = True
    return marked


def _runs(flagged: Flags) -> Iterator[tuple[int, int]]:
    """First and last but one of each unbroken run of flagged points."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flagged, [False])).astype(np.int8)))
    return ((int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True))
