"""Gear, speed, lights, lap times and pedals in one silhouette."""

from __future__ import annotations

import msgspec
import numpy as np
from PyQt6.QtCore import QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.traces import Trace, paint_trace
from desktop_client.overlay.widget import Notice, Widget
from desktop_client.overlay.wording import lap_text
from desktop_client.race.dash import LIGHTS, DashView, Drs, LapMark, SpeedUnit, dash
from desktop_client.race.inputs import COLUMNS, InputsView
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 640.0, 144.0
LIGHTS_Y, LIGHT_HEIGHT, LIGHT_GAP = 8.0, 7.0, 4.0
TIMES_RIGHT = 184.0
TIMES_BASELINE, TIMES_STEP = 74.0, 26.0
GEAR_X = 250.0
TRACE_X, TRACE_TOP, TRACE_HEIGHT = 350.0, 32.0, 96.0
BAR_STEP, BAR_WIDTH = 34.0, 12.0


class DashSettings(msgspec.Struct, frozen=True):
    speed_unit: SpeedUnit = "km/h"
    clutch: bool = False
    steering: bool = True


class Dash(Widget[DashSettings, DashView]):
    title = "Dash"
    settings_type = DashSettings
    rate_hz = 30
    needs = frozenset({Capability.INPUTS})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> DashView | Notice:
        return dash(frame, race, self.settings.speed_unit) or Notice("Waiting for your car")

    def demo(self) -> DashView:
        time = np.linspace(0.0, 4 * np.pi, COLUMNS)
        wave = np.sin(time)
        trace = np.stack(
            (np.clip(wave * 1.6, 0, 1), np.clip(-wave * 1.4 - 0.5, 0, 1), 0 * wave, np.sin(time / 2) * 0.6)
        )
        inputs = InputsView(throttle=0.82, brake=0.0, clutch=0.0, steer=-0.12, revision=0, trace=trace)
        return DashView(
            gear="6",
            speed=243,
            lights=5,
            drs=Drs.AVAILABLE,
            position=4,
            cars=22,
            lap=12,
            total_laps=29,
            lap_time_s=61.4,
            lap_valid=True,
            last_lap_s=94.354,
            last_mark=LapMark.OWN_BEST,
            best_lap_s=94.354,
            inputs=inputs,
        )

    def paint_still(self, canvas: Canvas, view: DashView) -> None:
        for x, width in _lights(canvas):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, canvas.palette.groove)
        for index, caption in enumerate(("Last", "Best"), start=1):
            baseline = TIMES_BASELINE + index * TIMES_STEP
            canvas.text(theme.PAD_X, baseline, caption, theme.CAPTION, canvas.palette.text_dim)
        canvas.text(GEAR_X, 133, self.settings.speed_unit, theme.CAPTION, canvas.palette.text_dim, Align.CENTRE)
        right = self._traces_right(canvas)
        for share, caption in ((0.0, "0"), (0.5, ""), (1.0, "100")):
            y = TRACE_TOP + TRACE_HEIGHT * (1 - share)
            canvas.box(TRACE_X, y - 0.5, right - TRACE_X, 1, canvas.palette.groove, radius=0)
            baseline = middle_baseline(y - 6, 12, theme.CAPTION)
            canvas.text(TRACE_X - 6, baseline, caption, theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)

    def paint(self, canvas: Canvas, view: DashView) -> None:
        _shift_lights(canvas, view.lights)
        _standing(canvas, view)
        _times(canvas, view)
        canvas.figures(GEAR_X, 82, view.gear, theme.GEAR, canvas.palette.text, Align.CENTRE)
        speed = DASH if view.speed is None else str(view.speed)
        canvas.figures(GEAR_X, 117, speed, theme.HERO, canvas.palette.text, Align.CENTRE)
        if view.drs is not Drs.ABSENT:
            canvas.chip(GEAR_X + 68, 58, "DRS", canvas.palette.gained, filled=view.drs is Drs.OPEN)
        self._pedals(canvas, view.inputs)

    def _traces_right(self, canvas: Canvas) -> float:
        bars = 3 if self.settings.clutch else 2
        return canvas.width - theme.PAD_X - BAR_STEP * (bars + 0.25)

    def _pedals(self, canvas: Canvas, inputs: InputsView) -> None:
        throttle, brake, clutch, steer = inputs.trace
        traces = [Trace(throttle, canvas.palette.gained), Trace(brake, canvas.palette.lost)]
        bars = [(inputs.throttle, canvas.palette.gained), (inputs.brake, canvas.palette.lost)]
        if self.settings.clutch:
            traces.insert(0, Trace(clutch, canvas.palette.you))
            bars.append((inputs.clutch, canvas.palette.you))
        if self.settings.steering:
            traces.append(Trace((steer + 1) / 2, canvas.palette.text_dim, filled=False))
        right = self._traces_right(canvas)
        for trace in traces:
            paint_trace(canvas, trace, TRACE_X, TRACE_TOP, right - TRACE_X, TRACE_HEIGHT)
        for index, (value, colour) in enumerate(bars):
            middle = right + BAR_STEP * (index + 0.75)
            percent = str(round(value * 100))
            canvas.figures(middle, TRACE_TOP + 9, percent, theme.CAPTION_STRONG, canvas.palette.text, Align.CENTRE)
            top, height = TRACE_TOP + 16, TRACE_HEIGHT - 16
            canvas.box(middle - BAR_WIDTH / 2, top, BAR_WIDTH, height, canvas.palette.groove)
            if value > 0:
                lit = height * value
                canvas.box(middle - BAR_WIDTH / 2, top + height - lit, BAR_WIDTH, lit, colour)


def _lights(canvas: Canvas) -> list[tuple[float, float]]:
    """Left edge and width of every light, from left to right."""
    count = 2 * LIGHTS
    width = (canvas.width - 2 * theme.PAD_X - (count - 1) * LIGHT_GAP) / count
    return [(theme.PAD_X + index * (width + LIGHT_GAP), width) for index in range(count)]


def _shift_lights(canvas: Canvas, lit: int) -> None:
    lights, palette = _lights(canvas), canvas.palette
    steps = (palette.gained, palette.warning, palette.lost)
    for index in range(lit):
        colour = palette.you if lit == LIGHTS else steps[index * len(steps) // LIGHTS]
        for x, width in (lights[index], lights[-1 - index]):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, colour)


def _standing(canvas: Canvas, view: DashView) -> None:
    """Position among the cars on the left, lap of the race on the right."""
    baseline = TIMES_BASELINE - TIMES_STEP - 4
    if view.position is not None:
        text = f"P{view.position}"
        width = canvas.figures(theme.PAD_X, baseline, text, theme.BODY_STRONG, canvas.palette.text, Align.LEFT)
        x = theme.PAD_X + width + 1
        canvas.figures(x, baseline, f"/{view.cars}", theme.CAPTION, canvas.palette.text_dim, Align.LEFT)
    if view.lap is not None:
        total = "" if view.total_laps is None else f"/{view.total_laps}"
        width = canvas.figures(TIMES_RIGHT, baseline, total, theme.CAPTION, canvas.palette.text_dim)
        x = TIMES_RIGHT - width - 1
        width = canvas.figures(x, baseline, f"L{view.lap}", theme.BODY_STRONG, canvas.palette.text)


def _times(canvas: Canvas, view: DashView) -> None:
    running = canvas.palette.text if view.lap_valid else canvas.palette.lost
    caption, ink = ("Lap", canvas.palette.text_dim) if view.lap_valid else ("Invalid", canvas.palette.lost)
    canvas.text(theme.PAD_X, TIMES_BASELINE, caption, theme.CAPTION, ink)
    rows = (
        (lap_text(view.lap_time_s, decimals=1), theme.BODY_STRONG, running),
        (lap_text(view.last_lap_s), theme.BODY, _mark_colour(canvas.palette, view.last_mark)),
        (lap_text(view.best_lap_s), theme.BODY, canvas.palette.text_soft),
    )
    for index, (text, style, colour) in enumerate(rows):
        canvas.figures(TIMES_RIGHT, TIMES_BASELINE + index * TIMES_STEP, text, style, colour)
    if view.last_mark is not LapMark.PLAIN:
        middle = TIMES_BASELINE + TIMES_STEP - 5
        left = TIMES_RIGHT - canvas.figures_width(rows[1][0], theme.BODY) - 14
        foot = middle + (4 if view.last_mark is LapMark.SESSION_BEST else 0)
        points = [(left, middle), (left + 4, middle - 4), (left + 8, middle), (left + 4, foot)]
        canvas.shape(points, _mark_colour(canvas.palette, view.last_mark))


def _mark_colour(palette: Palette, mark: LapMark) -> QColor:
    match mark:
        case LapMark.SESSION_BEST:
            return palette.session_best
        case LapMark.OWN_BEST:
            return palette.gained
        case LapMark.PLAIN:
            return palette.text
