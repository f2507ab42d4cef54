"""How a car's row in the standings is painted, column by column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.table import PLACE_RIGHT, gap_words, paint_band, paint_tile, row_colour
from desktop_client.overlay.theme import Style
from desktop_client.overlay.tyre_mark import paint_tyre
from desktop_client.overlay.wording import lap_text, rating_text
from desktop_client.race.classes import CarClass
from desktop_client.race.dash import LapMark
from desktop_client.race.gaps import Gap
from desktop_client.race.standings import Column, Doing, LapSaid, StandingsRow

WIDTHS = {
    Column.GAINED: 36.0,
    Column.LICENCE: 64.0,
    Column.TYRE: 60.0,
    Column.STOPS: 40.0,
    Column.LAST: 92.0,
    Column.BEST: 92.0,
    Column.INTERVAL: 68.0,
    Column.GAP: 76.0,
}
CHIP_GAP = 6.0

WORDS = {Doing.PIT_LANE: "PIT", Doing.IN_BOX: "PIT", Doing.OUT_LAP: "OUT", Doing.DISQUALIFIED: "DSQ"}
FADED = frozenset({Doing.PIT_LANE, Doing.IN_BOX, Doing.OFF_TRACK, Doing.GARAGE, Doing.RETIRED, Doing.DISQUALIFIED})
GONE = frozenset({Doing.RETIRED, Doing.DISQUALIFIED})


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What all rows of a table have in common, and what a row's neighbours make of it."""

    columns: tuple[Column, ...]
    name_x: float
    number: bool
    car_class: CarClass | None  # None where all drive in one class
    decimals: int  # of gaps
    odd: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell's text goes: its right edge, the top of its row, and the row's type and ink."""

    right: float
    top: float
    style: Style
    ink: QColor

    @property
    def baseline(self) -> float:
        return middle_baseline(self.top, theme.ROW, self.style)


def paint_row(canvas: Canvas, top: float, row: StandingsRow, style: RowStyle) -> None:
    """Paint a whole row, `theme.ROW` high."""
    face = theme.BODY_STRONG if row.is_player else theme.BODY
    ink = _ink(canvas.palette, row)
    paint_band(canvas, top, is_player=row.is_player, odd=style.odd)
    if not row.follows:
        canvas.box(theme.PAD_X, top, canvas.width - 2 * theme.PAD_X, 1, canvas.palette.groove, radius=0)
    baseline = middle_baseline(top, theme.ROW, face)
    canvas.figures(PLACE_RIGHT, baseline, str(row.place), face, ink)
    if style.number:
        paint_tile(canvas, top, row.number, row_colour(canvas.palette, row.team, style.car_class), ink)
    right = canvas.width - theme.PAD_X
    for column in reversed(style.columns):
        PAINTERS[column](canvas, Place(right, top, face, ink), row, style)
        right -= WIDTHS[column]
    right = _chips(canvas, right, top + theme.ROW / 2, row)
    canvas.text(style.name_x, baseline, row.name, face, ink, room=right - style.name_x)


def _ink(palette: Palette, row: StandingsRow) -> QColor:
    if row.doing in FADED:
        return palette.text_dim
    return palette.text if row.is_player else palette.text_soft


def _chips(canvas: Canvas, right: float, middle: float, row: StandingsRow) -> float:
    """What is to be known of a car right now; returns how far to the right its name may reach."""
    word = WORDS.get(row.doing)
    if word is not None:
        right -= canvas.chip(right, middle, word, canvas.palette.text_dim) + CHIP_GAP
    if row.penalty_s is not None:
        right -= canvas.chip(right, middle, f"+{row.penalty_s}s", canvas.palette.warning) + CHIP_GAP
    if row.doing is Doing.FINISHED:
        for x, y in ((0, 0), (4, 4), (8, 0), (0, 8), (8, 8)):
            canvas.box(right - 12 + x, middle - 6 + y, 4, 4, canvas.palette.text_soft, radius=0)
        right -= 12 + CHIP_GAP
    return right


def _gained(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if not row.gained or row.doing in GONE:
        return
    up = row.gained > 0
    colour = canvas.palette.gained if up else canvas.palette.lost
    middle = place.top + theme.ROW / 2
    tip, foot = (middle - 3.5, middle + 3.5) if up else (middle + 3.5, middle - 3.5)
    said = str(min(99, abs(row.gained)))
    baseline = middle_baseline(place.top, theme.ROW, theme.CAPTION_STRONG)
    width = canvas.figures(place.right, baseline, said, theme.CAPTION_STRONG, colour)
    left = place.right - width - 12
    canvas.shape([(left, foot), (left + 4, tip), (left + 8, foot)], colour)


def _licence(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    """The driver's licence, or the rating where a game has only that."""
    said = row.licence or ("" if row.rating is None else rating_text(row.rating))
    baseline = middle_baseline(place.top, theme.ROW, theme.CAPTION)
    canvas.text(place.right, baseline, said, theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)


def _tyre(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if row.doing not in GONE:
        paint_tyre(canvas, place.right, place.top + theme.ROW / 2, row.tyre, row.stint_laps, place.ink)


def _stops(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if row.stops:
        canvas.figures(place.right, place.baseline, str(row.stops), place.style, place.ink)


def _last(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if row.last is None:
        return
    mark = row.last.mark
    worth = None
    if mark is LapMark.SESSION_BEST:
        worth = canvas.palette.session_best
    elif mark is LapMark.OWN_BEST:
        worth = canvas.palette.gained
    # In the first laps of a race every lap is somebody's own best: only the driver's is worth coloured figures.
    loud = row.is_player or mark is LapMark.SESSION_BEST
    _lap(canvas, place, row.last, worth if loud else None, worth)


def _best(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if row.best is not None:
        worth = canvas.palette.session_best if row.best.mark is LapMark.SESSION_BEST else None
        _lap(canvas, place, row.best, worth, worth)


def _lap(canvas: Canvas, place: Place, lap: LapSaid, ink: QColor | None, worth: QColor | None) -> None:
    """A lap time with the mark of what it was worth at its left: a diamond, or the upper half of one."""
    width = canvas.figures(place.right, place.baseline, lap_text(lap.seconds), place.style, ink or place.ink)
    if worth is None:
        return
    middle, left = place.top + theme.ROW / 2, place.right - width - 11
    foot = middle + (3.5 if lap.mark is LapMark.SESSION_BEST else 0)
    canvas.shape([(left, middle), (left + 3.5, middle - 3.5), (left + 7, middle), (left + 3.5, foot)], worth)


def _interval(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    if row.doing not in GONE or Column.GAP not in style.columns:
        _gap(canvas, place, row, row.interval, style.decimals)


def _leader_gap(canvas: Canvas, place: Place, row: StandingsRow, style: RowStyle) -> None:
    _gap(canvas, place, row, row.gap, style.decimals)


def _gap(canvas: Canvas, place: Place, row: StandingsRow, gap: Gap, decimals: int) -> None:
    if row.doing is Doing.RETIRED:
        canvas.text(place.right, place.baseline, "out", place.style, place.ink, Align.RIGHT)
    elif row.doing is not Doing.DISQUALIFIED:
        canvas.figures(place.right, place.baseline, gap_words(gap, decimals), place.style, place.ink)


PAINTERS: dict[Column, Callable[[Canvas, Place, StandingsRow, RowStyle], None]] = {
    Column.GAINED: _gained,
    Column.LICENCE: _licence,
    Column.TYRE: _tyre,
    Column.STOPS: _stops,
    Column.LAST: _last,
    Column.BEST: _best,
    Column.INTERVAL: _interval,
    Column.GAP: _leader_gap,
}
