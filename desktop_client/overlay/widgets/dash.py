"""Gear, speed, lights and lap times in one silhouette."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Hashable, Iterable

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.lettering import DASH, Align
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import lap_text
from desktop_client.race.dash import LIGHTS, Aid, Chip, DashView, LapMark, SpeedUnit, dash, gear_text, lights
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 384.0, 144.0
LIGHTS_Y, LIGHT_HEIGHT, LIGHT_GAP = 8.0, 7.0, 4.0
TIMES_RIGHT = 172.0
STANDING_BASELINE = 46.0
TIMES_BASELINE, TIMES_STEP = 76.0, 25.0
GEAR_X, GEAR_BASELINE, GEAR_WIDTH = 222.0, 102.0, 64.0
SPEED_BASELINE, RPM_BASELINE = 58.0, 78.0
UNIT_WIDTH = 34.0
CHIP_MIDDLES = (99.0, 121.0)
CHIP_GAP = 6.0
WORDS = {Aid.LIMITER: "PIT", Aid.DRS: "DRS", Aid.AERO: "AERO", Aid.OVERTAKE: "P2P", Aid.ABS: "ABS", Aid.TC: "TC"}
FIGURES_S = 0.095  # figures change ten times a second: faster ones cannot be read


class DashSettings(msgspec.Struct, frozen=True):
    speed_unit: SpeedUnit = "km/h"
    rpm: bool = True


class Dash(Widget[DashSettings, DashView]):
    title = "Dash"
    settings_type = DashSettings
    rate_hz = 30
    needs = frozenset({Capability.INPUTS})

    def __init__(self, settings: DashSettings) -> None:
        super().__init__(settings)
        self._read_at = -math.inf
        self._before: DashView | None = None

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> DashView | Notice:
        """All of it ten times a second; between that only what a driver reacts to: the gear and the lights."""
        player, before = frame.player, self._before
        if player is not None and before is not None and 0 <= frame.at - self._read_at < FIGURES_S:
            now = gear_text(player.gear), lights(player)
            if now != (before.gear, before.lights):
                self._before = dataclasses.replace(before, gear=now[0], lights=now[1])
            return self._before or before
        self._read_at, self._before = frame.at, dash(frame, race, self.settings.speed_unit)
        return self._before or Notice("Waiting for your car")

    def demo(self) -> DashView:
        return DashView(
            gear="6",
            speed=243,
            rpm=11_450,
            lights=5,
            chips=(Chip(Aid.DRS, active=True), Chip(Aid.TC, active=True), Chip(Aid.BRAKE_BIAS, value=0.565)),
            position=4,
            cars=22,
            lap=12,
            total_laps=29,
            lap_time_s=61.4,
            lap_valid=True,
            last_lap_s=94.354,
            last_mark=LapMark.OWN_BEST,
            best_lap_s=94.354,
        )

    def still(self, view: DashView) -> Hashable:
        return view.lap_valid, view.rpm is None

    def paint_still(self, canvas: Canvas, view: DashView) -> None:
        palette = canvas.palette
        for x, width in _lights(canvas.width):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, palette.groove)
        captions = ("Lap" if view.lap_valid else "Invalid", "Last", "Best")
        for index, caption in enumerate(captions):
            ink = palette.text_dim if index or view.lap_valid else palette.lost
            canvas.text(theme.PAD_X, TIMES_BASELINE + index * TIMES_STEP, caption, theme.CAPTION, ink)
        unit = canvas.width - theme.PAD_X - UNIT_WIDTH + 4
        canvas.text(unit, SPEED_BASELINE, self.settings.speed_unit, theme.CAPTION, palette.text_dim)
        if self._shows_rpm(view):
            canvas.text(unit, RPM_BASELINE, "rpm", theme.CAPTION, palette.text_dim)

    def cells(self, room: Room, view: DashView) -> Iterable[Cell]:
        width = room.width
        yield Cell(QRectF(0, LIGHTS_Y - 1, width, LIGHT_HEIGHT + 2), view.lights, functools.partial(_shift, view=view))
        standing = (view.position, view.cars, view.lap, view.total_laps)
        yield Cell(QRectF(8, 26, TIMES_RIGHT - 4, 28), standing, functools.partial(_standing, view=view))
        running = (view.lap_time_s, view.lap_valid)
        yield Cell(_row(0), running, functools.partial(_running, view=view))
        laps = (view.last_lap_s, view.best_lap_s, view.last_mark)
        yield Cell(_row(1).united(_row(2)), laps, functools.partial(_laps, view=view))
        gear = QRectF(GEAR_X - GEAR_WIDTH / 2, 40, GEAR_WIDTH, 76)
        yield Cell(gear, view.gear, functools.partial(_gear, view=view))
        left = GEAR_X + GEAR_WIDTH / 2
        speed = QRectF(left, 22, width - left - theme.PAD_X - UNIT_WIDTH + 2, RPM_BASELINE - 18)
        rpm = view.rpm if self._shows_rpm(view) else None
        yield Cell(speed, (view.speed, rpm), functools.partial(_speed, speed=view.speed, rpm=rpm))
        chips = QRectF(left - 8, CHIP_MIDDLES[0] - 10, width - left + 8, CHIP_MIDDLES[1] - CHIP_MIDDLES[0] + 20)
        yield Cell(chips, view.chips, functools.partial(_chips, view=view, left=left - 8))

    def _shows_rpm(self, view: DashView) -> bool:
        return self.settings.rpm and view.rpm is not None


def _row(index: int) -> QRectF:
    """The figures of one lap time, without its caption."""
    return QRectF(64, TIMES_BASELINE + index * TIMES_STEP - 17, TIMES_RIGHT - 60, TIMES_STEP)


def _lights(width: float) -> list[tuple[float, float]]:
    """Left edge and width of every light, from left to right."""
    count = 2 * LIGHTS
    each = (width - 2 * theme.PAD_X - (count - 1) * LIGHT_GAP) / count
    return [(theme.PAD_X + index * (each + LIGHT_GAP), each) for index in range(count)]


def _shift(canvas: Canvas, view: DashView) -> None:
    """The lights from both edges to the middle, in three steps; all of them in one colour mean: now."""
    palette = canvas.palette
    steps = (palette.gained, palette.warning, palette.lost)
    lights = _lights(canvas.width)
    for index in range(view.lights):
        colour = palette.you if view.lights == LIGHTS else steps[index * len(steps) // LIGHTS]
        for x, width in (lights[index], lights[-1 - index]):
            canvas.box(x, LIGHTS_Y, width, LIGHT_HEIGHT, colour)


def _standing(canvas: Canvas, view: DashView) -> None:
    """Position among the cars on the left, lap of the race on the right."""
    dim = canvas.palette.text_dim
    if view.position is not None:
        width = canvas.figures(theme.PAD_X, STANDING_BASELINE, f"P{view.position}", theme.BODY_STRONG, align=Align.LEFT)
        x = theme.PAD_X + width + 1
        canvas.figures(x, STANDING_BASELINE, f"/{view.cars}", theme.CAPTION, dim, Align.LEFT)
    if view.lap is not None:
        total = "" if view.total_laps is None else f"/{view.total_laps}"
        width = canvas.figures(TIMES_RIGHT, STANDING_BASELINE, total, theme.CAPTION, dim)
        canvas.figures(TIMES_RIGHT - width - 1, STANDING_BASELINE, f"L{view.lap}", theme.BODY_STRONG)


def _running(canvas: Canvas, view: DashView) -> None:
    colour = canvas.palette.text if view.lap_valid else canvas.palette.lost
    canvas.figures(TIMES_RIGHT, TIMES_BASELINE, lap_text(view.lap_time_s, decimals=1), theme.BODY_STRONG, colour)


def _laps(canvas: Canvas, view: DashView) -> None:
    palette = canvas.palette
    last, colour = lap_text(view.last_lap_s), _mark_colour(palette, view.last_mark)
    canvas.figures(TIMES_RIGHT, TIMES_BASELINE + TIMES_STEP, last, theme.BODY, colour)
    best = TIMES_BASELINE + 2 * TIMES_STEP
    canvas.figures(TIMES_RIGHT, best, lap_text(view.best_lap_s), theme.BODY, palette.text_soft)
    if view.last_mark is not LapMark.PLAIN:
        middle = TIMES_BASELINE + TIMES_STEP - 5
        left = TIMES_RIGHT - canvas.figures_width(last, theme.BODY) - 14
        foot = middle + (4 if view.last_mark is LapMark.SESSION_BEST else 0)
        canvas.shape([(left, middle), (left + 4, middle - 4), (left + 8, middle), (left + 4, foot)], colour)


def _mark_colour(palette: Palette, mark: LapMark) -> QColor:
    if mark is LapMark.PLAIN:
        return palette.text
    return palette.gained if mark is LapMark.OWN_BEST else palette.session_best


def _gear(canvas: Canvas, view: DashView) -> None:
    canvas.figures(GEAR_X, GEAR_BASELINE, view.gear, theme.GEAR, align=Align.CENTRE)


def _speed(canvas: Canvas, speed: int | None, rpm: int | None) -> None:
    right = canvas.width - theme.PAD_X - UNIT_WIDTH
    canvas.figures(right, SPEED_BASELINE, DASH if speed is None else str(speed), theme.HERO)
    if rpm is not None:
        canvas.figures(right, RPM_BASELINE, str(rpm), theme.CAPTION_STRONG, canvas.palette.text_soft)


def _chips(canvas: Canvas, view: DashView, left: float) -> None:
    """What has something to say, the most urgent first, in two rows that fill from the right."""
    row, right = 0, canvas.width - theme.PAD_X
    for chip in view.chips:
        text = _words(chip)
        width = canvas.figures_width(text, theme.CAPTION_STRONG) + 12
        if right - width < left:
            row, right = row + 1, canvas.width - theme.PAD_X
        if row == len(CHIP_MIDDLES):
            return
        right -= canvas.chip(right, CHIP_MIDDLES[row], text, _chip_colour(canvas.palette, chip), filled=chip.active)
        right -= CHIP_GAP


def _words(chip: Chip) -> str:
    if chip.aid is Aid.BRAKE_BIAS:
        return f"BB {100 * (chip.value or 0):.1f}"
    return WORDS[chip.aid] if chip.value is None else f"{WORDS[chip.aid]} {chip.value:.0f}"


def _chip_colour(palette: Palette, chip: Chip) -> QColor:
    if chip.aid in (Aid.DRS, Aid.AERO, Aid.OVERTAKE):
        return palette.gained
    if chip.aid is Aid.LIMITER:
        return palette.you
    return palette.warning if chip.active else palette.text_soft
