"""How much is left, where one stands, and the weather with what it will be: as few lines as there is news."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec
from PyQt6.QtCore import QRectF, QSizeF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.session_lines import LINE_HEIGHTS, paint_counted, paint_left, paint_rain, paint_weather
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.lifecycle import Race
from desktop_client.race.session import Counted, SessionView, session
from desktop_client.race.weather import Change, Trend, WeatherView, Wetness, weather
from desktop_client.telemetry.frame import Capability, Frame, SessionKind, Sky

WIDTH = 304.0
SAYS_SOMETHING = frozenset({Capability.LAP_TIMES, Capability.OPPONENTS, Capability.WEATHER})


class SessionSettings(msgspec.Struct, frozen=True):
    weather: bool = True
    horizon_min: Literal[30, 60] = 60
    counted: bool = True  # incidents, warnings, penalties


@dataclass(frozen=True, slots=True)
class SessionAndWeather:
    session: SessionView
    weather: WeatherView | None


class Session(Widget[SessionSettings, SessionAndWeather]):
    title = "Session"
    settings_type = SessionSettings
    rate_hz = 4
    has_panel = False  # the panel ends below the last line that has something to say

    @property
    def natural_size(self) -> QSizeF:
        chosen = self.settings
        lines = ["left", *(("weather", "rain") if chosen.weather else ()), *(("counted",) if chosen.counted else ())]
        return QSizeF(WIDTH, sum(LINE_HEIGHTS[line] for line in lines) + 2 * theme.PAD_Y)

    def view(self, frame: Frame, race: Race) -> SessionAndWeather | Notice:
        if not frame.capabilities & SAYS_SOMETHING:
            return Notice("This game does not speak of its session")
        sky = weather(frame, race.weather, self.settings.horizon_min) if self.settings.weather else None
        return SessionAndWeather(session(frame, race), sky)

    def demo(self) -> SessionAndWeather:
        return SessionAndWeather(
            SessionView(
                kind=SessionKind.RACE,
                lap=31,
                total_laps=57,
                laps_left=27,
                perhaps_one_more=False,
                time_left_s=None,
                place=4,
                cars=22,
                incidents=Counted(4, 17),
                warnings=Counted(1),
                penalty_s=None,
                pit_window=None,
                neutralised=False,
            ),
            WeatherView(
                air_c=22,
                track_c=31,
                air_trend=Trend.STEADY,
                track_trend=Trend.FALLING,
                sky=Sky.LIGHT_CLOUD,
                wetness=Wetness.DRY,
                wetness_trend=Trend.STEADY,
                change=Change.RAIN_COMES,
                change_in_min=25,
                chances=(0.0, 0.1, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.9, 0.7, 0.5, 0.4, 0.3)[
                    : self.settings.horizon_min // 5 + 1
                ],
            ),
        )

    def still(self, view: SessionAndWeather) -> Hashable:
        return tuple(name for name, _, _ in self._lines(view))

    def paint_still(self, canvas: Canvas, view: SessionAndWeather) -> None:
        height = sum(LINE_HEIGHTS[name] for name, _, _ in self._lines(view)) + 2 * theme.PAD_Y
        canvas.panel(opaque=False, height=min(canvas.height, height))

    def cells(self, room: Room, view: SessionAndWeather) -> Iterable[Cell]:
        top = theme.PAD_Y
        for name, key, paint in self._lines(view):
            height = LINE_HEIGHTS[name]
            yield Cell(QRectF(0, top, room.width, height), key, functools.partial(paint, top=top))
            top += height

    def _lines(self, view: SessionAndWeather) -> Iterator[tuple[str, Hashable, Callable[..., None]]]:
        """The lines that have something to say: name, what they depend on, and how they are painted."""
        told, sky = view.session, view.weather
        yield "left", told, functools.partial(paint_left, view=told)
        if sky is not None and (sky.air_c, sky.track_c, sky.sky, sky.wetness) != (None, None, None, None):
            yield "weather", sky, functools.partial(paint_weather, view=sky)
        if sky is not None and (sky.chances or sky.change is not None):
            yield "rain", sky, functools.partial(paint_rain, view=sky)
        if self.settings.counted and (told.incidents or told.warnings or told.penalty_s or told.pit_window):
            yield "counted", told, functools.partial(paint_counted, view=told)
