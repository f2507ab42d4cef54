"""The line that heads a widget, and the bars and marks that several of them share."""

from __future__ import annotations

from typing import Final

from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline

HEAD: Final = 24.0


def heading(canvas: Canvas, title: str) -> None:
    """The title at the left of the head: it stays."""
    canvas.text(theme.PAD_X, head_baseline(), title, theme.CAPTION, canvas.palette.text_dim)


def head_baseline() -> float:
    return middle_baseline(2, HEAD, theme.CAPTION)


def bar(canvas: Canvas, x: float, y: float, width: float, height: float, share: float, colour: QColor) -> None:
    """A level in its groove; `share` is cut to 0..1."""
    canvas.box(x, y, width, height, canvas.palette.groove)
    lit = width * min(1.0, max(0.0, share))
    if lit >= 1:
        canvas.box(x, y, lit, height, colour)


def hero(canvas: Canvas, x: float, baseline: float, text: str, unit: str, colour: QColor, align: Align) -> None:
    """The figure that a driver decides by, with its unit small beside it."""
    gap = 4.0 if unit else 0.0
    width = canvas.text_width(unit, theme.BODY) + gap if unit else 0.0
    number = canvas.figures_width(text, theme.HERO)
    left = x - (number + width) * align.value
    canvas.figures(left, baseline, text, theme.HERO, colour, Align.LEFT)
    if unit:
        canvas.text(left + number + gap, baseline, unit, theme.BODY, canvas.palette.text_dim)
