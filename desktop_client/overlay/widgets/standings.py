"""Where everybody stands: the driver's class open, the others folded to their leaders."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from PyQt6.QtCore import QRectF, QSizeF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.standings_demo import demo_view
from desktop_client.overlay.standings_row import WIDTHS, RowStyle, paint_row
from desktop_client.overlay.table import HEAD, NAME_X, TILE_X, paint_class_strip
from desktop_client.overlay.tyre_mark import TO_RIGHT
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.lifecycle import Race
from desktop_client.race.standings import ClassTable, Column, StandingsRow, StandingsView, standings
from desktop_client.telemetry.frame import Capability, Frame

NAME_WIDTH = 136.0
CAPTIONS = {
    Column.GAINED: "+/\N{MINUS SIGN}",
    Column.LICENCE: "licence",
    Column.TYRE: "tyre",
    Column.STOPS: "stops",
    Column.LAST: "last",
    Column.BEST: "best",
    Column.INTERVAL: "interval",
    Column.GAP: "gap",
}


class StandingsSettings(msgspec.Struct, frozen=True):
    rows: Annotated[int, msgspec.Meta(ge=5, le=60)] = 16
    leaders: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    other_classes: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2  # leaders of each class that is not the driver's
    number: bool = True
    gained: bool = True
    licence: bool = False
    tyre: bool = True
    stops: bool = False
    lap: Literal["auto", "last", "best", "both", "none"] = "auto"  # auto: the best one against the clock, else the last
    gap: Literal["ahead", "leader", "both"] = "ahead"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the widget: a car, or the strip above a class where `row` is None."""

    table: ClassTable
    row: StandingsRow | None


class Standings(Widget[StandingsSettings, StandingsView]):
    title = "Standings"
    settings_type = StandingsSettings
    needs = frozenset({Capability.OPPONENTS})
    rate_hz = 2
    has_panel = False  # the panel ends below the last car, wherever the window ends

    @property
    def natural_size(self) -> QSizeF:
        usual = self._columns(frozenset(Column), against_the_clock=False)
        width = self._name_x + NAME_WIDTH + sum(WIDTHS[column] for column in usual) + theme.PAD_X
        return QSizeF(width, HEAD + self.settings.rows * theme.ROW + theme.PAD_Y)

    def view(self, frame: Frame, race: Race) -> StandingsView | Notice:
        chosen = self.settings
        view = standings(frame, race, chosen.rows, chosen.leaders, chosen.other_classes)
        return view or Notice("Waiting for the cars")

    def demo(self) -> StandingsView:
        return demo_view(self.settings.rows, self.settings.leaders, self.settings.other_classes)

    def still(self, view: StandingsView) -> Hashable:
        strips = tuple((table.car_class, table.cars, len(table.rows)) for table in view.tables)
        return strips, view.columns, view.against_the_clock

    def paint_still(self, canvas: Canvas, view: StandingsView) -> None:
        lines = list(_lines(view))
        canvas.panel(opaque=False, height=min(canvas.height, HEAD + len(lines) * theme.ROW + theme.PAD_Y))
        baseline = middle_baseline(2, HEAD, theme.CAPTION)
        ink = canvas.palette.text_dim
        canvas.text(self._name_x, baseline, self.title, theme.CAPTION, ink)
        right = canvas.width - theme.PAD_X
        for column in reversed(self._columns(view.columns, view.against_the_clock)):
            if column is Column.TYRE:  # over the ring, whether laps stand beside it or not
                canvas.text(right - TO_RIGHT, baseline, CAPTIONS[column], theme.CAPTION, ink, Align.CENTRE)
            else:
                canvas.text(right, baseline, CAPTIONS[column], theme.CAPTION, ink, Align.RIGHT)
            right -= WIDTHS[column]
        for index, line in enumerate(lines):
            if line.row is None:
                paint_class_strip(canvas, HEAD + index * theme.ROW, line.table.car_class, line.table.cars)

    def cells(self, room: Room, view: StandingsView) -> Iterable[Cell]:
        columns = self._columns(view.columns, view.against_the_clock)
        several = len(view.tables) > 1
        for index, line in enumerate(_lines(view)):
            if line.row is None:
                continue
            style = RowStyle(
                columns=columns,
                name_x=self._name_x,
                number=self.settings.number,
                car_class=line.table.car_class if several else None,
                decimals=3 if view.against_the_clock else 1,
                odd=line.row.place % 2 == 0,
            )
            top = HEAD + index * theme.ROW
            draw = functools.partial(paint_row, top=top, row=line.row, style=style)
            yield Cell(QRectF(0, top, room.width, theme.ROW), (line.row, style), draw)

    @property
    def _name_x(self) -> float:
        return NAME_X if self.settings.number else TILE_X

    def _columns(self, filled: frozenset[Column], against_the_clock: bool) -> tuple[Column, ...]:
        """The columns from left to right: those that the driver chose and that have something to say."""
        chosen, lap, gap = self.settings, self.settings.lap, self.settings.gap
        automatic = "best" if against_the_clock else "last"
        wanted = {
            Column.GAINED: chosen.gained,
            Column.LICENCE: chosen.licence,
            Column.TYRE: chosen.tyre,
            Column.STOPS: chosen.stops,
            Column.LAST: "last" in (lap, automatic if lap == "auto" else "") or lap == "both",
            Column.BEST: "best" in (lap, automatic if lap == "auto" else "") or lap == "both",
            Column.INTERVAL: gap in ("ahead", "both"),
            Column.GAP: gap in ("leader", "both"),
        }
        return tuple(column for column, is_wanted in wanted.items() if is_wanted and column in filled)


def _lines(view: StandingsView) -> Iterator[Line]:
    """The rows of the widget from top to bottom."""
    for table in view.tables:
        if len(view.tables) > 1:
            yield Line(table, None)
        for row in table.rows:
            yield Line(table, row)
