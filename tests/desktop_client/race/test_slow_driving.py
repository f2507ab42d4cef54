from __future__ import annotations

import numpy as np
import pytest

from desktop_client.race.slow_driving import longest_crawl_s

RATE_HZ = 20.0


def crawl(speeds: np.ndarray) -> float:
    return longest_crawl_s(speeds.tolist(), np.full(len(speeds), 1 / RATE_HZ).tolist())


def driving(seconds: float, chance: np.random.Generator) -> np.ndarray:
    """Between 20 and 70 m/s, as bends and straights have it."""
    at = np.arange(0, seconds, 1 / RATE_HZ)
    return 45 + 25 * np.sin(at / 3.0) + chance.normal(0, 0.1, len(at))


@pytest.mark.parametrize("limit_mps", [13.9, 16.67, 22.2, 22.5])
def test_a_drive_through_the_pit_lane_is_a_crawl(limit_mps: float) -> None:
    chance = np.random.default_rng(4)
    lane = limit_mps + chance.normal(0, 0.1, round(12 * RATE_HZ))
    assert crawl(np.concatenate((driving(30, chance), lane, driving(30, chance)))) == pytest.approx(12.0, abs=0.3)


def test_bends_and_straights_are_none() -> None:
    assert crawl(driving(90, np.random.default_rng(5))) < 2.0


def test_a_slow_car_flat_out_is_none() -> None:
    """A kart at the end of its gears holds its speed as well as any limiter does."""
    assert crawl(np.concatenate((np.full(400, 24.0), np.linspace(24, 12, 60), np.linspace(12, 24, 80)))) < 1.0


def test_speeds_that_are_not_known_say_nothing() -> None:
    assert crawl(np.full(200, np.nan)) == 0.0
    assert crawl(np.zeros(0)) == 0.0
