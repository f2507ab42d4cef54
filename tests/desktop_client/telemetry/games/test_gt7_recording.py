"""A real lap of Spa-Francorchamps, 115 s of format C as the game sent it."""

import gzip

import numpy as np
import pytest

from desktop_client.race.capture import LapCapture
from desktop_client.race.lifecycle import Race
from desktop_client.race.recorded_lap import Refusal
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import Capability
from desktop_client.telemetry.games.gt7 import GranTurismo7
from desktop_client.telemetry.games.gt7_wire import encipher

LAP_S = 115.244
PACKETS = 6914


@pytest.fixture(scope="module")
def packets(capture) -> list[bytes]:
    raw = gzip.decompress(capture("gt7/zetetos_demo.gtz").read_bytes())
    return [raw[at : at + 368] for at in range(0, len(raw), 368)]


@pytest.fixture(scope="module")
def frames(packets):
    source = GranTurismo7()
    made = [source.feed(packet, index / 60) for index, packet in enumerate(packets)]
    assert (source.health.decoded, source.health.absurd, source.health.refused) == (PACKETS, 0, {})
    assert source.health.format == "GT7 C"
    return made


def column(frames, name: str) -> np.ndarray:
    return np.array([float(getattr(frame.cars, name)[0]) for frame in frames])


def test_every_packet_makes_a_frame_of_one_session(frames):
    assert len(frames) == PACKETS
    assert {frame.session.uid for frame in frames} == {"000ac020-3582"}
    assert all(frame.session.replay and not frame.session.paused for frame in frames)


def test_the_values_are_those_of_a_very_fast_car(frames):
    first = frames[0].player
    assert first.gear == 4
    assert first.rpm == pytest.approx(15728, abs=1)
    assert first.max_rpm == 17000
    assert first.water_c == 85
    assert first.wheels[2].surface_c == pytest.approx(74.303, abs=0.001)
    assert first.fuel.amount == 1.0
    assert column(frames, "speed_mps").max() == pytest.approx(88.25, abs=0.01)
    assert {frame.player.gear for frame in frames} == {2, 3, 4, 5, 6}


def test_speed_is_how_fast_the_place_changes(frames):
    x, y, z = (column(frames, name) for name in "xyz")
    moved = np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2 + np.diff(z) ** 2) * 60
    assert np.abs(moved - column(frames, "speed_mps")[1:]).mean() < 0.3


def test_the_car_points_where_it_drives(frames):
    x, y, heading = (column(frames, name) for name in ("x", "y", "heading_rad"))
    course = np.arctan2(np.diff(y), np.diff(x))
    off = np.angle(np.exp(1j * (course - heading[1:])))
    assert np.abs(off).max() < 0.1


def test_spa_is_driven_clockwise_and_the_wheel_turns_right_where_the_course_does(frames):
    x, y = column(frames, "x"), column(frames, "y")
    enclosed = 0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))
    assert -1_000_000 < enclosed < -850_000
    course = np.unwrap(np.arctan2(np.diff(y), np.diff(x)))
    steer = np.array([frame.player.steer for frame in frames])
    assert np.corrcoef(np.diff(course), steer[2:])[0, 1] < -0.8


def test_acceleration_to_the_left_goes_with_a_turn_to_the_left(frames):
    course = np.unwrap(column(frames, "heading_rad"))
    left = np.array([frame.player.acceleration_mps2[1] for frame in frames])
    forwards = np.array([frame.player.acceleration_mps2[0] for frame in frames])
    speed = column(frames, "speed_mps")
    assert np.corrcoef(np.gradient(course) * 60 * speed, left)[0, 1] > 0.95
    assert np.corrcoef(np.gradient(speed) * 60, forwards)[0, 1] > 0.95


def test_the_way_round_is_measured_from_the_line(frames):
    distance = column(frames, "lap_distance_m")
    assert distance[0] == pytest.approx(0.034 * 71.1, abs=0.1)
    assert np.all(np.diff(distance[:-1]) > 0)
    assert distance[-2] == pytest.approx(6819, abs=2)
    assert all(Capability.LAP_DISTANCE in frame.capabilities for frame in frames)


def test_the_line_begins_lap_two_although_the_clock_lags_behind_the_count(frames):
    before, after = frames[-2], frames[-1]
    assert (before.cars.lap[0], after.cars.lap[0]) == (1, 2)
    assert np.isnan(before.cars.last_lap_s[0])
    assert after.cars.last_lap_s[0] == pytest.approx(LAP_S)
    assert before.cars.lap_time_s[0] == pytest.approx(115.234)
    assert after.cars.lap_time_s[0] == pytest.approx(0.006)
    assert after.cars.lap_distance_m[0] == pytest.approx(0.006 * 64.1, abs=0.05)


def test_what_the_console_sends_is_what_the_recording_holds(packets):
    live, plain = GranTurismo7(), GranTurismo7()
    for number, packet in enumerate(packets[:50]):
        sent = live.feed(encipher(packet, seed=number * 77_777_777 % 2**32), number / 60)
        held = plain.feed(packet, number / 60)
        assert sent.player == held.player
        assert sent.session == held.session


def test_the_map_of_the_circuit_grows_as_it_is_driven(frames):
    race = Race()
    for frame in frames[::6]:
        race.take(frame)
    view = track_map(race.frame, race)
    assert view.shape is None
    drawn = np.concatenate(view.driven, axis=1)
    assert 500 < drawn.shape[1] < 6818 / 8
    assert np.hypot(*np.diff(drawn, axis=1)).sum() == pytest.approx(6818, rel=0.01)
    (dot,) = view.dots  # two metres past the line
    assert (dot.x, dot.y) == (-307, 592)


def captured(frames):
    capture = LapCapture()
    laps = [lap for frame in frames if (lap := capture.feed(frame)) is not None]
    return laps, capture


@pytest.fixture(scope="module")
def whole_lap(frames):
    return captured(frames)


def test_the_lap_is_captured_from_its_first_packet_to_its_last(frames, whole_lap):
    """It is the first against the clock: begun at the starting line, and ended at the finish 126 m before that."""
    (lap,), capture = whole_lap
    assert capture.refusal is None
    assert (lap.game, lap.track_id, lap.lap_time_s, lap.coordinates) == ("gt7", None, LAP_S, "game")
    assert lap.rate_hz == pytest.approx(60)
    assert np.array_equal(lap.points[0], lap.points[-1])
    driven = np.column_stack([column(frames, name) for name in "xyz"])[:-1]
    steps = np.hypot(*np.diff(lap.points[:, :2], axis=0).T)
    assert steps.max() < 2.5
    assert steps.sum() == pytest.approx(6936, abs=2)  # the 6818 m of the recording, seen from above, and the straight
    nearest = [np.hypot(*(driven[::10, :2] - point).T).min() for point in lap.points[::50, :2]]
    assert max(nearest[3:]) < 8.0  # of points that are 11 m apart; the first are on the straight between


def test_what_is_filled_in_is_the_straight_between_the_two_lines(frames, whole_lap):
    (lap,), _ = whole_lap
    began = np.array([column(frames[:2], name)[0] for name in "xy"])
    filled = np.flatnonzero(np.hypot(*(lap.points[:, :2] - began).T) < 3.0)[0]
    straight = lap.points[: filled + 1, :2]
    assert np.hypot(*(straight[-1] - straight[0])) == pytest.approx(126 - 2.4, abs=3)
    leads = np.degrees(np.arctan2(*(straight[-1] - straight[0])[::-1]))
    course = np.degrees([frames[0].cars.heading_rad[0], frames[-1].cars.heading_rad[0]])
    assert leads == pytest.approx(course, abs=1.0)


def test_a_lap_that_is_seen_only_in_part_is_not_captured(frames):
    laps, capture = captured(frames[30:])
    assert laps == []
    assert capture.refusal is None
    laps, capture = captured([*frames[:3000], *frames[3100:]])
    assert laps == []
    assert capture.refusal is Refusal.GAP
