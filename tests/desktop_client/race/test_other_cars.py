from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from desktop_client.race.other_cars import OtherCars
from desktop_client.telemetry.frame import Capability, Cars, CarStatus, Frame, PitStatus, Session

SPEED_MPS, RATE_HZ, RADIUS_M = 40.0, 20.0, 150.0
LAP_M = 2 * np.pi * RADIUS_M


def frame(at: float, count: int = 3, session: dict[str, Any] | None = None, **columns: Any) -> Frame:
    """Cars a quarter of a lap apart on a ring, each a metre further out than the one before."""
    driven = SPEED_MPS * at - 0.25 * LAP_M * np.arange(count)
    angle, radius = driven / RADIUS_M, RADIUS_M + np.arange(count)
    said = {
        "x": radius * np.cos(angle),
        "y": radius * np.sin(angle),
        "speed_mps": np.full(count, SPEED_MPS),
        "lap": np.floor(driven / LAP_M).astype(np.int32) + 3,
        **columns,
    }
    told = Session("f1", "one", **(session or {}))
    return Frame(at, at, told, Cars.of(np.arange(count, dtype=np.int32), **said), None, 0, frozenset(Capability))


def seen(seconds: float, frame_at: Callable[[float], Frame] = frame, own: int | None = 0) -> OtherCars:
    others = OtherCars()
    for step in range(round(seconds * RATE_HZ)):
        others.take(frame_at(step / RATE_HZ), own)
    return others


def radius(way: np.ndarray) -> np.ndarray:
    return np.hypot(way[:, 0], way[:, 1]) - RADIUS_M


def test_every_car_but_the_drivers_own_is_drawn_where_it_drives() -> None:
    ways = seen(12.0).given()
    assert {round(float(radius(way).mean()), 6) for way in ways} == {1.0, 2.0}
    assert all(np.abs(radius(way) - radius(way).mean()).max() < 1e-9 for way in ways)


def test_a_way_is_one_lap_at_the_most() -> None:
    ways = seen(3 * LAP_M / SPEED_MPS).given()
    lengths = [np.hypot(*np.diff(way, axis=0).T).sum() for way in ways]
    assert max(lengths) == pytest.approx(LAP_M, rel=0.05)
    assert len(ways) >= 6


def test_places_are_looked_at_five_times_a_second() -> None:
    steps = np.concatenate([np.hypot(*np.diff(way, axis=0).T) for way in seen(10.0).given()])
    assert steps == pytest.approx(SPEED_MPS / 5, abs=0.2)


SPOILT = {
    "in the pits": {"pit": np.array([0, PitStatus.PIT_LANE, 0], np.int32)},
    "out of the race": {"status": np.array([0, CarStatus.RETIRED, 0], np.int32)},
    "off the road": {"off_track": np.array([False, True, False])},
}


@pytest.mark.parametrize("columns", SPOILT.values(), ids=SPOILT)
def test_who_is_not_on_the_road_shows_nothing_of_it(columns: dict[str, np.ndarray]) -> None:
    ways = seen(12.0, lambda at: frame(at, **columns)).given()
    assert {round(float(radius(way).mean())) for way in ways} == {2}


def test_a_way_is_cut_where_a_car_is_put_elsewhere() -> None:
    def moved(at: float) -> Frame:
        told = frame(at)
        told.cars.x[1] += 60.0 if at > 5.0 else 0.0
        return told

    for way in seen(10.0, moved).given():
        assert np.hypot(*np.diff(way, axis=0).T).max() < 12.0


def test_a_car_that_stands_is_no_longer_drawn() -> None:
    ways = seen(20.0, lambda at: frame(min(at, 5.0))).given()
    assert [len(way) for way in ways] == pytest.approx([25, 25], abs=2)


def test_a_hole_in_the_telemetry_is_not_drawn_across() -> None:
    others = OtherCars()
    for step in range(400):
        if not 200 < step < 240:
            others.take(frame(step / RATE_HZ), 0)
    assert max(np.hypot(*np.diff(way, axis=0).T).max() for way in others.given()) < 12.0


@pytest.mark.parametrize("session", [{"paused": True}, {"replay": True}])
def test_nothing_is_drawn_of_what_does_not_happen_now(session: dict[str, Any]) -> None:
    assert seen(10.0, lambda at: frame(at, session=session)).given() == ()


def test_a_field_of_sixty_stays_within_its_memory() -> None:
    ways = seen(90.0, lambda at: frame(at, count=64)).given()
    assert 50 <= len(ways) <= 60
    whole = [way for way in ways if np.hypot(*np.diff(way, axis=0).T).sum() > 0.9 * LAP_M]
    assert len(whole) >= 30
