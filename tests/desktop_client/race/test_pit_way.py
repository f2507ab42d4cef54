from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from desktop_client.race.pit_way import PitWatch
from desktop_client.race.recorded_lap import PitWay
from desktop_client.telemetry.frame import Capability, Cars, Frame, PitStatus, Session

LAP_M, SPEED_MPS, RATE_HZ = 2000.0, 20.0, 20.0
ENTRY_M, EXIT_M, STOP_S = 1800.0, 150.0, 4.0


def frame(at: float, *, knows_length: bool = True, has_places: bool = True) -> Frame:
    """A car on a ring that comes in at ENTRY_M, stands at 1900 m for STOP_S, and goes out at EXIT_M."""
    driven = SPEED_MPS * at
    until_stop = 1900.0 - 1500.0
    driven = min(driven, max(until_stop, driven - SPEED_MPS * STOP_S))
    distance = (1500.0 + driven) % LAP_M
    in_lane = distance >= ENTRY_M or distance < EXIT_M
    stands = driven == until_stop
    pit = PitStatus.IN_BOX if stands else PitStatus.PIT_LANE if in_lane else PitStatus.NONE
    angle, radius = distance / LAP_M * 2 * np.pi, LAP_M / (2 * np.pi) - (15.0 if in_lane else 0.0)
    places = {"x": np.array([radius * np.cos(angle)]), "y": np.array([radius * np.sin(angle)])} if has_places else {}
    cars = Cars.of(
        np.zeros(1, np.int32), lap_distance_m=np.array([distance]), pit=np.array([pit], dtype=np.int32), **places
    )
    session = Session("f1", "one", track_length_m=LAP_M if knows_length else None, pit_limit_mps=22.2)
    return Frame(at, at, session, cars, None, 0, frozenset(Capability))


def seen(first_s: float, last_s: float, frame_at: Callable[[float], Frame] = frame) -> PitWay | None:
    watch = PitWatch()
    for step in range(round(first_s * RATE_HZ), round(last_s * RATE_HZ)):
        watch.take(frame_at(step / RATE_HZ))
    return watch.way(22.2)


def test_a_car_that_goes_in_through_and_out_shows_the_lane() -> None:
    way = seen(0.0, 50.0)
    assert way is not None
    assert (way.entry_m, way.exit_m) == (pytest.approx(ENTRY_M, abs=4.0), pytest.approx(EXIT_M, abs=4.0))
    assert way.limit_mps == 22.2
    radius = np.hypot(way.points[:, 0], way.points[:, 1])
    assert np.abs(radius - (LAP_M / (2 * np.pi) - 15.0)).max() < 1e-6
    assert np.hypot(*np.diff(way.points, axis=0).T).max() < 10.0


def test_a_lane_is_known_without_the_length_of_the_lap_only_where_it_does_not_cross_the_line() -> None:
    assert seen(0.0, 50.0, lambda at: frame(at, knows_length=False)) is None


def test_a_game_without_places_tells_where_the_lane_begins_and_ends() -> None:
    way = seen(0.0, 50.0, lambda at: frame(at, has_places=False))
    assert way is not None
    assert (way.entry_m, way.exit_m) == (pytest.approx(ENTRY_M, abs=4.0), pytest.approx(EXIT_M, abs=4.0))
    assert len(way.points) == 0


@pytest.mark.parametrize(("first_s", "last_s"), [(16.0, 50.0), (0.0, 25.0)], ids=["came from the box", "still in"])
def test_half_a_visit_shows_nothing(first_s: float, last_s: float) -> None:
    assert seen(first_s, last_s) is None


def test_a_car_that_is_put_into_its_box_shows_nothing() -> None:
    """From the middle of the lane to its stall and out again later: nobody drives like that."""

    def jumps(at: float) -> Frame:
        return frame(at if at < 17.0 else at + 15.0)

    assert seen(0.0, 40.0, jumps) is None


def test_a_hole_in_the_telemetry_shows_nothing() -> None:
    watch = PitWatch()
    for step in range(1000):
        if not 330 < step < 360:
            watch.take(frame(step / RATE_HZ))
    assert watch.way(None) is None
