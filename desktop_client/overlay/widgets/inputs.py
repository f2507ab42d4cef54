"""Pedals and wheel over the last seconds, with what they are now."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from typing import Annotated

import msgspec
import numpy as np
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.traces import Curve, TraceStrip
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.inputs import COLUMNS_PER_S, LONGEST_SPAN_S, InputsView
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 304.0, 144.0  # as high as the dash, so that both dock
TRACE_X, TRACE_TOP, TRACE_HEIGHT = 40.0, 14.0, 116.0
BAR_STEP, BAR_WIDTH = 32.0, 12.0
BAR_TOP, BAR_FOOT = 28.0, 108.0
WHEEL_Y, WHEEL_HEIGHT = 120.0, 8.0
STEER_ALPHA = 26
COLUMNS_AT_A_TIME = 2  # fifteen times a second the trace moves by two columns, the bars move with every look

Span = Annotated[float, msgspec.Meta(ge=2, le=LONGEST_SPAN_S)]


class InputsSettings(msgspec.Struct, frozen=True):
    span_s: Span = 8.0
    clutch: bool = False
    steering: bool = True


class Inputs(Widget[InputsSettings, InputsView]):
    title = "Inputs"
    settings_type = InputsSettings
    rate_hz = 30
    needs = frozenset({Capability.INPUTS})

    def __init__(self, settings: InputsSettings) -> None:
        super().__init__(settings)
        self._strip = TraceStrip()

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> InputsView | Notice:
        if frame.player is None:
            return Notice("Waiting for your car")
        return race.inputs.view(frame.player, self.settings.span_s)

    def demo(self) -> InputsView:
        time = np.linspace(0.0, self.settings.span_s, round(self.settings.span_s * COLUMNS_PER_S))
        phase = np.mod(time + 1.1, 4.0)  # a corner every four seconds: brake, turn, and out of it
        brake = np.interp(phase, (0.0, 0.15, 0.7, 1.5), (0.0, 1.0, 0.85, 0.0))
        throttle = np.interp(phase, (0.0, 0.05, 1.7, 2.1, 2.7, 4.0), (1.0, 0.0, 0.0, 0.45, 1.0, 1.0))
        steer = 0.55 * np.interp(phase, (0.4, 1.3, 1.9, 3.1), (0.0, -1.0, -0.9, 0.0)) * np.sign(np.sin(time))
        is_abs = ((phase > 0.2) & (phase < 0.55)).astype(float)
        is_tc = ((phase > 2.0) & (phase < 2.3)).astype(float)
        trace = np.stack((throttle, brake, 0 * brake, steer, is_abs, is_tc))
        now = trace[:, -1].tolist()
        return InputsView(now[0], now[1], now[2], now[3], now[4] > 0, now[5] > 0, newest=0, begun=0, trace=trace)

    def still(self, view: InputsView) -> Hashable:
        return self._bars

    def paint_still(self, canvas: Canvas, view: InputsView) -> None:
        palette = canvas.palette
        box = self._trace_box(canvas.width)
        for share, caption in ((0.0, "0"), (0.5, ""), (1.0, "100")):
            y = box.bottom() - box.height() * share
            canvas.box(box.x(), y - 0.5, box.width(), 1, palette.groove, radius=0)
            baseline = middle_baseline(y - 6, 12, theme.CAPTION)
            canvas.figures(box.x() - 6, baseline, caption, theme.CAPTION, palette.text_dim)
        for index in range(self._bars):
            middle = self._bar_middle(canvas.width, index)
            canvas.box(middle - BAR_WIDTH / 2, BAR_TOP, BAR_WIDTH, self._bar_foot - BAR_TOP, palette.groove)
        if self.settings.steering:
            left, right = self._wheel(canvas.width)
            canvas.box(left, WHEEL_Y, right - left, WHEEL_HEIGHT, palette.groove)

    def cells(self, room: Room, view: InputsView) -> Iterable[Cell]:
        box = self._trace_box(room.width)
        trace = functools.partial(self._paint_trace, view=view, box=box)
        yield Cell(box, (view.newest // COLUMNS_AT_A_TIME, view.begun), trace)
        now = (view.throttle, view.brake, view.clutch, view.steer, view.abs_active, view.tc_active)
        left = box.right() + 2
        yield Cell(
            QRectF(left, 8, room.width - left - 2, HEIGHT - 12), now, functools.partial(self._paint_now, view=view)
        )

    @property
    def _bars(self) -> int:
        return 3 if self.settings.clutch else 2

    @property
    def _bar_foot(self) -> float:
        return BAR_FOOT if self.settings.steering else TRACE_TOP + TRACE_HEIGHT

    def _trace_box(self, width: float) -> QRectF:
        right = width - theme.PAD_X - BAR_STEP * self._bars - 4
        return QRectF(TRACE_X, TRACE_TOP, right - TRACE_X, TRACE_HEIGHT)

    def _bar_middle(self, width: float, index: int) -> float:
        return width - theme.PAD_X - BAR_STEP * (self._bars - index - 0.5)

    def _wheel(self, width: float) -> tuple[float, float]:
        """Left and right end of the gauge of the steering wheel."""
        return width - theme.PAD_X - BAR_STEP * self._bars + 6, width - theme.PAD_X - 6

    def _paint_trace(self, canvas: Canvas, view: InputsView, box: QRectF) -> None:
        throttle, brake, clutch, steer, is_abs, is_tc = view.trace
        palette = canvas.palette
        inks = _inks(palette)
        curves = [
            Curve(throttle, inks[0], marks=is_tc, mark_colour=palette.warning),
            Curve(brake, inks[1], marks=is_abs, mark_colour=palette.warning),
        ]
        if self.settings.clutch:
            curves.insert(0, Curve(clutch, inks[2]))
        if self.settings.steering:
            wheel = Curve((steer + 1) / 2, palette.text_dim, base=0.5, fill_alpha=STEER_ALPHA, line_width=1.5)
            curves.insert(0, wheel)
        self._strip.paint(canvas.painter, box, curves, view.newest, view.begun)

    def _paint_now(self, canvas: Canvas, view: InputsView) -> None:
        inks, text, warning = _inks(canvas.palette), canvas.palette.text, canvas.palette.warning
        values = (view.throttle, view.brake, view.clutch)[: self._bars]
        works = (view.tc_active, view.abs_active, False)
        room = self._bar_foot - BAR_TOP
        for index, value in enumerate(values):
            middle = self._bar_middle(canvas.width, index)
            canvas.figures(middle, 22, str(round(value * 100)), theme.CAPTION_STRONG, text, Align.CENTRE)
            if value > 0:
                ink = warning if works[index] else inks[index]
                canvas.box(middle - BAR_WIDTH / 2, self._bar_foot - room * value, BAR_WIDTH, room * value, ink)
        if self.settings.steering:
            left, right = self._wheel(canvas.width)
            middle = (left + right) / 2
            at = middle + (right - left) / 2 * view.steer
            canvas.painter.fillRect(
                QRectF(min(middle, at), WHEEL_Y, abs(at - middle), WHEEL_HEIGHT), canvas.palette.text_dim
            )
            canvas.painter.fillRect(QRectF(at - 1.5, WHEEL_Y - 3, 3, WHEEL_HEIGHT + 6), text)


def _inks(palette: Palette) -> tuple[QColor, QColor, QColor]:
    """Throttle, brake, clutch."""
    return palette.gained, palette.lost, palette.you
