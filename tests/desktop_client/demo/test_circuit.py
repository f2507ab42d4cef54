import numpy as np
import pytest

from desktop_client.demo.circuit import Circuit, kestrel_park
from desktop_client.demo.racing_line import RacingLine, lateral_grip, racing_line


@pytest.fixture(scope="module")
def circuit() -> Circuit:
    return kestrel_park()


@pytest.fixture(scope="module")
def line() -> RacingLine:
    return racing_line()


def test_a_lap_is_between_three_and_three_point_six_kilometres_in_steps_of_a_metre(circuit: Circuit) -> None:
    assert 3000 < circuit.length_m < 3600
    assert circuit.step_m == pytest.approx(1.0, abs=0.001)
    steps = np.hypot(np.diff(circuit.x, append=circuit.x[0]), np.diff(circuit.y, append=circuit.y[0]))
    assert steps == pytest.approx(circuit.step_m, rel=0.002)


def test_the_road_never_comes_near_another_part_of_itself(circuit: Circuit) -> None:
    places = np.stack([circuit.x, circuit.y], axis=1)[::5]
    distance = np.arange(len(places)) * 5 * circuit.step_m
    along = np.abs(distance[:, np.newaxis] - distance)
    along = np.minimum(along, circuit.length_m - along)
    between = np.linalg.norm(places[:, np.newaxis] - places, axis=2)
    assert between[along > 120].min() > 3 * circuit.half_width.max()


def test_the_lap_closes_without_a_step_in_place_height_heading_or_curvature(circuit: Circuit) -> None:
    before, after = np.array([circuit.length_m - 0.25]), np.array([0.25])
    for column in (circuit.x, circuit.y, circuit.z):
        assert abs(circuit.at(column, after) - circuit.at(column, before)) < 0.6
    turned = circuit.at_heading(after) - circuit.at_heading(before)
    assert np.cos(turned) > 0.99999
    assert np.abs(np.diff(circuit.curvature, append=circuit.curvature[0])).max() < 0.006


def test_the_road_turns_once_around_clockwise_with_a_dozen_bends_or_more(circuit: Circuit) -> None:
    assert np.sum(circuit.curvature) * circuit.step_m == pytest.approx(-2 * np.pi, abs=0.01)
    bending = np.abs(circuit.curvature) > 1 / 250
    bends = np.count_nonzero(np.diff(np.sign(circuit.curvature * bending).astype(int), append=0) > 0)
    assert bends >= 12
    assert 1 / np.abs(circuit.curvature).max() < 25, "a hairpin"


def test_headings_are_those_of_the_road_itself(circuit: Circuit) -> None:
    along = np.arange(0.0, circuit.length_m, 0.37)
    x, y, _ = circuit.place(along, np.zeros_like(along))
    x_ahead, y_ahead, _ = circuit.place(along + 0.5, np.zeros_like(along))
    driven = np.arctan2(y_ahead - y, x_ahead - x)
    assert np.cos(driven - circuit.at_heading(along + 0.25)).min() > 0.9995


def test_the_racing_line_stays_on_the_road_and_within_the_grip(circuit: Circuit, line: RacingLine) -> None:
    assert np.all(np.abs(line.offset) < circuit.half_width - 1.0)
    assert 60 < line.lap_time_s < 75
    assert 80 < line.speed.max() < 90
    used = np.abs(line.curvature) * line.speed**2 / lateral_grip(line.speed)
    assert used.max() < 1.1


def test_who_comes_in_has_slowed_down_to_the_limit_at_the_pit_entry(circuit: Circuit, line: RacingLine) -> None:
    pit = circuit.pit
    distance = np.arange(len(circuit.x)) * circuit.step_m
    lane = (distance >= pit.entry_m) | (distance <= pit.exit_m)
    assert line.pit_speed[lane].max() <= pit.limit_mps + 1e-9
    assert np.all(line.pit_speed <= line.speed + 1e-9)
