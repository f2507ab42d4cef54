"""The car from above with what is broken, and nothing at all while it is whole."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPolygonF

from desktop_client.overlay import car_outline, theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, heading
from desktop_client.overlay.lettering import middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Absent, Cell, Notice, Widget
from desktop_client.race.damage import BROKEN, HURTS, DamageView, damage
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame, Part

WIDTH, HEIGHT = 236.0, 176.0
CAR_X, CAR_TOP, CAR_SCALE = 12.0, 28.0, 0.74
LIST_X, LIST_TOP, LIST_ROW, LIST_ROWS = 100.0, 30.0, 27.0, 5
UNIT_WIDTH = 14.0
WHOLE_ALPHA = 70
TYRES = ("Tyre FL", "Tyre FR", "Tyre RL", "Tyre RR")
NAMES = {
    Part.FRONT_WING_LEFT: "Wing FL",
    Part.FRONT_WING_RIGHT: "Wing FR",
    Part.REAR_WING: "Wing R",
    Part.FLOOR: "Floor",
    Part.DIFFUSER: "Diffuser",
    Part.SIDEPOD: "Sidepod",
    Part.BODY_FRONT: "Front",
    Part.BODY_REAR: "Rear",
    Part.BODY_LEFT: "Left",
    Part.BODY_RIGHT: "Right",
    Part.SUSPENSION_FRONT_LEFT: "Susp. FL",
    Part.SUSPENSION_FRONT_RIGHT: "Susp. FR",
    Part.SUSPENSION_REAR_LEFT: "Susp. RL",
    Part.SUSPENSION_REAR_RIGHT: "Susp. RR",
    Part.GEARBOX: "Gearbox",
    Part.ENGINE: "Engine",
    Part.AERO: "Aero",
}


class DamageSettings(msgspec.Struct, frozen=True):
    always: bool = False  # also while the car is whole


class Damage(Widget[DamageSettings, DamageView]):
    title = "Damage"
    settings_type = DamageSettings
    rate_hz = 4
    needs = frozenset({Capability.DAMAGE})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> DamageView | Notice | Absent:
        view = damage(frame, race)
        if view is None:
            return Notice("This game does not send damage")
        return Absent() if view.whole and not self.settings.always else view

    def demo(self) -> DamageView:
        broken = ((Part.FRONT_WING_LEFT, 64), (Part.FLOOR, 31), (Part.SUSPENSION_FRONT_LEFT, 12), (Part.ENGINE, 6))
        return DamageView(parts=broken, wheels=(18, 0, 0, 0))

    def paint_still(self, canvas: Canvas, view: DamageView) -> None:
        heading(canvas, self.title)

    def cells(self, room: Room, view: DamageView) -> Iterable[Cell]:
        car = QRectF(0, HEAD, LIST_X - 6, room.height - HEAD)
        yield Cell(car, view, functools.partial(_car, view=view))
        rows = damaged(view)[:LIST_ROWS]
        for index, (name, percent) in enumerate(rows):
            top = LIST_TOP + index * LIST_ROW
            draw = functools.partial(_row, name=name, percent=percent, top=top)
            yield Cell(QRectF(LIST_X, top, room.width - LIST_X, LIST_ROW), (name, percent), draw)
        if not rows:
            yield Cell(QRectF(LIST_X, LIST_TOP, room.width - LIST_X, LIST_ROW), "", _whole)


def damaged(view: DamageView) -> list[tuple[str, int]]:
    """Everything that is damaged by its short name, worst first."""
    named = [(NAMES[part], percent) for part, percent in view.parts]
    named += [(name, percent) for name, percent in zip(TYRES, view.wheels, strict=True) if percent]
    return sorted(named, key=lambda each: -each[1])


def damage_colour(palette: Palette, percent: int) -> QColor:
    """Whole is neutral; the more is broken the less can be overlooked."""
    if percent <= 0:
        colour = QColor(palette.text_dim)
        colour.setAlpha(WHOLE_ALPHA)
        return colour
    colour = QColor(palette.lost if percent >= BROKEN else palette.warning)
    colour.setAlpha(255 if percent >= HURTS else 150)
    return colour


def _car(canvas: Canvas, view: DamageView) -> None:
    painter, palette = canvas.painter, canvas.palette
    painter.save()
    painter.translate(CAR_X, CAR_TOP)
    painter.scale(CAR_SCALE, CAR_SCALE)
    painter.setPen(Qt.PenStyle.NoPen)
    shares = dict(view.parts)
    shared: dict[car_outline.Outline, int] = {car_outline.COCKPIT: 0}  # a flank and a sidepod are one place
    for part, outlines in car_outline.PARTS.items():
        for outline in outlines:
            shared[outline] = max(shared.get(outline, 0), shares.get(part, 0))
    for outline, percent in shared.items():
        painter.setBrush(damage_colour(palette, percent))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in outline]))
    for (x, y, width, height), percent in zip(car_outline.WHEEL_BOXES, view.wheels, strict=True):
        painter.setBrush(damage_colour(palette, percent))
        painter.drawRoundedRect(QRectF(x, y, width, height), 5, 5)
    painter.restore()


def _row(canvas: Canvas, name: str, percent: int, top: float) -> None:
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    style = theme.BODY_STRONG if percent >= HURTS else theme.BODY
    baseline = middle_baseline(top, LIST_ROW, style)
    canvas.text(right - UNIT_WIDTH + 2, baseline, "%", theme.CAPTION, palette.text_dim)
    figures = canvas.figures(right - UNIT_WIDTH, baseline, str(percent), style, palette.text)
    tick = damage_colour(palette, percent)
    canvas.box(LIST_X, top + 6, 3, LIST_ROW - 12, tick, radius=1)
    room = right - UNIT_WIDTH - figures - 8 - LIST_X - 10
    canvas.text(LIST_X + 10, baseline, name, style, palette.text_soft, room=room)


def _whole(canvas: Canvas) -> None:
    baseline = middle_baseline(LIST_TOP, LIST_ROW, theme.BODY)
    canvas.text(LIST_X, baseline, "The car is whole", theme.BODY, canvas.palette.text_dim)
