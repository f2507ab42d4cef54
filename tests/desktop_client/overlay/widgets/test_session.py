"""The session and its weather as they are painted: as few lines as there is news."""

import dataclasses

import pytest

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.session_lines import clock_words, left_words
from desktop_client.overlay.widgets.session import Session, SessionAndWeather, SessionSettings
from desktop_client.race.lifecycle import Race
from desktop_client.race.session import Counted
from desktop_client.race.weather import Change, Trend, Wetness
from desktop_client.telemetry.frame import Forecast, SessionKind, Sky, Weather

WIDGET = Session(SessionSettings())


def demo(of_session=None, **of_weather) -> SessionAndWeather:
    view = WIDGET.demo()
    assert view.weather is not None
    return SessionAndWeather(
        dataclasses.replace(view.session, **(of_session or {})), dataclasses.replace(view.weather, **of_weather)
    )


def lines_of(view, widget: Session = WIDGET) -> list[str]:
    return [name for name, _, _ in widget._lines(view)]


def seen(frame, widget: Session = WIDGET) -> SessionAndWeather:
    race = Race()
    race.take(frame)
    view = widget.look(frame, race)
    assert isinstance(view, SessionAndWeather)
    return view


def test_a_line_that_has_nothing_to_say_is_not_there(frame_at):
    assert lines_of(seen(frame_at(200.0))) == ["left"]
    assert lines_of(seen(frame_at(200.0, air_temperature_c=20.0))) == ["left", "weather"]
    assert lines_of(demo()) == ["left", "weather", "rain", "counted"]


def test_rain_gets_its_line_only_when_it_is_near(frame_at):
    dry = Weather(sky=Sky.CLEAR, forecast=(Forecast(1800, Sky.CLEAR, 0.0),))
    wet = Weather(sky=Sky.CLEAR, forecast=(Forecast(1800, Sky.RAIN, 0.8),))
    assert "rain" not in lines_of(seen(frame_at(200.0, weather=dry)))
    assert "rain" in lines_of(seen(frame_at(200.0, weather=wet)))


def test_a_driver_may_leave_the_weather_and_the_stewards_out(frame_at):
    widget = Session(SessionSettings(weather=False, counted=False))
    assert lines_of(seen(frame_at(200.0, air_temperature_c=20.0), widget), widget) == ["left"]
    assert widget.natural_size.height() < WIDGET.natural_size.height()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"laps_left": 27}, ("27", "laps to go")),
        ({"laps_left": 1}, ("Last lap", "")),
        ({"laps_left": 0}, ("Finish", "")),
        ({"total_laps": None, "time_left_s": 1421, "laps_left": 14}, ("23:41", "about 14 laps")),
        (
            {"total_laps": None, "time_left_s": 1421, "laps_left": 14, "perhaps_one_more": True},
            ("23:41", "14 or 15 laps"),
        ),
        ({"total_laps": None, "time_left_s": 0, "laps_left": 1}, ("0:00", "last lap")),
        ({"kind": SessionKind.PRACTICE, "total_laps": None, "time_left_s": 59, "laps_left": None}, ("0:59", "left")),
        ({"kind": SessionKind.TIME_TRIAL, "total_laps": None, "laps_left": None}, ("Time trial", "")),
    ],
)
def test_what_is_left_is_said_as_a_driver_would(told, words):
    assert left_words(demo(told).session) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (61, "1:01"), (3599, "59:59"), (3600, "1:00:00"), (86_399, "23:59:59")]
)
def test_a_time_has_hours_only_where_there_are_some(seconds, words):
    assert clock_words(seconds) == words


LONGEST = {
    "total_laps": None,
    "time_left_s": 86_399,
    "laps_left": 1234,
    "perhaps_one_more": True,
    "lap": 1234,
    "place": 60,
    "cars": 60,
    "incidents": Counted(1234, 9999),
    "warnings": Counted(99),
    "penalty_s": 110,
    "pit_window": (118, 124),
    "neutralised": True,
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("told", [{}, LONGEST, {"place": None, "lap": None, "laps_left": None, "total_laps": None}])
@pytest.mark.parametrize("sky", Sky)
def test_nothing_leaves_the_widget(sheet_of, scale, told, sky):
    view = demo(
        told,
        sky=sky,
        air_c=-20,
        track_c=108,
        track_trend=Trend.RISING,
        wetness=Wetness.SOAKED,
        change=Change.RAIN_ENDS,
        change_in_min=0,
        chances=(1.0,) * 13,
    )
    assert sheet_of(WIDGET, view, scale)[1] == 0


def test_the_panel_ends_below_the_last_line(sheet_of):
    view = demo({"incidents": None, "warnings": None}, chances=(), change=None)
    inside, _ = sheet_of(WIDGET, view)
    painted = [y for y in range(inside.height()) if inside.pixelColor(60, y).alpha() > 0]
    assert len(painted) < 0.6 * inside.height()


def test_a_second_that_passes_repaints_one_line_only():
    room = Room.of(WIDGET.natural_size, WIDGET.natural_size)
    views = [demo({"incidents": None, "warnings": None, "time_left_s": second}) for second in (100, 99)]
    first, second = ([cell.key for cell in WIDGET.cells(room, view)] for view in views)
    assert [one == other for one, other in zip(first, second, strict=True)] == [False, True, True]


@pytest.mark.parametrize("theme_name", THEMES)
def test_the_demo_is_painted_in_every_theme(sheet_of, theme_name):
    inside, beside = sheet_of(WIDGET, WIDGET.demo(), palette=THEMES[theme_name])
    assert beside == 0
    assert inside.pixelColor(150, 100).alpha() > 200
