"""Gear, speed, lights, lap times and pedals in one silhouette."""

from __future__ import annotations

import msgspec
from PyQt6.QtCore import QSizeF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.traces import Trace, paint_trace
from desktop_client.overlay.widget import Notice, Widget
from desktop_client.overlay.wording import lap_text
from desktop_client.race.dash import LIGHTS, DashView, Drs, LapMark, SpeedUnit, dash
from desktop_client.race.inputs import InputsView
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 640.0, 144.0
LIGHTS_Y, LIGHT_HEIGHT, LIGHT_GAP = 8.0, 7.0, 4.0
LIGHT_COLOURS = (theme.GAINED, theme.WARNING, theme.LOST)
SHIFT_COLOUR = theme.YOU
TIMES_RIGHT = 184.0
TIMES_BASELINE, TIMES_STEP = 74.0, 26.0
GEAR_X = 250.0
TRACE_X, TRACE_TOP, TRACE_HEIGHT = 350.0, 32.0, 96.0
BAR_STEP, BAR_WIDTH = 34.0, 12.0
MARK_COLOURS = {
    LapMark.PLAIN: theme.TEXT,
    LapMark.OWN_BEST: theme.GAINED,
    LapMark.SESSION_BEST: theme.SESSION_BEST,
}


class DashSettings(msgspec.Struct, frozen=True):
    shown: bool = True
    speed_unit: SpeedUnit = "km/h"
    clutch: bool = False
    steering: bool = True


class Dash(Widget[DashSettings, DashView]):
    title = "Dash"
    needs = frozenset({Capability.INPUTS})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> DashView | Notice:
        return dash(frame, race, self.settings.speed_unit) or Notice("Waiting for your car")

    def paint_still(self, canvas: Canvas, view: DashView) -> None:
        for x, width in _lights(canvas):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, theme.GROOVE)
        for index, caption in enumerate(("Last", "Best"), start=1):
            baseline = TIMES_BASELINE + index * TIMES_STEP
            canvas.text(theme.PAD_X, baseline, caption, theme.CAPTION, theme.TEXT_DIM)
        canvas.text(GEAR_X, 133, self.settings.speed_unit, theme.CAPTION, theme.TEXT_DIM, Align.CENTRE)
        right = self._traces_right(canvas)
        for share, caption in ((0.0, "0"), (0.5, ""), (1.0, "100")):
            y = TRACE_TOP + TRACE_HEIGHT * (1 - share)
            canvas.box(TRACE_X, y - 0.5, right - TRACE_X, 1, theme.GROOVE, radius=0)
            baseline = middle_baseline(y - 6, 12, theme.CAPTION)
            canvas.text(TRACE_X - 6, baseline, caption, theme.CAPTION, theme.TEXT_DIM, Align.RIGHT)

    def paint(self, canvas: Canvas, view: DashView) -> None:
        _shift_lights(canvas, view.lights)
        _standing(canvas, view)
        _times(canvas, view)
        canvas.figures(GEAR_X, 82, view.gear, theme.GEAR, theme.TEXT, Align.CENTRE)
        speed = DASH if view.speed is None else str(view.speed)
        canvas.figures(GEAR_X, 117, speed, theme.HERO, theme.TEXT, Align.CENTRE)
        if view.drs is not Drs.ABSENT:
            canvas.chip(GEAR_X + 68, 58, "DRS", theme.GAINED, filled=view.drs is Drs.OPEN)
        self._pedals(canvas, view.inputs)

    def _traces_right(self, canvas: Canvas) -> float:
        bars = 3 if self.settings.clutch else 2
        return canvas.width - theme.PAD_X - BAR_STEP * (bars + 0.25)

    def _pedals(self, canvas: Canvas, inputs: InputsView) -> None:
        throttle, brake, clutch, steer = inputs.trace
        traces = [Trace(throttle, theme.GAINED), Trace(brake, theme.LOST)]
        bars = [(inputs.throttle, theme.GAINED), (inputs.brake, theme.LOST)]
        if self.settings.clutch:
            traces.insert(0, Trace(clutch, theme.YOU))
            bars.append((inputs.clutch, theme.YOU))
        if self.settings.steering:
            traces.append(Trace((steer + 1) / 2, theme.TEXT_DIM, filled=False))
        right = self._traces_right(canvas)
        for trace in traces:
            paint_trace(canvas, trace, TRACE_X, TRACE_TOP, right - TRACE_X, TRACE_HEIGHT)
        for index, (value, colour) in enumerate(bars):
            middle = right + BAR_STEP * (index + 0.75)
            percent = str(round(value * 100))
            canvas.figures(middle, TRACE_TOP + 9, percent, theme.CAPTION_STRONG, theme.TEXT, Align.CENTRE)
            top, height = TRACE_TOP + 16, TRACE_HEIGHT - 16
            canvas.box(middle - BAR_WIDTH / 2, top, BAR_WIDTH, height, theme.GROOVE)
            if value > 0:
                lit = height * value
                canvas.box(middle - BAR_WIDTH / 2, top + height - lit, BAR_WIDTH, lit, colour)


def _lights(canvas: Canvas) -> list[tuple[float, float]]:
    """Left edge and width of every light, from left to right."""
    count = 2 * LIGHTS
    width = (canvas.width - 2 * theme.PAD_X - (count - 1) * LIGHT_GAP) / count
    return [(theme.PAD_X + index * (width + LIGHT_GAP), width) for index in range(count)]


def _shift_lights(canvas: Canvas, lit: int) -> None:
    lights = _lights(canvas)
    for index in range(lit):
        colour = SHIFT_COLOUR if lit == LIGHTS else LIGHT_COLOURS[index * len(LIGHT_COLOURS) // LIGHTS]
        for x, width in (lights[index], lights[-1 - index]):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, colour)


def _standing(canvas: Canvas, view: DashView) -> None:
    """Position among the cars on the left, lap of the race on the right."""
    baseline = TIMES_BASELINE - TIMES_STEP - 4
    if view.position is not None:
        text = f"P{view.position}"
        width = canvas.figures(theme.PAD_X, baseline, text, theme.BODY_STRONG, theme.TEXT, Align.LEFT)
        x = theme.PAD_X + width + 1
        canvas.figures(x, baseline, f"/{view.cars}", theme.CAPTION, theme.TEXT_DIM, Align.LEFT)
    if view.lap is not None:
        total = "" if view.total_laps is None else f"/{view.total_laps}"
        width = canvas.figures(TIMES_RIGHT, baseline, total, theme.CAPTION, theme.TEXT_DIM)
        x = TIMES_RIGHT - width - 1
        width = canvas.figures(x, baseline, f"L{view.lap}", theme.BODY_STRONG, theme.TEXT)


def _times(canvas: Canvas, view: DashView) -> None:
    running = theme.TEXT if view.lap_valid else theme.LOST
    caption, ink = ("Lap", theme.TEXT_DIM) if view.lap_valid else ("Invalid", theme.LOST)
    canvas.text(theme.PAD_X, TIMES_BASELINE, caption, theme.CAPTION, ink)
    rows = (
        (lap_text(view.lap_time_s, decimals=1), theme.BODY_STRONG, running),
        (lap_text(view.last_lap_s), theme.BODY, MARK_COLOURS[view.last_mark]),
        (lap_text(view.best_lap_s), theme.BODY, theme.TEXT_SOFT),
    )
    for index, (text, style, colour) in enumerate(rows):
        canvas.figures(TIMES_RIGHT, TIMES_BASELINE + index * TIMES_STEP, text, style, colour)
    if view.last_mark is not LapMark.PLAIN:
        middle = TIMES_BASELINE + TIMES_STEP - 5
        left = TIMES_RIGHT - canvas.figures_width(rows[1][0], theme.BODY) - 14
        foot = middle + (4 if view.last_mark is LapMark.SESSION_BEST else 0)
        points = [(left, middle), (left + 4, middle - 4), (left + 8, middle), (left + 4, foot)]
        canvas.shape(points, MARK_COLOURS[view.last_mark])
