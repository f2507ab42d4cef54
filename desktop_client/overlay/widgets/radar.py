"""The cars around the driver's own from above, and a bar at the side where one is alongside."""

from __future__ import annotations

import functools
import math
from typing import Annotated

import msgspec
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Absent, Notice, Widget
from desktop_client.race.dash import PER_MPS, SpeedUnit
from desktop_client.race.lifecycle import Race
from desktop_client.race.radar import CAR_LENGTH_M, CAR_WIDTH_M, Blip, Danger, Flank, RadarView, radar
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 184.0, 240.0
BAR_WIDTH, BAR_GAP, BAR_HEIGHT = 8.0, 4.0, 160.0
EDGE = 3.0  # of casing around whatever is drawn
CASING_PX = 2.0
SHADES = 6  # steps from near to far
FAINTEST = 0.45
TAG_HEIGHT = 22.0

Range = Annotated[float, msgspec.Meta(ge=10, le=50)]


class RadarSettings(msgspec.Struct, frozen=True):
    range_m: Range = 25.0
    side_bars: bool = True
    speed_unit: SpeedUnit = "km/h"


class Radar(Widget[RadarSettings, RadarView]):
    title = "Radar"
    settings_type = RadarSettings
    rate_hz = 15
    has_panel = False
    needs_any = frozenset({Capability.OPPONENT_POSITION, Capability.SPOTTER})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> RadarView | Notice | Absent:
        return radar(frame, race, self.settings.range_m) or Absent()

    def demo(self) -> RadarView:
        return RadarView(
            blips=(
                Blip(18.4, -1.6, 0, Danger.NONE),
                Blip(-16.2, 1.2, 0, Danger.NONE),
                Blip(8.6, 2.4, -6, Danger.NEAR),
                Blip(-2.2, -2.6, 3, Danger.TOUCHING),
            ),
            left=None,
            right=Flank(0.0, 0.66, Danger.TOUCHING),
            approach_mps=9,
        )

    def paint(self, canvas: Canvas, view: RadarView) -> None:
        scale = canvas.height / 2 / self.settings.range_m
        middle = QPointF(canvas.width / 2, canvas.height / 2)
        room = QRectF(0, 0, canvas.width, canvas.height)
        half = math.hypot(CAR_LENGTH_M, CAR_WIDTH_M) / 2 * scale + EDGE
        inside = room.adjusted(half, half, -half, -half)
        for blip in view.blips:
            at = QPointF(middle.x() - blip.left_m * scale, middle.y() - blip.ahead_m * scale)
            if inside.contains(at):
                shade = self._shade(blip)
                key = (blip.danger, shade, blip.turn_deg, scale)
                draw = functools.partial(_draw_car, palette=canvas.palette, blip=blip, shade=shade, scale=scale)
                canvas.stamp(at, half, key, draw)
        canvas.stamp(middle, half, ("own", scale), functools.partial(_draw_own, palette=canvas.palette, scale=scale))
        if self.settings.side_bars:
            self._bar(canvas, view.left, EDGE, 1)
            self._bar(canvas, view.right, canvas.width - EDGE - BAR_WIDTH, -1)
        if view.approach_mps is not None:
            self._approach(canvas, view.approach_mps)

    def _shade(self, blip: Blip) -> int:
        """How near a car is, from 0 at the edge of the radar to `SHADES`."""
        far = min(1.0, math.hypot(blip.ahead_m, blip.left_m) / self.settings.range_m)
        return round((1 - far) * SHADES)

    def _bar(self, canvas: Canvas, flank: Flank | None, x: float, inwards: int) -> None:
        """As long as the part of the own car that is covered; a second one beside it for a second car."""
        if flank is None:
            return
        height = min(BAR_HEIGHT, canvas.height - 2 * EDGE)
        foot = (canvas.height + height) / 2
        top, bottom = foot - height * flank.end, foot - height * flank.start
        for index in range(flank.cars):
            left = x + inwards * index * (BAR_WIDTH + BAR_GAP)
            canvas.box(left - CASING_PX, top - CASING_PX, BAR_WIDTH + 4, bottom - top + 4, canvas.palette.casing, 5.0)
            canvas.box(left, top, BAR_WIDTH, bottom - top, _colour(canvas.palette, flank.danger), 3.0)

    def _approach(self, canvas: Canvas, closing_mps: int) -> None:
        unit = self.settings.speed_unit
        text = f"+{round(closing_mps * PER_MPS[unit])}"
        figures = canvas.figures_width(text, theme.BODY_STRONG)
        width = figures + 4 + canvas.text_width(unit, theme.CAPTION)
        left, top = (canvas.width - width) / 2, canvas.height - TAG_HEIGHT - EDGE
        canvas.box(left - 8, top, width + 16, TAG_HEIGHT, canvas.palette.casing, 4.0)
        baseline = middle_baseline(top, TAG_HEIGHT, theme.BODY_STRONG)
        canvas.figures(left, baseline, text, theme.BODY_STRONG, canvas.palette.warning, Align.LEFT)
        canvas.text(left + figures + 4, baseline, unit, theme.CAPTION, canvas.palette.text_soft)


def _colour(palette: Palette, danger: Danger) -> QColor:
    return {Danger.NONE: palette.text_soft, Danger.NEAR: palette.warning, Danger.TOUCHING: palette.lost}[danger]


def _draw_car(painter: QPainter, palette: Palette, blip: Blip, shade: int, scale: float) -> None:
    colour = QColor(_colour(palette, blip.danger))
    if blip.danger is Danger.NONE:
        colour.setAlphaF(FAINTEST + (1 - FAINTEST) * shade / SHADES)
    painter.rotate(-blip.turn_deg)
    _body(painter, colour, palette.casing, scale)


def _draw_own(painter: QPainter, palette: Palette, scale: float) -> None:
    _body(painter, palette.you, palette.casing, scale)


def _body(painter: QPainter, colour: QColor, casing: QColor, scale: float) -> None:
    width, length = CAR_WIDTH_M * scale, CAR_LENGTH_M * scale
    body = QRectF(-width / 2, -length / 2, width, length)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(casing)
    painter.drawRoundedRect(body.adjusted(-CASING_PX, -CASING_PX, CASING_PX, CASING_PX), 4.0, 4.0)
    painter.setBrush(colour)
    painter.drawRoundedRect(body, 2.5, 2.5)
