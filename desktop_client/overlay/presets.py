"""The layouts that come with the product: stacks along the edges of the screen, so that the middle stays free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from PyQt6.QtCore import QSizeF

from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH, MARGIN, Placement
from desktop_client.overlay.snapping import GUTTER
from desktop_client.overlay.widgets import WIDGETS

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Widgets by where they stand. The stacks begin at the edge of the screen; `bottom` is a row around the middle."""

    top_left: Keys = ()
    bottom_left: Keys = ()
    top_right: Keys = ()
    bottom_right: Keys = ()
    top: Keys = ()
    bottom: Keys = ()
    above_bottom: Keys = ()


PresetName = Literal["Race", "Practice", "Endurance", "Calm"]

SKETCHES: Final[dict[PresetName, Sketch]] = {
    "Race": Sketch(
        top_left=("session", "standings"),
        bottom_left=("relative",),
        top_right=("fuel", "tyres"),
        bottom_right=("track_map",),
        top=("flags", "delta"),
        bottom=("dash", "inputs"),
        above_bottom=("radar",),
    ),
    "Practice": Sketch(
        top_left=("session", "lap_log"),
        bottom_left=("relative",),
        top_right=("fuel", "tyres"),
        bottom_right=("track_map",),
        top=("flags", "delta"),
        bottom=("dash", "inputs"),
    ),
    "Endurance": Sketch(
        top_left=("session", "head_to_head"),
        bottom_left=("relative", "energy"),
        top_right=("pit", "fuel"),
        bottom_right=("track_map", "damage"),
        top=("flags", "delta"),
        bottom=("dash", "inputs"),
        above_bottom=("radar",),
    ),
    "Calm": Sketch(
        bottom_left=("relative",),
        bottom_right=("track_map",),
        top=("flags",),
        bottom=("delta", "dash"),
        above_bottom=("radar",),
    ),
}


def natural_size(key: str) -> QSizeF:
    """The design size of a widget with its default settings."""
    widget = WIDGETS[key]
    return widget(widget.settings_type()).natural_size


def layout(sketch: Sketch) -> dict[str, Placement]:
    """The placement of every widget there is: those of the sketch where it says, the others unseen in the middle."""
    places = dict.fromkeys(WIDGETS, Placement(0.5, 0.5, shown=False))
    for key, left, top in (*_stacks(sketch), *_middle(sketch)):
        size = natural_size(key)
        free_x, free_y = DESIGN_WIDTH - size.width(), DESIGN_HEIGHT - size.height()
        places[key] = Placement(left / free_x, top / free_y)
    return places


def _stacks(sketch: Sketch) -> Iterator[tuple[str, float, float]]:
    """The key, left and top of the widgets in the four corners."""
    for keys, at_left, at_top in (
        (sketch.top_left, True, True),
        (sketch.bottom_left, True, False),
        (sketch.top_right, False, True),
        (sketch.bottom_right, False, False),
    ):
        edge = float(MARGIN)
        for key in keys:
            size = natural_size(key)
            left = MARGIN if at_left else DESIGN_WIDTH - MARGIN - size.width()
            yield key, left, edge if at_top else DESIGN_HEIGHT - edge - size.height()
            edge += size.height() + GUTTER


def _middle(sketch: Sketch) -> Iterator[tuple[str, float, float]]:
    """The key, left and top of the widgets around the middle of the screen's upper and lower edge."""
    edge = float(MARGIN)
    for key in sketch.top:
        size = natural_size(key)
        yield key, (DESIGN_WIDTH - size.width()) / 2, edge
        edge += size.height() + GUTTER
    sizes = [natural_size(key) for key in sketch.bottom]
    left = (DESIGN_WIDTH - sum(size.width() for size in sizes) - GUTTER * (len(sizes) - 1)) / 2
    for key, size in zip(sketch.bottom, sizes, strict=True):
        yield key, left, DESIGN_HEIGHT - MARGIN - size.height()
        left += size.width() + GUTTER
    edge = MARGIN + max((size.height() for size in sizes), default=0.0) + GUTTER
    for key in sketch.above_bottom:
        size = natural_size(key)
        yield key, (DESIGN_WIDTH - size.width()) / 2, DESIGN_HEIGHT - edge - size.height()
        edge += size.height() + GUTTER


LAYOUTS: Final[dict[PresetName, dict[str, Placement]]] = {name: layout(sketch) for name, sketch in SKETCHES.items()}
