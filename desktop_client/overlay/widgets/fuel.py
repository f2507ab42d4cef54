"""How far the tank lasts and what a stop has to bring."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from typing import Annotated

import msgspec
from PyQt6.QtCore import QRectF, QSizeF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, bar, head_baseline, heading, hero
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import gap_text
from desktop_client.race.fuel import FuelRow, FuelView, Resource, Verdict, fuel
from desktop_client.race.fuel_plan import Margin, MarginUnit
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH = 304.0
HERO_BASELINE, HERO_CAPTION = 68.0, 86.0
TABLE_TOP, TABLE_ROW = 96.0, 24.0
USE_RIGHT, LAPS_RIGHT = 156.0, 216.0
VERDICT_HEIGHT = 32.0
FEW_LAPS = 2.0  # with fewer in a tank that does not reach the flag, the figure is a warning


class FuelSettings(msgspec.Struct, frozen=True):
    margin: Annotated[float, msgspec.Meta(ge=0, le=20)] = 0.5
    margin_unit: MarginUnit = "laps"
    average_laps: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    resource: Resource = "auto"
    refuelling: bool | None = None  # None: yes, unless the game weighs its fuel
    table: bool = True


class Fuel(Widget[FuelSettings, FuelView]):
    title = "Fuel"
    settings_type = FuelSettings
    rate_hz = 4
    needs = frozenset({Capability.FUEL})

    @property
    def natural_size(self) -> QSizeF:
        table = TABLE_ROW * 5 if self.settings.table else 0.0
        return QSizeF(WIDTH, TABLE_TOP + table + VERDICT_HEIGHT)

    def view(self, frame: Frame, race: Race) -> FuelView | Notice:
        chosen = self.settings
        margin = Margin(chosen.margin, chosen.margin_unit)
        view = fuel(frame, race, chosen.average_laps, margin, chosen.resource, chosen.refuelling)
        return view or Notice("This car tells nothing of its tank")

    def demo(self) -> FuelView:
        return FuelView(
            energy=False,
            unit="L",
            level=31.4,
            filled=29,
            laps_left=10.8,
            from_game=False,
            laps_to_go=21.4,
            perhaps_one_more=False,
            add=33.0,
            over=-30.9,
            rows=(
                FuelRow("This lap", 2.86, 10.9, -29.8),
                FuelRow("Last", 2.94, 10.6, -31.5),
                FuelRow("Average", 2.91, 10.8, -30.9),
                FuelRow("Most", 3.02, 10.3, -33.2),
            ),
            verdict=Verdict.STOP,
            target=None,
            stops=1,
            last_lap=18,
        )

    def still(self, view: FuelView) -> Hashable:
        return view.energy, view.unit, view.laps_to_go is None, not view.rows

    def paint_still(self, canvas: Canvas, view: FuelView) -> None:
        heading(canvas, "Energy" if view.energy else "Fuel")
        if not self._has_table(view):
            return
        dim, baseline = canvas.palette.text_dim, middle_baseline(TABLE_TOP, 20, theme.CAPTION)
        canvas.text(USE_RIGHT, baseline, f"{view.unit} a lap", theme.CAPTION, dim, Align.RIGHT)
        canvas.text(LAPS_RIGHT, baseline, "laps", theme.CAPTION, dim, Align.RIGHT)
        if view.laps_to_go is not None:
            canvas.text(canvas.width - theme.PAD_X, baseline, "at the flag", theme.CAPTION, dim, Align.RIGHT)

    def cells(self, room: Room, view: FuelView) -> Iterable[Cell]:
        width = room.width
        level = (view.level, view.filled, view.laps_to_go, view.perhaps_one_more)
        yield Cell(QRectF(60, 2, width - 60, HEAD - 2), level, functools.partial(_level, view=view))
        shown = (view.laps_left, view.from_game, view.add, view.over, view.verdict, view.filled)
        yield Cell(QRectF(0, HEAD, width, TABLE_TOP - HEAD), shown, functools.partial(_hero, view=view))
        if self._has_table(view):
            for index, row in enumerate(view.rows):
                top = TABLE_TOP + 20 + index * TABLE_ROW
                yield Cell(QRectF(0, top, width, TABLE_ROW), row, functools.partial(_row, row=row, top=top))
        top = room.height - VERDICT_HEIGHT
        said = verdict_text(view)
        yield Cell(QRectF(0, top, width, VERDICT_HEIGHT), said, functools.partial(_verdict, text=said, top=top))

    def _has_table(self, view: FuelView) -> bool:
        return self.settings.table and bool(view.rows)


def verdict_text(view: FuelView) -> str:
    """One sentence on what to do; the amounts stand above it."""
    target = None if view.target is None else f"{view.target:.2f} {view.unit} a lap"
    if view.verdict is Verdict.UNKNOWN:
        return "Use is known after 1 lap"
    if view.verdict is Verdict.LASTS:
        return "" if target is None else f"{target} is one lap more"
    if view.verdict is Verdict.ENOUGH:
        return "Enough, even for one lap more" if _lasts_one_more(view) else "Enough to the flag"
    if view.verdict is Verdict.SAVE and target is not None:
        return f"{target} reaches the flag"
    box = "" if view.last_lap is None else f"box by lap {view.last_lap}"
    if target is not None:
        return f"{target} saves a stop"
    if view.stops is not None and view.stops > 1:
        return f"{view.stops} stops, {box}" if box else f"{view.stops} stops"
    return box[:1].upper() + box[1:]


def _lasts_one_more(view: FuelView) -> bool:
    spare = view.laps_left is not None and view.laps_to_go is not None and view.laps_left >= view.laps_to_go + 1
    return view.perhaps_one_more and spare


def _level(canvas: Canvas, view: FuelView) -> None:
    """The tank as a figure; how far it is to the flag before it."""
    right, baseline = canvas.width - theme.PAD_X, head_baseline()
    unit = canvas.text(right, baseline, view.unit, theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)
    text = f"{view.level:.1f}"
    canvas.figures(right - unit - 3, baseline, text, theme.CAPTION_STRONG, canvas.palette.text_soft)
    if view.laps_to_go is not None:
        more = f" or {view.laps_to_go + 1:.1f}" if view.perhaps_one_more else ""
        canvas.text(72, baseline, f"{view.laps_to_go:.1f}{more} laps to go", theme.CAPTION, canvas.palette.text_dim)


def _hero(canvas: Canvas, view: FuelView) -> None:
    palette = canvas.palette
    left, right = theme.PAD_X, canvas.width - theme.PAD_X
    if view.filled is not None:
        bar(canvas, left, HEAD + 3, right - left, 4, view.filled / 100, palette.text_dim)
    missing = view.laps_to_go is None or view.add is not None
    few = view.laps_left is not None and view.laps_left < FEW_LAPS and missing
    text = DASH if view.laps_left is None else f"{view.laps_left:.1f}"
    hero(canvas, left, HERO_BASELINE, text, "", palette.warning if few else palette.text, Align.LEFT)
    caption = "laps left, says the game" if view.from_game else "laps left"
    canvas.text(left, HERO_CAPTION, caption, theme.CAPTION, palette.text_dim)
    if view.over is None:
        return
    stop = view.verdict is Verdict.STOP and view.add is not None
    number, caption = (f"{view.add:.0f}", "add") if stop else (gap_text(view.over), "at the flag")
    hero(canvas, right, HERO_BASELINE, number, view.unit, palette.text, Align.RIGHT)
    style, ink = (theme.CAPTION_STRONG, palette.text) if stop else (theme.CAPTION, palette.text_dim)
    canvas.text(right, HERO_CAPTION, caption, style, ink, Align.RIGHT)


def _row(canvas: Canvas, row: FuelRow, top: float) -> None:
    palette, baseline = canvas.palette, middle_baseline(top, TABLE_ROW, theme.BODY)
    canvas.text(theme.PAD_X, baseline, row.name, theme.BODY, palette.text_dim)
    if row.use is None or row.laps is None:
        canvas.figures(USE_RIGHT, baseline, DASH, theme.BODY, palette.text_dim)
        return
    canvas.figures(USE_RIGHT, baseline, f"{row.use:.2f}", theme.BODY, palette.text_soft)
    canvas.figures(LAPS_RIGHT, baseline, f"{row.laps:.1f}", theme.BODY, palette.text_soft)
    if row.over is not None:
        canvas.figures(canvas.width - theme.PAD_X, baseline, gap_text(row.over), theme.BODY, palette.text_soft)


def _verdict(canvas: Canvas, text: str, top: float) -> None:
    canvas.box(theme.PAD_X, top, canvas.width - 2 * theme.PAD_X, 1, canvas.palette.groove, radius=0)
    baseline = middle_baseline(top, VERDICT_HEIGHT, theme.BODY_STRONG)
    canvas.text(theme.PAD_X, baseline, text, theme.BODY_STRONG, room=canvas.width - 2 * theme.PAD_X)
