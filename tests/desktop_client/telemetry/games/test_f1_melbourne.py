"""A real race, 21 s of it: what the frames say must be what a race can be."""

import json
from pathlib import Path

import numpy as np
import pytest

from desktop_client.telemetry.frame import Flag, Frame, Part, SafetyCar, SessionKind, Sky
from desktop_client.telemetry.games.f1 import F1

METRES_PER_DEGREE = 111_320.0


@pytest.fixture(scope="module")
def source() -> F1:
    return F1()


@pytest.fixture(scope="module")
def frames(source: F1, melbourne: list[bytes]) -> list[Frame]:
    frames = [source.feed(packet, number / 340) for number, packet in enumerate(melbourne)]
    return [frame for frame in frames if frame is not None]


def whole(frames: list[Frame]) -> list[Frame]:
    """Without the ten frames for which the recording lost packets for more than half a second."""
    return [frame for frame in frames if frame.player is not None and np.isfinite(frame.cars.x).all()]


def test_not_one_packet_is_lost_or_odd(source: F1, frames: list[Frame], melbourne: list[bytes]):
    assert source.health.decoded == len(melbourne) == 7124
    assert not source.health.refused
    assert source.health.absurd == 0
    assert source.health.format == "F1 2026"
    assert source.health.frames == len(frames) >= 1000


def test_the_session_is_a_race_at_melbourne(frames: list[Frame]):
    session = frames[-1].session
    assert (session.track_id, session.track_name, session.track_length_m) == ("0", "Melbourne", 5276)
    assert (session.kind, session.total_laps) == (SessionKind.RACE, 5)
    assert len({frame.session.uid for frame in frames}) == 1


def test_22_of_24_slots_are_cars_and_each_has_a_name_a_number_and_a_team(frames: list[Frame]):
    for frame in frames:
        assert len(frame.cars) == 22
    cars = frames[-1].cars
    assert all(name and name.isprintable() for name in cars.name)
    assert len(set(cars.name)) == len(set(cars.number.tolist())) == 22
    assert all(cars.team)
    assert len(set(cars.team)) == 11
    assert set(cars.tyre) == {"S"}


def test_positions_are_a_permutation_in_every_frame(frames: list[Frame]):
    for frame in frames:
        assert sorted(frame.cars.position.tolist()) == list(range(1, 23))


def test_every_car_started_from_a_place_of_its_own(frames: list[Frame]):
    assert sorted(frames[-1].cars.grid_position.tolist()) == list(range(1, 23))


def test_only_where_the_recording_lost_packets_for_half_a_second_is_anything_unknown(frames: list[Frame]):
    unknown = [frame for frame in frames if np.isnan(frame.cars.x).any() or frame.player is None]
    assert len(unknown) == 10
    for frame in unknown:
        assert (frame.player is None) == np.isnan(frame.cars.speed_mps).all()


def test_speeds_and_places_are_those_of_racing_cars(frames: list[Frame]):
    for frame in whole(frames):
        cars = frame.cars
        assert ((cars.speed_mps >= 0) & (cars.speed_mps <= 105)).all()
        assert (np.abs(cars.x) < 2000).all()
        assert (np.abs(cars.y) < 2000).all()
        assert ((cars.z > -20) & (cars.z < 50)).all()
        assert ((cars.lap_distance_m >= 0) & (cars.lap_distance_m < 5300)).all()


def test_speed_is_what_the_change_of_place_says(frames: list[Frame]):
    first, last = frames[500], frames[560]
    seconds = last.session_time_s - first.session_time_s
    moved = np.hypot(last.cars.x - first.cars.x, last.cars.y - first.cars.y)
    mean_speed = np.mean([frame.cars.speed_mps for frame in frames[500:561]], axis=0)
    np.testing.assert_allclose(moved / seconds, mean_speed, atol=4)


def test_cars_point_where_they_move(frames: list[Frame]):
    first, last = frames[500].cars, frames[504].cars
    moved = np.arctan2(last.y - first.y, last.x - first.x)
    fast = last.speed_mps > 30
    assert fast.any()
    assert np.cos(last.heading_rad - moved)[fast].min() > 0.99


def test_the_drivers_car_pulls_to_the_side_it_turns_to(frames: list[Frame]):
    seen = whole(frames)[200:]
    heading = np.unwrap([frame.cars.heading_rad[21] for frame in seen])
    clock = np.array([frame.session_time_s for frame in seen])
    turning = np.gradient(heading, clock) * [frame.player.speed_mps for frame in seen]
    to_the_left = np.array([frame.player.acceleration_mps2[1] for frame in seen])
    assert np.corrcoef(turning, to_the_left)[0, 1] > 0.9


def test_the_state_of_the_drivers_car_is_that_of_a_car_in_its_first_lap(frames: list[Frame]):
    player = frames[-1].player
    assert player is not None
    assert player.wheels is not None
    for wheel in player.wheels:
        assert 60 < wheel.surface_c < 130
        assert 70 < wheel.inner_c < 120
        assert 140 < wheel.pressure_kpa < 180
        assert 0 < wheel.wear < 0.06
        assert 300 < wheel.brake_c < 1100
    assert np.mean([wheel.pressure_kpa for wheel in player.wheels[:2]]) > 160, "fronts are pumped up more"
    assert player.damage is not None
    assert {part for part, share in player.damage.items() if share} == {Part.FRONT_WING_LEFT}
    assert player.damage[Part.FRONT_WING_LEFT] == 0.28
    assert player.overtake_available is not None
    assert player.energy.mode == "overtake"


def test_the_session_has_its_rules_its_weather_and_a_yellow_flag(frames: list[Frame]):
    session = frames[-1].session
    assert session.pit_limit_mps == pytest.approx(80 / 3.6)
    assert session.sector_starts_m == pytest.approx((1757.05, 3178.60), abs=0.01)
    assert session.weather.sky is Sky.CLEAR
    assert [sample.in_s for sample in session.weather.forecast] == [0, 300, 600]
    assert {frame.session.safety_car for frame in frames} == {SafetyCar.NONE}
    waved = {zone.flag for frame in frames for zone in frame.session.zones}
    assert waved == {Flag.GREEN, Flag.YELLOW}


def test_gaps_are_never_negative_and_grow_down_the_order(frames: list[Frame]):
    for frame in frames:
        gaps = np.concatenate([frame.cars.gap_leader_s, frame.cars.gap_ahead_s])
        assert (gaps[np.isfinite(gaps)] >= 0).all()
    cars = frames[-1].cars
    in_order = np.argsort(cars.position)
    assert cars.gap_leader_s[in_order[0]] == 0
    assert np.isnan(cars.gap_ahead_s[in_order[0]])
    assert (np.diff(cars.gap_leader_s[in_order]) > 0).all()


def test_best_laps_come_from_the_lap_history(frames: list[Frame]):
    cars = frames[-1].cars
    timed = np.isfinite(cars.best_lap_s)
    assert np.count_nonzero(timed) == 20  # two cars have not crossed the line yet
    assert (cars.best_lap_s[timed] == cars.last_lap_s[timed]).all()  # after one lap the best is the last
    assert ((cars.best_lap_s[timed] > 80) & (cars.best_lap_s[timed] < 110)).all()


def test_the_driver_sits_in_the_last_car_with_fuel_to_the_flag_and_a_bit(frames: list[Frame]):
    assert {frame.player_row for frame in frames} == {21}
    for frame in whole(frames):
        assert frame.player is not None
        assert frame.player.speed_mps == frame.cars.speed_mps[21]
    player = frames[-1].player
    assert player is not None
    assert (player.throttle, player.gear, player.tyre_compound) == (1.0, 5, "S")
    assert player.fuel.laps_left == pytest.approx(5 - 4863.7 / 5276 + 0.687, abs=0.05)
    assert 0 < player.energy.store < 1


def test_time_never_turns_back(frames: list[Frame]):
    assert (np.diff([frame.session_time_s for frame in frames]) > 0).all()
    assert (np.diff([frame.at for frame in frames]) > 0).all()


def test_the_ground_plane_is_not_a_mirror_image_of_the_real_circuit(frames: list[Frame], melbourne_outline: Path):
    distance, driven = _driven_line(frames)
    outline = _outline(melbourne_outline)
    as_decoded = _best_fit_m(distance, driven, outline)
    mirrored = _best_fit_m(distance, driven * [1, -1], outline)
    assert as_decoded < 10
    assert mirrored > 4 * as_decoded


def _driven_line(frames: list[Frame]) -> tuple[np.ndarray, np.ndarray]:
    """Where the field drove: the mean place in every ten metres of the lap that a car was in."""
    distance = np.concatenate([frame.cars.lap_distance_m for frame in whole(frames)])
    place = np.concatenate([np.column_stack([frame.cars.x, frame.cars.y]) for frame in whole(frames)])
    tens, where = np.unique(distance // 10, return_inverse=True)
    count = np.bincount(where)
    mean = np.column_stack([np.bincount(where, place[:, axis]) / count for axis in (0, 1)])
    return tens * 10 + 5, mean


def _outline(path: Path) -> np.ndarray:
    """The real circuit in metres east and north."""
    degrees = np.array(json.loads(path.read_text())["features"][0]["geometry"]["coordinates"])[:, :2]
    metres = (degrees - degrees.mean(axis=0)) * METRES_PER_DEGREE
    return metres * [np.cos(np.radians(degrees[0, 1])), 1]


def _best_fit_m(distance: np.ndarray, place: np.ndarray, outline: np.ndarray) -> float:
    """RMS distance after the best turn and shift, over every place where the line may lie and both directions.

    Only turning is allowed, no flipping: a mirror image cannot be made to fit.
    """
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(outline, axis=0).T))])
    length = along[-1]
    centred = place - place.mean(axis=0)
    residuals = []
    for direction in (1, -1):
        for start in np.arange(0, length, 20):
            at = (start + direction * distance) % length
            real = np.column_stack([np.interp(at, along, outline[:, axis]) for axis in (0, 1)])
            real -= real.mean(axis=0)
            u, _, v = np.linalg.svd(centred.T @ real)
            turn = u @ np.diag([1, np.linalg.det(u @ v)]) @ v
            residuals.append(np.sqrt(np.mean(np.sum((centred @ turn - real) ** 2, axis=1))))
    return min(residuals)
