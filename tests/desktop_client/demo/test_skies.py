"""One shower, and a forecast that keeps its word."""

import itertools

import numpy as np

from desktop_client.demo.skies import CLEARING_S, LASTS_S, Skies
from desktop_client.telemetry.frame import Sky


def test_a_fine_day_clouds_over_rains_and_clears_up_again() -> None:
    skies = Skies(np.random.default_rng(1))
    seen = [skies.sky(seconds) for seconds in np.arange(0.0, skies.rain_from_s + LASTS_S + CLEARING_S)]
    changes = [seen[0], *(now for before, now in itertools.pairwise(seen) if now is not before)]
    rises = [Sky.CLEAR, Sky.LIGHT_CLOUD, Sky.OVERCAST, Sky.LIGHT_RAIN]
    assert changes == [*rises, Sky.OVERCAST, Sky.LIGHT_CLOUD]


def test_rain_cools_the_track_more_than_the_air_and_slows_everybody() -> None:
    skies = Skies(np.random.default_rng(1))
    dry, wet = 0.0, skies.rain_from_s + 1
    assert skies.track_c(dry) - skies.track_c(wet) > skies.air_c(dry) - skies.air_c(wet) > 0
    assert (skies.pace(dry), skies.rain_percent(dry), skies.rain_percent(wet)) == (1.0, 0, 100)
    assert skies.pace(wet) < 1
