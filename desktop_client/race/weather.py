"""The weather now and what it will be: trends of the temperatures, when rain comes or ends, how wet the track is."""

from __future__ import annotations

import enum
import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from desktop_client.telemetry.frame import Floats, Forecast, Frame, Sky, Weather

SAMPLE_EVERY_S = 20.0
SAMPLES = 30
TREND_AFTER_S = 120.0
TREND_SPAN_S = 600.0
TREND_C = 1.0  # so much in ten minutes is a trend, less is the weather breathing
TREND_WETNESS = 0.05
LIKELY = 0.6
STEP_MIN = 5
COLDEST_C, HOTTEST_C = -60.0, 120.0


class Trend(enum.Enum):
    FALLING = -1
    STEADY = 0
    RISING = 1


class Wetness(enum.Enum):
    """How wet the track is: the share of water from which each begins."""

    DRY = 0.0
    DAMP = 0.06
    WET = 0.3
    SOAKED = 0.7


class Change(enum.Enum):
    RAIN_COMES = enum.auto()
    RAIN_ENDS = enum.auto()


@dataclass(frozen=True, slots=True)
class WeatherView:
    """`chances` are those of rain, 0..1 to the tenth, every `STEP_MIN` minutes from now; empty while none is near."""

    air_c: int | None
    track_c: int | None
    air_trend: Trend
    track_trend: Trend
    sky: Sky | None
    wetness: Wetness | None
    wetness_trend: Trend
    change: Change | None
    change_in_min: int | None
    chances: tuple[float, ...]


class WeatherWatch:
    """Air, track and wetness of the last ten minutes, sampled three times a minute."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float, float, float]] = deque(maxlen=SAMPLES)

    def take(self, frame: Frame) -> None:
        """Remember the weather of a frame if the last sample is old enough."""
        at, session = frame.at, frame.session
        if self._samples and 0 <= at - self._samples[-1][0] < SAMPLE_EVERY_S:
            return
        if self._samples and at < self._samples[-1][0]:
            self._samples.clear()
        wetness = None if session.weather is None else session.weather.wetness
        values = (session.air_temperature_c, session.track_temperature_c, wetness)
        air, track, wet = (math.nan if value is None else value for value in values)
        self._samples.append((at, air, track, wet))

    def trends(self) -> tuple[Trend, Trend, Trend]:
        """Where the air, the track and the wetness are going."""
        if len(self._samples) < 2 or self._samples[-1][0] - self._samples[0][0] < TREND_AFTER_S:
            return Trend.STEADY, Trend.STEADY, Trend.STEADY
        at, air, track, wet = np.array(self._samples).T
        return _trend(at, air, TREND_C), _trend(at, track, TREND_C), _trend(at, wet, TREND_WETNESS)


def weather(frame: Frame, watch: WeatherWatch, horizon_min: int = 60) -> WeatherView:
    """The weather of a frame, with the forecast for `horizon_min` minutes."""
    session = frame.session
    now = session.weather or Weather()
    air, track, wet = watch.trends()
    raining = is_raining(now)
    change_in = change_in_min(now, raining)
    return WeatherView(
        air_c=_degrees(session.air_temperature_c),
        track_c=_degrees(session.track_temperature_c),
        air_trend=air,
        track_trend=track,
        sky=now.sky,
        wetness=wetness(now.wetness),
        wetness_trend=wet,
        change=None if change_in is None else Change.RAIN_ENDS if raining else Change.RAIN_COMES,
        change_in_min=change_in,
        chances=rain_chances(now, raining, horizon_min),
    )


def is_raining(now: Weather) -> bool:
    """Whether it rains: how hard counts more than what the sky is called."""
    if now.rain is not None and math.isfinite(now.rain):
        return now.rain > 0
    return now.sky is not None and now.sky >= Sky.LIGHT_RAIN


def change_in_min(now: Weather, raining: bool) -> int | None:
    """Minutes until it rains, or until it does not any more; None where the forecast knows of no change."""
    for later in _forecast(now):
        if (_chance(later) >= LIKELY) != raining:
            return round(later.in_s / 60)
    return None


def rain_chances(now: Weather, raining: bool, horizon_min: int) -> tuple[float, ...]:
    """The chance of rain at every step from now as far as the forecast reaches; empty where all of it is dry."""
    known = _forecast(now)
    if not known:
        return ()
    times = [0.0, *(later.in_s / 60 for later in known if later.in_s > 0)]
    chances = [1.0 if raining else 0.0, *(_chance(later) for later in known if later.in_s > 0)]
    steps = np.arange(0, min(float(horizon_min), times[-1]) + 1e-6, STEP_MIN)
    said = np.round(np.interp(steps, times, chances), 1)
    return tuple(float(chance) for chance in said) if len(said) > 1 and said.any() else ()


def wetness(share: float | None) -> Wetness | None:
    """The word for a share of water on the track, 0..1."""
    if share is None or not 0 <= share <= 1:
        return None
    return [word for word in Wetness if share >= word.value][-1]


def _forecast(now: Weather) -> list[Forecast]:
    return sorted((later for later in now.forecast if 0 <= later.in_s < 86_400), key=lambda later: later.in_s)


def _chance(later: Forecast) -> float:
    """The chance of rain; where a game gives none, its sky is taken at its word."""
    if later.rain_chance is None or not 0 <= later.rain_chance <= 1:
        return 1.0 if later.sky >= Sky.LIGHT_RAIN else 0.0
    return later.rain_chance


def _degrees(value: float | None) -> int | None:
    return round(value) if value is not None and COLDEST_C <= value <= HOTTEST_C else None


def _trend(at: Floats, values: Floats, least: float) -> Trend:
    """The direction of a straight line through the values, if it climbs or falls by `least` in ten minutes."""
    known = np.isfinite(values) & (np.abs(values) < 1e4)
    if np.count_nonzero(known) < 3:
        return Trend.STEADY
    offset = at[known] - at[known].mean()
    spread = float((offset**2).sum())
    slope = float((offset * values[known]).sum()) / spread if spread > 0 else 0.0
    change = slope * TREND_SPAN_S
    return Trend.STEADY if abs(change) < least else Trend.RISING if change > 0 else Trend.FALLING
