"""Half a minute of Forza Motorsport (2023) as the game sent it: packets of 331 bytes, one after the other."""

import numpy as np
import pytest

from desktop_client.telemetry.frame import Capability
from desktop_client.telemetry.games.forza import Forza

PACKETS = 1793
SIZE = 331


@pytest.fixture(scope="module")
def frames(capture):
    raw = capture("forza/fmdatasport_sample_data").read_bytes()
    source = Forza()
    made = [source.feed(raw[at : at + SIZE], at / SIZE / 60) for at in range(0, len(raw), SIZE)]
    assert (source.health.decoded, source.health.absurd, source.health.refused) == (PACKETS, 0, {})
    assert source.health.format == "Forza Motorsport Dash"
    return made


def column(frames, name: str) -> np.ndarray:
    return np.array([float(getattr(frame.cars, name)[0]) for frame in frames])


def test_every_packet_makes_a_frame_of_one_session_on_one_track(frames):
    assert len(frames) == PACKETS
    assert {(frame.session.uid, frame.session.track_id) for frame in frames} == {("0034c5c4-445", "1640")}
    assert frames[-1].session_time_s - frames[0].session_time_s == pytest.approx(29.937)


def test_the_values_are_those_of_a_car_on_its_first_lap(frames):
    first, last = frames[0], frames[-1]
    assert first.cars.lap[0] == 1
    assert first.cars.position[0] == 1
    assert first.cars.lap_time_s[0] == pytest.approx(15.497, abs=0.001)
    assert np.isnan(first.cars.last_lap_s[0])
    assert np.isnan(first.cars.best_lap_s[0])
    assert first.player.gear == 3
    assert first.player.rpm == pytest.approx(5686.4, abs=0.1)
    assert first.player.max_rpm == pytest.approx(10_000)
    assert first.player.fuel.amount > last.player.fuel.amount > 0.98
    assert last.cars.total_distance_m[0] - first.cars.total_distance_m[0] == pytest.approx(1445.4, abs=0.1)


def test_tyres_are_warm_in_celsius_and_hardly_worn(frames):
    surfaces = np.array([[wheel.surface_c for wheel in frame.player.wheels] for frame in frames])
    wear = np.array([[wheel.wear for wheel in frame.player.wheels] for frame in frames])
    assert 70 < surfaces.min() < surfaces.max() < 90
    assert np.all(np.diff(wear, axis=0) >= 0)
    assert wear.max() == pytest.approx(0.0032, abs=0.0001)


def test_where_the_lap_is_is_not_known_on_the_first_lap(frames):
    assert np.isnan(column(frames, "lap_distance_m")).all()
    assert all(Capability.LAP_DISTANCE not in frame.capabilities for frame in frames)
    assert Capability.TRACK_ID in frames[0].capabilities


def test_the_car_points_where_it_drives(frames):
    x, y, heading = (column(frames, name) for name in ("x", "y", "heading_rad"))
    moved = np.hypot(np.diff(x), np.diff(y)) > 0.1
    course = np.arctan2(np.diff(y), np.diff(x))
    off = np.angle(np.exp(1j * (course - heading[1:])))[moved]
    assert np.abs(off).max() < 0.15
    assert np.abs(off).mean() < 0.03


def test_the_car_is_pulled_to_the_left_where_the_course_turns_left(frames):
    times = np.array([frame.session_time_s for frame in frames])
    turn = np.gradient(np.unwrap(column(frames, "heading_rad")), times)
    left = np.array([frame.player.acceleration_mps2[1] for frame in frames])
    speed = column(frames, "speed_mps")
    slope, _ = np.polyfit(turn * speed, left, 1)
    assert np.corrcoef(turn * speed, left)[0, 1] > 0.95
    assert slope == pytest.approx(1, abs=0.1)


def test_the_car_is_pushed_forwards_where_it_gets_faster(frames):
    times = np.array([frame.session_time_s for frame in frames])
    forwards = np.array([frame.player.acceleration_mps2[0] for frame in frames])
    assert np.corrcoef(np.gradient(column(frames, "speed_mps"), times), forwards)[0, 1] > 0.9


def test_the_distance_grows_as_fast_as_the_car_drives(frames):
    times = np.array([frame.session_time_s for frame in frames])
    driven = np.diff(column(frames, "total_distance_m")).sum()
    assert driven == pytest.approx(np.trapezoid(column(frames, "speed_mps"), times), rel=0.02)
