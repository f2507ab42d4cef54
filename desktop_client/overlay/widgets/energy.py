"""What the battery holds, what this lap uses and wins, and the aids that can be used now."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, bar, head_baseline, heading, hero
from desktop_client.overlay.lettering import MINUS, Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.energy import Aid, EnergyView, energy
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 236.0, 144.0  # as high as the dash, so that both dock
HERO_BASELINE = 60.0
STORE_Y, STORE_HEIGHT = 72.0, 8.0
LINES_TOP, LINE = 86.0, 25.0
BAR_X, FIGURE_WIDTH, BAR_HEIGHT = 80.0, 46.0, 5.0
BALANCE_WIDTH = 104.0
MODE_LEFT, SHORTEST_MODE = 72.0, 24.0
DEPLOYED, HARVESTED, ALLOWED = "Deployed", "Harvested", "Allowed"


class EnergySettings(msgspec.Struct, frozen=True):
    balance: bool = True
    aids: bool = True


class Energy(Widget[EnergySettings, EnergyView]):
    title = "Energy"
    settings_type = EnergySettings
    needs = frozenset({Capability.ENERGY})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> EnergyView | Notice:
        return energy(frame, race) or Notice("This car has no battery")

    def demo(self) -> EnergyView:
        return EnergyView(
            store=64,
            mode="Overtake",
            deployed=41,
            harvested=28,
            this_lap=-9,
            last_lap=2,
            virtual=None,
            drs=Aid.AVAILABLE,
            overtake=Aid.ABSENT,
            overtakes_left=None,
            aero_open=False,
        )

    def still(self, view: EnergyView) -> Hashable:
        return tuple(caption for caption, _ in _lines(view))

    def paint_still(self, canvas: Canvas, view: EnergyView) -> None:
        heading(canvas, self.title)
        for index, (caption, _) in enumerate(_lines(view)):
            baseline = middle_baseline(LINES_TOP + index * LINE, LINE, theme.CAPTION)
            canvas.text(theme.PAD_X, baseline, caption, theme.CAPTION, canvas.palette.text_dim)

    def cells(self, room: Room, view: EnergyView) -> Iterable[Cell]:
        aids = (view.mode, view.drs, view.overtake, view.overtakes_left, view.aero_open)
        yield Cell(QRectF(60, 1, room.width - 60, HEAD), aids, functools.partial(self._head, view=view))
        level = view.virtual if view.store is None else view.store
        room_left = room.width - BALANCE_WIDTH
        top, height = HEAD + 1, HERO_BASELINE - HEAD + 8
        yield Cell(QRectF(0, top, room_left, height), level, functools.partial(_level, level=level))
        if self.settings.balance:
            balance = (view.this_lap, view.last_lap)
            yield Cell(QRectF(room_left, top, BALANCE_WIDTH, height), balance, functools.partial(_balance, view=view))
        store = QRectF(0, STORE_Y - 1, room.width, STORE_HEIGHT + 2)
        yield Cell(store, level, functools.partial(_store, level=level))
        for index, (caption, percent) in enumerate(_lines(view)):
            top = LINES_TOP + index * LINE
            draw = functools.partial(_line, caption=caption, percent=percent, top=top)
            yield Cell(QRectF(BAR_X - 4, top, room.width - BAR_X + 4, LINE), percent, draw)

    def _head(self, canvas: Canvas, view: EnergyView) -> None:
        """The aids that help now as chips, and before them the mode in words."""
        right, middle = canvas.width - theme.PAD_X + 4, head_baseline() - 4
        if self.settings.aids:
            for text, filled in _aids(view):
                if right - canvas.figures_width(text, theme.CAPTION_STRONG) < MODE_LEFT:
                    break
                right -= canvas.chip(right, middle, text, canvas.palette.gained, filled=filled) + 4
        right, ink = right - 4, canvas.palette.text_soft
        if view.mode is not None and right - MODE_LEFT > SHORTEST_MODE:
            mode = view.mode[:1].upper() + view.mode[1:]
            canvas.text(right, head_baseline(), mode, theme.CAPTION, ink, Align.RIGHT, room=right - MODE_LEFT)


def _aids(view: EnergyView) -> list[tuple[str, bool]]:
    chips: list[tuple[str, bool]] = []
    if view.drs is not Aid.ABSENT:
        chips.append(("DRS", view.drs is Aid.ACTIVE))
    if view.overtake is not Aid.ABSENT:
        left = "" if view.overtakes_left is None else f" {view.overtakes_left}"
        chips.append((f"P2P{left}", view.overtake is Aid.ACTIVE))
    if view.aero_open:
        chips.append(("AERO", True))
    return chips


def _lines(view: EnergyView) -> list[tuple[str, int]]:
    """Caption and percent: only what the game tells, the battery's own level aside."""
    lines: list[tuple[str, int]] = []
    if view.deployed is not None:
        lines.append((DEPLOYED, view.deployed))
    if view.harvested is not None:
        lines.append((HARVESTED, view.harvested))
    if view.virtual is not None and view.store is not None:
        lines.append((ALLOWED, view.virtual))
    return lines[:2]


def _level(canvas: Canvas, level: int | None) -> None:
    if level is not None:
        hero(canvas, theme.PAD_X, HERO_BASELINE, str(level), "%", canvas.palette.text, Align.LEFT)


def _store(canvas: Canvas, level: int | None) -> None:
    """Neutral: a battery that is low is used, not ill."""
    if level is not None:
        width = canvas.width - 2 * theme.PAD_X
        bar(canvas, theme.PAD_X, STORE_Y, width, STORE_HEIGHT, level / 100, canvas.palette.text_soft)


def _balance(canvas: Canvas, view: EnergyView) -> None:
    """What this lap and the last one did to the store."""
    right = canvas.width - theme.PAD_X
    for index, (caption, points) in enumerate((("this lap", view.this_lap), ("last", view.last_lap))):
        if points is not None:
            baseline = HERO_BASELINE - 16 + index * 17
            figure = canvas.figures_width("+100", theme.CAPTION_STRONG)
            canvas.figures(right, baseline, points_text(points), theme.CAPTION_STRONG, _gain(canvas, points))
            canvas.text(right - figure - 6, baseline, caption, theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)


def points_text(points: int) -> str:
    """Signed whole points, zero without a sign."""
    return str(points) if points == 0 else f"{'+' if points > 0 else MINUS}{abs(points)}"


def _gain(canvas: Canvas, points: int) -> QColor:
    return canvas.palette.gained if points > 0 else canvas.palette.text_soft


def _line(canvas: Canvas, caption: str, percent: int, top: float) -> None:
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    baseline = middle_baseline(top, LINE, theme.CAPTION_STRONG)
    unit = canvas.text(right, baseline, "%", theme.CAPTION, palette.text_dim, Align.RIGHT)
    canvas.figures(right - unit - 3, baseline, str(percent), theme.CAPTION_STRONG, palette.text_soft)
    width, y = right - FIGURE_WIDTH - BAR_X, top + (LINE - BAR_HEIGHT) / 2
    bar(canvas, BAR_X, y, width, BAR_HEIGHT, percent / 100, _meaning(palette, caption))


def _meaning(palette: Palette, caption: str) -> QColor:
    if caption == HARVESTED:
        return palette.gained
    return palette.you if caption == DEPLOYED else palette.text_soft
