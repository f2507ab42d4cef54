"""The cars around the driver's own on the road."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from typing import Annotated, Literal

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.relative_demo import demo_view
from desktop_client.overlay.table import HEAD, NAME_X, PLACE_RIGHT, paint_band, paint_tile, row_colour
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import gap_text, lap_text, rating_text
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import RelativeRow, RelativeView, relative
from desktop_client.telemetry.frame import Capability, Frame

Rows = Annotated[int, msgspec.Meta(ge=1, le=10)]
Column = Literal["licence", "last", "gap"]

WIDTH = 336.0
COLUMN_WIDTHS: dict[Column, float] = {"licence": 64.0, "last": 84.0, "gap": 60.0}
CAPTIONS: dict[Column, str] = {"licence": "licence", "last": "last", "gap": "gap s"}
MARK_WIDTH = 44.0  # the arrow of a lapped car, or PIT


class RelativeSettings(msgspec.Struct, frozen=True):
    ahead: Rows = 3
    behind: Rows = 3
    place: Literal["auto", "overall", "class"] = "auto"  # auto: within the class where several race together
    licence: bool = False  # or the rating, where a game has only that
    last_lap: bool = False


class Relative(Widget[RelativeSettings, RelativeView]):
    title = "Relative"
    rate_hz = 5
    settings_type = RelativeSettings
    needs = frozenset({Capability.OPPONENTS, Capability.LAP_DISTANCE})

    @property
    def natural_size(self) -> QSizeF:
        chosen = self.settings
        width = WIDTH + COLUMN_WIDTHS["licence"] * chosen.licence + COLUMN_WIDTHS["last"] * chosen.last_lap
        rows = chosen.ahead + 1 + chosen.behind
        return QSizeF(width, HEAD + rows * theme.ROW + theme.PAD_Y)

    def view(self, frame: Frame, race: Race) -> RelativeView | Notice:
        view = relative(frame, race, self.settings.ahead, self.settings.behind)
        return view or Notice("Waiting for your car")

    def demo(self) -> RelativeView:
        return demo_view(self.settings.ahead, self.settings.behind)

    def still(self, view: RelativeView) -> Hashable:
        return view.ahead, self._columns(view)

    def paint_still(self, canvas: Canvas, view: RelativeView) -> None:
        baseline = middle_baseline(2, HEAD, theme.CAPTION)
        canvas.text(NAME_X, baseline, self.title, theme.CAPTION, canvas.palette.text_dim)
        right = canvas.width - theme.PAD_X
        for column in reversed(self._columns(view)):
            canvas.text(right, baseline, CAPTIONS[column], theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)
            right -= COLUMN_WIDTHS[column]
        paint_band(canvas, HEAD + view.ahead * theme.ROW, is_player=True, odd=False)

    def cells(self, room: Room, view: RelativeView) -> Iterable[Cell]:
        columns = self._columns(view)
        for index, row in enumerate(view.rows):
            top = HEAD + index * theme.ROW
            draw = functools.partial(self._row, row=row, top=top, columns=columns)
            yield Cell(QRectF(0, top, room.width, theme.ROW), (row, columns), draw)

    def _columns(self, view: RelativeView) -> tuple[Column, ...]:
        """The columns that the driver wants and that are not empty for everybody, from left to right."""
        rows = [row for row in view.rows if row is not None]
        licence = self.settings.licence and any(_licence(row) for row in rows)
        last = self.settings.last_lap and any(row.last_lap_s is not None for row in rows)
        wanted: dict[Column, bool] = {"licence": licence, "last": last, "gap": True}
        return tuple(column for column, is_wanted in wanted.items() if is_wanted)

    def _row(self, canvas: Canvas, row: RelativeRow | None, top: float, columns: tuple[Column, ...]) -> None:
        if row is None:
            return
        palette = canvas.palette
        style = theme.BODY_STRONG if row.is_player else theme.BODY
        ink = palette.text if row.is_player else palette.text_dim if row.in_pit else palette.text_soft
        baseline = middle_baseline(top, theme.ROW, style)
        place = self._place(row)
        if place is not None:
            canvas.figures(PLACE_RIGHT, baseline, str(place), style, ink)
        paint_tile(canvas, top, row.number, row_colour(palette, row.team, row.car_class), ink)
        right = canvas.width - theme.PAD_X
        for column in reversed(columns):
            _cell(canvas, column, right, top, row, ink)
            right -= COLUMN_WIDTHS[column]
        if row.in_pit or row.laps:
            _mark(canvas, right - 4, top + theme.ROW / 2, row)
            right -= MARK_WIDTH
        canvas.text(NAME_X, baseline, row.name, style, ink, room=right - NAME_X)

    def _place(self, row: RelativeRow) -> int | None:
        in_class = row.car_class is not None if self.settings.place == "auto" else self.settings.place == "class"
        return row.class_position if in_class and row.class_position is not None else row.position


def _licence(row: RelativeRow) -> str:
    return row.licence or ("" if row.rating is None else rating_text(row.rating))


def _cell(canvas: Canvas, column: Column, right: float, top: float, row: RelativeRow, ink: QColor) -> None:
    style = theme.BODY_STRONG if row.is_player else theme.BODY
    baseline = middle_baseline(top, theme.ROW, style)
    if column == "gap" and not row.is_player:
        canvas.figures(right, baseline, gap_text(row.gap_s), style, ink)
    elif column == "last" and row.last_lap_s is not None:
        canvas.figures(right, baseline, lap_text(row.last_lap_s), style, ink)
    elif column == "licence":
        small = middle_baseline(top, theme.ROW, theme.CAPTION)
        canvas.figures(right, small, _licence(row), theme.CAPTION, canvas.palette.text_dim)


def _mark(canvas: Canvas, right: float, middle: float, row: RelativeRow) -> None:
    """PIT, or an arrow with the laps that a car is ahead (it is lapping you) or behind."""
    if row.in_pit:
        canvas.chip(right, middle, "PIT", canvas.palette.text_dim)
        return
    up = 1 if row.laps > 0 else -1
    colour = canvas.palette.warning if up > 0 else canvas.palette.text_dim
    tip, foot = middle - 4.5 * up, middle + 4.5 * up
    canvas.shape([(right - 12, foot), (right - 6, tip), (right, foot)], colour)
    baseline = middle_baseline(middle - theme.ROW / 2, theme.ROW, theme.CAPTION_STRONG)
    canvas.figures(right - 16, baseline, f"{min(99, abs(row.laps))}L", theme.CAPTION_STRONG, colour)
