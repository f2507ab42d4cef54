"""The rows that tables of cars are made of: one grid, one number tile and one way to write what is in a cell."""

from __future__ import annotations

from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.race.classes import CarClass
from desktop_client.race.gaps import Gap
from desktop_client.race.teams import Team

HEAD = 24.0
PLACE_RIGHT = 36.0
TILE_X, TILE_WIDTH, TILE_HEIGHT = 46.0, 36.0, 20.0
NAME_X = 92.0
TINT = 46  # of 255
STRIP = 4.0
SPACE = "\N{NO-BREAK SPACE}"  # as wide as a space is; a plain one is as wide as a figure among figures


def gap_words(gap: Gap, decimals: int) -> str:
    """`+12.4`, `+1 lap`; nothing where nothing is known, because a column of dashes is noise."""
    if gap.laps:
        return f"+{gap.laps}{SPACE}lap" if gap.laps == 1 else f"+{gap.laps}{SPACE}laps"
    return "" if gap.seconds is None else f"+{min(gap.seconds, 9999.9):.{decimals}f}"


def row_colour(palette: Palette, team: Team, car_class: CarClass | None) -> QColor:
    """What tells a car from others: its class where several race together, else its team."""
    return palette.team(team) if car_class is None else palette.class_(car_class.number)


def paint_band(canvas: Canvas, top: float, *, is_player: bool, odd: bool) -> None:
    """What a row stands on: the driver's own is lifted and has a tick at its left edge."""
    if is_player:
        canvas.box(1, top, canvas.width - 2, theme.ROW, canvas.palette.band, radius=0)
        canvas.box(1, top, 3, theme.ROW, canvas.palette.you, radius=0)
    elif odd:
        canvas.box(1, top, canvas.width - 2, theme.ROW, canvas.palette.zebra, radius=0)


def paint_tile(canvas: Canvas, top: float, number: int | None, colour: QColor, ink: QColor) -> None:
    """The tile with a car's number, in the colour of its team or class."""
    tint = QColor(colour)
    tint.setAlpha(TINT)
    y = top + (theme.ROW - TILE_HEIGHT) / 2
    canvas.box(TILE_X, y, TILE_WIDTH, TILE_HEIGHT, tint)
    canvas.box(TILE_X, y, STRIP, TILE_HEIGHT, colour, radius=1)
    if number is not None:
        baseline = middle_baseline(top, theme.ROW, theme.CAPTION_STRONG)
        middle = TILE_X + STRIP + (TILE_WIDTH - STRIP) / 2
        canvas.figures(middle, baseline, str(number), theme.CAPTION_STRONG, ink, Align.CENTRE)


def paint_class_strip(canvas: Canvas, top: float, car_class: CarClass, cars: int) -> None:
    """The row above the cars of a class: its colour at the edge, its name, and how many cars it has."""
    colour = canvas.palette.class_(car_class.number)
    tint = QColor(colour)
    tint.setAlpha(TINT)
    y, height = top + 3, theme.ROW - 5
    canvas.box(8, y, canvas.width - 16, height, tint)
    canvas.box(8, y, STRIP, height, colour, radius=1)
    baseline = middle_baseline(y, height, theme.CAPTION_STRONG)
    room = canvas.width - 120
    canvas.text(20, baseline, car_class.short or "other", theme.CAPTION_STRONG, canvas.palette.text, room=room)
    said = f"{cars} car" if cars == 1 else f"{cars} cars"
    canvas.text(canvas.width - 16, baseline, said, theme.CAPTION, canvas.palette.text_soft, Align.RIGHT)
