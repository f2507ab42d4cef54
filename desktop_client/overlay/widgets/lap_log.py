"""The driver's last laps, sector by sector."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Iterator
from typing import Annotated

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, head_baseline
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.tyre_mark import RADIUS, TO_RIGHT, paint_tyre
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import lap_text, sector_text
from desktop_client.race.dash import LapMark
from desktop_client.race.lap_log import LapLogView, LapRow, MarkedSector, SectorMark, lap_log
from desktop_client.race.lifecycle import Race
from desktop_client.race.running_lap import LapKind
from desktop_client.telemetry.frame import Capability, Frame

NUMBER_RIGHT = 36.0
TIME_RIGHT = 168.0
USUAL_TIME = 68.0  # wide: what speaks for or against a lap stands before it
SECTOR_WIDTH, TYRE_WIDTH, FUEL_WIDTH = 82.0, 68.0, 60.0
TICK_WIDTH, TICK_HEIGHT = 3.0, 14.0
SECTORS = ("S1", "S2", "S3")
KINDS = {LapKind.OUT: "OUT", LapKind.IN: "IN", LapKind.SAFETY_CAR: "SC"}


class LapLogSettings(msgspec.Struct, frozen=True):
    laps: Annotated[int, msgspec.Meta(ge=1, le=30)] = 6
    running: bool = True
    sectors: bool = True
    tyre: bool = True
    fuel: bool = True


class LapLog(Widget[LapLogSettings, LapLogView]):
    title = "Laps"
    settings_type = LapLogSettings
    rate_hz = 4
    has_panel = False  # the panel ends below the last lap, wherever the window ends
    needs_any = frozenset({Capability.LAP_TIMES, Capability.LAP_DISTANCE})

    @property
    def natural_size(self) -> QSizeF:
        chosen = self.settings
        columns = SECTOR_WIDTH * 3 * chosen.sectors + TYRE_WIDTH * chosen.tyre + FUEL_WIDTH * chosen.fuel
        rows = chosen.laps + chosen.running
        return QSizeF(TIME_RIGHT + columns + theme.PAD_X, HEAD + rows * theme.ROW + theme.PAD_Y)

    def view(self, frame: Frame, race: Race) -> LapLogView | Notice:
        return lap_log(frame, race, self.settings.laps) or Notice("Waiting for your car")

    def demo(self) -> LapLogView:
        return demo_view(self.settings.laps)

    def still(self, view: LapLogView) -> Hashable:
        return self._columns(view), view.fuel_unit, len(self._rows(view))

    def paint_still(self, canvas: Canvas, view: LapLogView) -> None:
        bottom = HEAD + max(1, len(self._rows(view))) * theme.ROW + theme.PAD_Y
        canvas.panel(opaque=False, height=min(canvas.height, bottom))
        dim, baseline = canvas.palette.text_dim, head_baseline()
        canvas.text(theme.PAD_X, baseline, self.title, theme.CAPTION, dim)
        for column, right in self._places(view):
            caption = f"fuel {view.fuel_unit}" if column == "fuel" else column
            edge = right - TO_RIGHT + RADIUS if column == "tyre" else right
            canvas.text(edge, baseline, caption, theme.CAPTION, dim, Align.RIGHT)

    def cells(self, room: Room, view: LapLogView) -> Iterable[Cell]:
        places = tuple(self._places(view))
        for index, row in enumerate(self._rows(view)):
            top = HEAD + index * theme.ROW
            if top + theme.ROW <= room.height:
                draw = functools.partial(_row, row=row, top=top, places=dict(places))
                yield Cell(QRectF(0, top, room.width, theme.ROW), (row, places), draw)

    def _rows(self, view: LapLogView) -> list[LapRow]:
        running = [view.running] if self.settings.running and view.running is not None else []
        return running + list(view.rows[: self.settings.laps])

    def _columns(self, view: LapLogView) -> tuple[str, ...]:
        """The columns that the driver wants and that have something to say, from left to right."""
        chosen = self.settings
        sectors = SECTORS if chosen.sectors and view.has_sectors else ()
        tyre = ("tyre",) if chosen.tyre and view.has_tyres else ()
        fuel = ("fuel",) if chosen.fuel and view.fuel_unit is not None else ()
        return (*sectors, *tyre, *fuel)

    def _places(self, view: LapLogView) -> Iterator[tuple[str, float]]:
        """Each column with its right edge."""
        right = TIME_RIGHT
        yield "time", right
        for column in self._columns(view):
            right += {"tyre": TYRE_WIDTH, "fuel": FUEL_WIDTH}.get(column, SECTOR_WIDTH)
            yield column, right


def _row(canvas: Canvas, row: LapRow, top: float, places: dict[str, float]) -> None:
    palette, middle = canvas.palette, top + theme.ROW / 2
    is_running = row.lap_s is None
    style = theme.BODY_STRONG if row.mark is not LapMark.PLAIN else theme.BODY
    ink = palette.text_soft if row.valid and row.kind is LapKind.FLYING else palette.text_dim
    if row.number % 2 and not is_running:
        canvas.box(1, top, canvas.width - 2, theme.ROW, palette.zebra, radius=0)
    baseline = middle_baseline(top, theme.ROW, style)
    canvas.figures(
        NUMBER_RIGHT, baseline, str(row.number), theme.BODY, palette.text if is_running else palette.text_dim
    )
    if row.mark is not LapMark.PLAIN:
        canvas.box(1, top, 3, theme.ROW, _best_colour(palette, row.mark), radius=0)
    width = 0.0
    if row.lap_s is not None:
        colour = ink if row.mark is LapMark.PLAIN else _best_colour(palette, row.mark)
        width = canvas.figures(places["time"], baseline, lap_text(row.lap_s), style, colour)
    _worth(canvas, row, TIME_RIGHT - max(USUAL_TIME, width) - 8, middle)
    for caption, sector in zip(SECTORS, row.sectors, strict=False):
        if caption in places:
            _sector(canvas, places[caption], top, sector, ink, marked=row.valid and row.kind is LapKind.FLYING)
    if "tyre" in places and not is_running:
        paint_tyre(canvas, places["tyre"], middle, row.tyre, row.tyre_age_laps, ink)
    if "fuel" in places and row.fuel_used is not None:
        canvas.figures(
            places["fuel"], middle_baseline(top, theme.ROW, theme.BODY), f"{row.fuel_used:.2f}", theme.BODY, ink
        )


def _worth(canvas: Canvas, row: LapRow, right: float, middle: float) -> None:
    """Between number and time: what speaks against the lap, else a diamond for the best."""
    palette = canvas.palette
    if not row.valid:
        canvas.chip(right, middle, "INV", palette.lost)
    elif row.kind in KINDS:
        canvas.chip(right, middle, KINDS[row.kind], palette.text_dim)
    elif row.mark is not LapMark.PLAIN:
        colour = _best_colour(palette, row.mark)
        foot = middle + (4 if row.mark is LapMark.SESSION_BEST else 0)
        canvas.shape([(right - 8, middle), (right - 4, middle - 4), (right, middle), (right - 4, foot)], colour)


def _best_colour(palette: Palette, mark: LapMark) -> QColor:
    return palette.session_best if mark is LapMark.SESSION_BEST else palette.gained


def _sector(canvas: Canvas, right: float, top: float, sector: MarkedSector, ink: QColor, *, marked: bool) -> None:
    """A tick says what the sector is worth, at the left of its time: full height is best, a stump is slower.

    On a lap that is no measure only the best are `marked`.
    """
    if sector.seconds is None:
        return
    colour = sector_colour(canvas.palette, sector.mark)
    is_best = sector.mark in (SectorMark.OWN_BEST, SectorMark.SESSION_BEST)
    baseline = middle_baseline(top, theme.ROW, theme.BODY)
    width = canvas.figures(right, baseline, sector_text(sector.seconds), theme.BODY, colour if is_best else ink)
    if not marked and not is_best:
        return
    height = TICK_HEIGHT if is_best else TICK_HEIGHT / 2
    canvas.box(right - width - 7, top + (theme.ROW + TICK_HEIGHT) / 2 - height, TICK_WIDTH, height, colour, radius=1)


def sector_colour(palette: Palette, mark: SectorMark) -> QColor:
    """Purple, green and yellow, as on every timing screen."""
    return {
        SectorMark.SESSION_BEST: palette.session_best,
        SectorMark.OWN_BEST: palette.gained,
        SectorMark.SLOWER: palette.warning,
        SectorMark.UNKNOWN: palette.groove,
    }[mark]


def demo_view(laps: int) -> LapLogView:
    """A stint with a stop, a fault and a best lap in it."""
    slower, own, best = SectorMark.SLOWER, SectorMark.OWN_BEST, SectorMark.SESSION_BEST
    sectors = (
        ((28.417, best), (35.902, slower), (29.980, own)),
        ((28.633, slower), (35.611, own), (30.110, slower)),
        ((28.702, slower), (35.847, slower), (30.248, slower)),
        ((28.590, slower), (35.760, slower), (30.031, slower)),
        ((47.113, slower), (36.915, slower), (30.602, slower)),
        ((28.911, slower), (36.020, slower), (33.870, slower)),
    )
    kinds = {4: LapKind.OUT, 5: LapKind.IN}

    def row(index: int) -> LapRow:
        times = sectors[index % len(sectors)]
        return LapRow(
            number=18 - index,
            lap_s=round(sum(seconds for seconds, _ in times), 3),
            mark=LapMark.OWN_BEST if index == 0 else LapMark.PLAIN,
            sectors=tuple(MarkedSector(seconds, mark) for seconds, mark in times),
            valid=index != 3,
            kind=kinds.get(index, LapKind.FLYING),
            tyre="M" if index < 5 else "H",
            tyre_age_laps=max(0, 4 - index) if index < 5 else 13,
            fuel_used=round(2.86 + (index * 7 % 5) / 50, 2),
        )

    running = LapRow(
        number=19,
        lap_s=None,
        mark=LapMark.PLAIN,
        sectors=(MarkedSector(28.502, slower), MarkedSector(35.588, best), MarkedSector(None, SectorMark.UNKNOWN)),
        valid=True,
        kind=LapKind.FLYING,
        tyre="M",
        tyre_age_laps=5,
        fuel_used=None,
    )
    return LapLogView(running, tuple(row(index) for index in range(min(laps, 18))), 94.299, "L", True, True)
