"""The weather now, where it is going, and when rain comes or ends."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.weather import (
    SAMPLES,
    Change,
    Trend,
    WeatherWatch,
    Wetness,
    change_in_min,
    is_raining,
    rain_chances,
    weather,
    wetness,
)
from desktop_client.telemetry.frame import Forecast, Sky, Weather

RAIN_IN_20 = Weather(
    sky=Sky.OVERCAST,
    forecast=(
        Forecast(300, Sky.OVERCAST, 0.2),
        Forecast(1200, Sky.RAIN, 0.8),
        Forecast(1800, Sky.RAIN, 0.9),
    ),
)


def watched(frame_at, minutes: float, **at_minute):
    """A watch over some minutes; each keyword is a function from minutes to a field of the session."""
    watch = WeatherWatch()
    for step in range(int(minutes * 6) + 1):
        now = step / 6
        frame = frame_at(now * 60, count=1, own=0, **{name: value(now) for name, value in at_minute.items()})
        watch.take(frame)
    return weather(frame, watch)


def test_a_track_that_cools_falls_and_air_that_stays_is_steady(frame_at):
    view = watched(
        frame_at, 10, track_temperature_c=lambda now: 40 - now * 0.3, air_temperature_c=lambda now: 24 + now % 0.4
    )
    assert (view.track_c, view.air_c) == (37, 24)
    assert view.track_trend is Trend.FALLING
    assert view.air_trend is Trend.STEADY


def test_a_trend_takes_two_minutes_to_be_one(frame_at):
    assert watched(frame_at, 1.5, air_temperature_c=lambda now: 20 + now).air_trend is Trend.STEADY
    assert watched(frame_at, 3, air_temperature_c=lambda now: 20 + now).air_trend is Trend.RISING


def test_a_track_that_dries_says_so(frame_at):
    view = watched(frame_at, 8, weather=lambda now: Weather(wetness=0.5 - now * 0.03))
    assert view.wetness_trend is Trend.FALLING
    assert view.wetness is Wetness.DAMP


def test_the_history_is_bounded_and_a_clock_that_runs_back_clears_it(frame_at):
    watch = WeatherWatch()
    for minute in range(400):
        watch.take(frame_at(minute * 60.0, count=1, own=0, air_temperature_c=20.0))
    assert len(watch._samples) == SAMPLES
    watch.take(frame_at(1.0, count=1, own=0, air_temperature_c=20.0))
    assert len(watch._samples) == 1


def test_a_game_that_says_nothing_of_the_weather_makes_an_empty_view(frame_at):
    view = weather(frame_at(1.0), WeatherWatch())
    assert (view.air_c, view.track_c, view.sky, view.wetness, view.change, view.chances) == (*[None] * 5, ())


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -400.0, 5000.0])
def test_a_temperature_that_cannot_be_is_not_shown(frame_at, nonsense):
    view = weather(frame_at(1.0, air_temperature_c=nonsense, track_temperature_c=nonsense), WeatherWatch())
    assert view.air_c is None
    assert view.track_c is None


def test_rain_that_is_likely_is_told_in_minutes(frame_at):
    view = weather(frame_at(1.0, weather=RAIN_IN_20), WeatherWatch())
    assert (view.change, view.change_in_min) == (Change.RAIN_COMES, 20)


def test_rain_that_ends_is_told_in_minutes():
    now = Weather(sky=Sky.RAIN, forecast=(Forecast(300, Sky.RAIN, 0.9), Forecast(900, Sky.OVERCAST, 0.3)))
    assert change_in_min(now, raining=is_raining(now)) == 15


def test_how_hard_it_rains_counts_more_than_the_name_of_the_sky():
    assert is_raining(Weather(sky=Sky.OVERCAST, rain=0.1))
    assert not is_raining(Weather(sky=Sky.RAIN, rain=0.0))
    assert is_raining(Weather(sky=Sky.LIGHT_RAIN))
    assert not is_raining(Weather())


def test_the_strip_goes_in_steps_of_five_minutes_as_far_as_the_forecast_and_the_horizon_reach():
    assert rain_chances(RAIN_IN_20, False, 60) == (0.0, 0.2, 0.4, 0.6, 0.8, 0.8, 0.9)
    assert len(rain_chances(RAIN_IN_20, False, 15)) == 4


def test_a_dry_forecast_has_no_strip():
    dry = Weather(forecast=(Forecast(600, Sky.CLEAR, 0.0), Forecast(1800, Sky.OVERCAST)))
    assert rain_chances(dry, False, 60) == ()
    assert change_in_min(dry, False) is None


def test_where_a_game_gives_no_chance_its_sky_is_taken_at_its_word():
    now = Weather(forecast=(Forecast(600, Sky.STORM),))
    assert change_in_min(now, False) == 10


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, Wetness.DRY),
        (0.05, Wetness.DRY),
        (0.06, Wetness.DAMP),
        (0.3, Wetness.WET),
        (1.0, Wetness.SOAKED),
        (None, None),
        (math.nan, None),
        (-0.1, None),
        (7.0, None),
    ],
)
def test_water_on_the_track_has_a_word(share, word):
    assert wetness(share) is word


forecasts = st.builds(Forecast, st.floats(), st.sampled_from(Sky), st.none() | st.floats())


@given(st.lists(forecasts, max_size=20), st.booleans(), st.integers(5, 60))
def test_any_forecast_makes_chances_between_nothing_and_certainty(sent, raining, horizon):
    now = Weather(forecast=tuple(sent))
    chances = rain_chances(now, raining, horizon)
    assert all(0 <= chance <= 1 for chance in chances)
    assert len(chances) <= horizon // 5 + 1
    change = change_in_min(now, raining)
    assert change is None or 0 <= change <= 1440
