"""The four corners as they stand on the car: wear, temperature, pressure, and how long they last."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from typing import Annotated

import msgspec
from PyQt6.QtCore import QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainterPath

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import head_baseline, heading, hero
from desktop_client.overlay.lettering import Align
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.lifecycle import Race
from desktop_client.race.tyres import PRESSURE_DECIMALS, Heat, PressureUnit, Tyre, TyresView, Window, tyres
from desktop_client.telemetry.frame import WHEELS, Capability, Frame

WIDTH = 304.0
CORNER_TOP, CORNER_HEIGHT, CORNER_GAP = 28.0, 70.0, 10.0
TYRE_X, TYRE_WIDTH = 84.0, 26.0  # from the side
FOOT = 26.0
ROWS = (19.0, 41.0, 62.0)  # the baselines in a corner: temperature, wear, pressure
RADIUS = 7.0
COVERS_MIDDLE = 0.65  # of the tread, from which the marks in the middle lie on it
FULL, PART, CALM = 235, 150, 120  # alpha of a tread far out of its window, of one near it, and of one in it
NAMES = {"S": "Soft", "M": "Medium", "H": "Hard", "I": "Inter", "W": "Wet"}
Celsius = Annotated[float, msgspec.Meta(ge=20, le=200)]


class TyresSettings(msgspec.Struct, frozen=True):
    pressure: PressureUnit = "psi"
    worn_out_percent: Annotated[int, msgspec.Meta(ge=5, le=100)] = 75
    cold_c: Celsius | None = None  # the window of the driver's own tyre; None: as the compound is known to work
    hot_c: Celsius | None = None
    brakes: bool = False  # their temperature instead of the pressures


class Tyres(Widget[TyresSettings, TyresView]):
    title = "Tyres"
    settings_type = TyresSettings
    rate_hz = 4
    needs_any = frozenset(
        {Capability.TYRES, Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE, Capability.TYRE_WEAR}
    )

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, CORNER_TOP + 2 * CORNER_HEIGHT + CORNER_GAP + FOOT)

    def view(self, frame: Frame, race: Race) -> TyresView | Notice:
        chosen = self.settings
        window = None
        if chosen.cold_c is not None and chosen.hot_c is not None and chosen.cold_c <= chosen.hot_c:
            window = Window(chosen.cold_c, chosen.hot_c)
        view = tyres(frame, race, chosen.pressure, chosen.worn_out_percent / 100, window)
        return view or Notice("This game does not send tyres")

    def demo(self) -> TyresView:
        def tyre(temperature: int, heat: Heat, warming: int, wear: int, pressure: float, hardest: bool = False) -> Tyre:
            return Tyre(temperature, heat, None, warming, wear, 2.1, 40 - wear, pressure, 480, hardest)

        return TyresView(
            tyres=(
                tyre(97, Heat.RIGHT, 0, 24, 27.4),
                tyre(108, Heat.WARM, 1, 31, 27.9, hardest=True),
                tyre(92, Heat.RIGHT, -1, 19, 26.8),
                tyre(95, Heat.RIGHT, 0, 22, 26.9),
            ),
            compound="M",
            age_laps=9,
            laps=9,
        )

    def still(self, view: TyresView) -> Hashable:
        return view.laps is None, _unit(self.settings, view)

    def paint_still(self, canvas: Canvas, view: TyresView) -> None:
        heading(canvas, self.title)
        unit = _unit(self.settings, view)
        caption = "°C · worn %" + (f" · {unit}" if unit else "")
        right = canvas.width - theme.PAD_X
        canvas.text(right, head_baseline(), caption, theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)
        if view.laps is not None:
            baseline = CORNER_TOP + CORNER_HEIGHT + CORNER_GAP / 2 + 26
            canvas.text(canvas.width / 2, baseline, "laps left", theme.CAPTION, canvas.palette.text_dim, Align.CENTRE)

    def cells(self, room: Room, view: TyresView) -> Iterable[Cell]:
        side = TYRE_X + TYRE_WIDTH + 4
        for index, tyre in enumerate(view.tyres):
            top = CORNER_TOP + (index // 2) * (CORNER_HEIGHT + CORNER_GAP)
            is_left = index % 2 == 0
            rect = QRectF(0 if is_left else room.width - side, top, side, CORNER_HEIGHT)
            draw = functools.partial(self._corner, tyre=tyre, top=top, is_left=is_left)
            yield Cell(rect, tyre, draw)
        middle = QRectF(side, CORNER_TOP, room.width - 2 * side, 2 * CORNER_HEIGHT + CORNER_GAP)
        shown = (view.compound, view.age_laps, view.laps)
        yield Cell(middle, shown, functools.partial(_middle, view=view))
        hardest = next((WHEELS[index] for index, tyre in enumerate(view.tyres) if tyre.works_hardest), "")
        foot = QRectF(0, room.height - FOOT, room.width, FOOT)
        yield Cell(foot, hardest, functools.partial(_foot, hardest=hardest))

    def _corner(self, canvas: Canvas, tyre: Tyre, top: float, is_left: bool) -> None:
        palette = canvas.palette
        edge = TYRE_X - 10 if is_left else canvas.width - TYRE_X + 10
        x = TYRE_X if is_left else canvas.width - TYRE_X - TYRE_WIDTH
        _tread(canvas, tyre, QRectF(x, top, TYRE_WIDTH, CORNER_HEIGHT), is_left)
        align = Align.RIGHT if is_left else Align.LEFT
        step = -1 if is_left else 1
        if tyre.temperature_c is not None:
            text = str(tyre.temperature_c)
            width = canvas.figures(edge, top + ROWS[0], text, theme.BODY_STRONG, align=align)
            _trend(canvas, edge + step * (width + 9), top + ROWS[0] - 6, tyre.warming)
        if tyre.wear is not None:
            canvas.figures(edge, top + ROWS[1], str(tyre.wear), theme.BODY, palette.text_soft, align)
        third = self._third(tyre)
        if third:
            canvas.figures(edge, top + ROWS[2], third, theme.BODY, palette.text_dim, align)

    def _third(self, tyre: Tyre) -> str:
        if self.settings.brakes:
            return "" if tyre.brake_c is None else str(tyre.brake_c)
        return "" if tyre.pressure is None else f"{tyre.pressure:.{PRESSURE_DECIMALS[self.settings.pressure]}f}"


def _unit(settings: TyresSettings, view: TyresView) -> str:
    if settings.brakes:
        return "brake °C" if any(tyre.brake_c is not None for tyre in view.tyres) else ""
    return settings.pressure if any(tyre.pressure is not None for tyre in view.tyres) else ""


def _tread(canvas: Canvas, tyre: Tyre, box: QRectF, is_left: bool) -> None:
    """The tyre from above: what is left of it filled from the foot, in the colour of its temperature.

    Where the game tells the temperature across the tread, edges and middle are three stripes.
    """
    painter, palette = canvas.painter, canvas.palette
    outline = QPainterPath()
    outline.addRoundedRect(box, RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(outline, palette.groove)
    if tyre.wear is None and tyre.heat is None:
        return
    left = 1 - (tyre.wear or 0) / 100
    top, height = box.bottom() - box.height() * left, box.height() * left
    stripes: tuple[Heat | None, ...] = tyre.tread or (tyre.heat,)
    if is_left:
        stripes = stripes[::-1]  # the inner edge is the one towards the car
    width = box.width() / len(stripes)
    for index, heat in enumerate(stripes):
        stripe = QPainterPath()
        stripe.addRect(QRectF(box.x() + index * width, top, width - (index < len(stripes) - 1), height))
        painter.fillPath(outline.intersected(stripe), tread_colour(palette, heat))
    if tyre.heat is not None and tyre.heat is not Heat.RIGHT:
        is_covered = left > COVERS_MIDDLE
        _chevrons(canvas, box, tyre.heat, palette.on_colour if is_covered else tread_colour(palette, tyre.heat))


def tread_colour(palette: Palette, heat: Heat | None) -> QColor:
    """Cold and hot by colour, right and unknown neutral; less of it where it is only near its window."""
    if heat is None or heat is Heat.RIGHT:
        colour = QColor(palette.ideal if heat is Heat.RIGHT else palette.text_dim)
        colour.setAlpha(CALM)
        return colour
    colour = QColor(palette.hot if heat > 0 else palette.cold)
    colour.setAlpha(FULL if abs(heat) > 1 else PART)
    return colour


def _chevrons(canvas: Canvas, box: QRectF, heat: Heat, ink: QColor) -> None:
    """What the colour says, said by shape: upwards too hot, downwards too cold, two of them far out."""
    up = 1 if heat > 0 else -1
    for index in range(abs(heat)):
        x, y = box.center().x(), box.center().y() + (index * 9 - (abs(heat) - 1) * 4.5)
        canvas.shape(
            [
                (x - 6, y + 2.5 * up),
                (x, y - 3.5 * up),
                (x + 6, y + 2.5 * up),
                (x + 6, y + 5.5 * up),
                (x, y - 0.5 * up),
                (x - 6, y + 5.5 * up),
            ],
            ink,
        )


def _trend(canvas: Canvas, x: float, y: float, warming: int) -> None:
    if warming:
        foot, tip = y + 3.5 * warming, y - 3.5 * warming
        canvas.shape([(x - 4, foot), (x, tip), (x + 4, foot)], canvas.palette.text_dim)


def _middle(canvas: Canvas, view: TyresView) -> None:
    palette, middle = canvas.palette, canvas.width / 2
    if view.compound is not None:
        name = NAMES.get(view.compound, view.compound)
        room = canvas.width - 2 * (TYRE_X + TYRE_WIDTH + 6)
        canvas.text(middle, CORNER_TOP + 20, name, theme.BODY_STRONG, palette.text_soft, Align.CENTRE, room)
    if view.age_laps is not None:
        text = "1 lap old" if view.age_laps == 1 else f"{view.age_laps} laps old"
        canvas.text(middle, CORNER_TOP + 38, text, theme.CAPTION, palette.text_dim, Align.CENTRE)
    if view.laps is not None:
        baseline = CORNER_TOP + CORNER_HEIGHT + CORNER_GAP / 2 + 10
        ink = palette.warning if view.laps < 2 else palette.text
        hero(canvas, middle, baseline, str(view.laps), "", ink, Align.CENTRE)


def _foot(canvas: Canvas, hardest: str) -> None:
    if hardest:
        baseline = canvas.height - 9
        text = f"{hardest.capitalize()} works hardest"
        canvas.text(canvas.width / 2, baseline, text, theme.CAPTION, canvas.palette.text_dim, Align.CENTRE)
