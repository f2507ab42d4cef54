"""Where the widgets stand: as shares of a screen, so that a layout survives another monitor."""

from __future__ import annotations

import math

import msgspec
from PyQt6.QtCore import QRect, QSizeF

from desktop_client.race.situation import Situation

DESIGN_WIDTH, DESIGN_HEIGHT = 1920, 1080
MARGIN = 24
SMALLEST, BIGGEST = 0.4, 4.0
NARROWEST, BROADEST = 0.5, 3.0


class Placement(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a widget stands, how big it is and when it is there.

    `x` and `y` are shares of the room that the widget leaves free: 0 left or top, 1 right or bottom. Every share lies
    on the screen, so a widget cannot get lost. `screen` is the monitor's name, None the main one.
    """

    x: float
    y: float
    scale: float = 1.0
    stretch: float = 1.0  # of the width beside the height: some instruments gain by being wider
    screen: str | None = None
    shown: bool = True
    hidden_in: frozenset[Situation] = frozenset({Situation.GARAGE})


def rectangle(placement: Placement, natural: QSizeF, screen: QRect) -> QRect:
    """The window's place in pixels, whole inside the screen whatever the numbers say.

    `natural` is the widget's size on a screen 1080 high.
    """
    scale = _within(placement.scale, SMALLEST, BIGGEST, otherwise=1.0) * screen.height() / DESIGN_HEIGHT
    broad = natural.width() * _within(placement.stretch, NARROWEST, BROADEST, otherwise=1.0)
    scale = min(scale, screen.width() / broad, screen.height() / natural.height())
    width, height = int(broad * scale + 1e-6), int(natural.height() * scale + 1e-6)
    x = _within(placement.x, 0.0, 1.0, otherwise=0.5) * (screen.width() - width)
    y = _within(placement.y, 0.0, 1.0, otherwise=0.5) * (screen.height() - height)
    return QRect(screen.x() + round(x), screen.y() + round(y), width, height)


def placement_of(
    window: QRect, natural: QSizeF, screen: QRect, screen_name: str | None, was: Placement | None = None
) -> Placement:
    """The placement that puts a widget where its window is now; the way back from `rectangle`.

    What is not a matter of the place stays as it `was`.
    """
    free_x, free_y = screen.width() - window.width(), screen.height() - window.height()
    return msgspec.structs.replace(
        was or Placement(0.5, 0.5),
        x=_within((window.x() - screen.x()) / free_x, 0.0, 1.0, otherwise=0.5) if free_x > 0 else 0.5,
        y=_within((window.y() - screen.y()) / free_y, 0.0, 1.0, otherwise=0.5) if free_y > 0 else 0.5,
        scale=window.height() / natural.height() * DESIGN_HEIGHT / screen.height(),
        stretch=window.width() / window.height() * natural.height() / natural.width(),
        screen=screen_name,
    )


def _within(value: float, low: float, high: float, otherwise: float) -> float:
    return min(high, max(low, value)) if math.isfinite(value) else otherwise
