from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from driven_session import Line
from laps import WITHOUT_REAL_TRACKS

from bench.roads import Road, invented_road, real_roads
from desktop_client.race.dead_reckoning import DeadReckoning, without_drift
from desktop_client.telemetry.frame import Cars, Frame, Player, Session

RATE_HZ = 60.0
SLIP_RAD_PER_MPS2 = 0.0025  # half a degree for each third of a g: what a racing car points beside its way


def frames_of(places: np.ndarray, noise: float = 0.0, *, slides: bool = True, late: int = 0) -> list[Frame]:
    """What a game that does not say `places` (complex, RATE_HZ) says of them, float32 and with noise.

    `noise` scales 1 mrad of heading and 5 cm/s of speed; `late` is by how many samples the heading lags behind.
    """
    chance = np.random.default_rng(5)
    velocity = np.gradient(places, 1 / RATE_HZ)
    course, speed = np.unwrap(np.angle(velocity)), np.abs(velocity)
    slip = -SLIP_RAD_PER_MPS2 * np.gradient(course, 1 / RATE_HZ) * speed if slides else np.zeros(len(places))
    heading = np.roll(course - slip + noise * 1e-3 * chance.normal(size=len(places)), late)
    forwards, left = speed * np.cos(slip), speed * np.sin(slip)
    columns = (heading, forwards + noise * 0.05 * chance.normal(size=len(places)), left)
    rows = np.float32(np.column_stack(columns)).astype(float).tolist()
    slot = np.zeros(1, np.int32)
    return [
        Frame(
            number / RATE_HZ,
            number / RATE_HZ,
            Session("iracing", "one"),
            Cars.of(slot, heading_rad=np.array([heading]), speed_mps=np.array([forwards])),
            Player(forwards, 1, 0, 0, 0, 5, 9_000.0, velocity_mps=(forwards, left)),
            0,
        )
        for number, (heading, forwards, left) in enumerate(rows)
    ]


def smooth_lap(road: Road) -> np.ndarray:
    """A lap and half a second, driven as a car drives: without the corners of the numbers that it is made of."""
    line = Line.on(road, 3, 0.8)
    times = np.arange(-0.5, line.lap_s + 0.5, 1 / RATE_HZ)
    x, y = (
        np.interp(times % line.lap_s, line.arrives_s, np.append(c, c[0])) for c in (line.places.real, line.places.imag)
    )
    smoothed = np.convolve(x + 1j * y, np.hanning(25) / np.hanning(25).sum(), "same")
    return smoothed[30 : 30 + math.ceil(line.lap_s * RATE_HZ)]


def reckoned(frames: list[Frame]) -> np.ndarray:
    reckoning = DeadReckoning()
    x, y = np.array([reckoning.move(frame, 0) for frame in frames]).T
    return x + 1j * y


def columns(places: np.ndarray) -> np.ndarray:
    return np.column_stack((places.real, places.imag, np.full(len(places), math.nan)))


def share_missing(found: np.ndarray, true: np.ndarray) -> float:
    return abs((found[-1] - found[0]) - (true[-1] - true[0])) / np.abs(np.diff(true)).sum()


@pytest.mark.parametrize("noise", [0.0, 1.0, 10.0])
def test_a_car_is_found_where_it_was_by_its_speed_and_heading(noise: float) -> None:
    true = smooth_lap(invented_road(11, 5000.0))
    found = reckoned(frames_of(true, noise))
    assert share_missing(found, true) < 0.0004
    assert np.abs((found - found[0]) - (true - true[0])).max() < 0.3 + 0.2 * noise


def test_on_real_circuits_too_little_is_missing_to_be_seen() -> None:
    roads = list(real_roads())[::80]
    if not roads:
        pytest.skip(WITHOUT_REAL_TRACKS)
    for road in roads:
        true = smooth_lap(road)
        assert share_missing(reckoned(frames_of(true, 1.0)), true) < 0.0004, road.name


def test_a_heading_that_comes_late_costs_little() -> None:
    true = smooth_lap(invented_road(11, 5000.0))
    assert share_missing(reckoned(frames_of(true, late=1)), true) < 0.001


def test_without_the_direction_of_the_speed_nothing_is_reckoned() -> None:
    frames = frames_of(smooth_lap(invented_road(11, 1000.0)))
    assert frames[5].player is not None
    frames[5] = replace(frames[5], player=replace(frames[5].player, velocity_mps=None))
    found = reckoned(frames)
    assert np.isnan(found[5])
    assert found[6] == 0
    assert np.isfinite(found[7:]).all()


def test_a_hole_in_the_telemetry_is_not_guessed_across() -> None:
    frames = frames_of(smooth_lap(invented_road(11, 1000.0)))
    later = replace(frames[200], session_time_s=frames[10].session_time_s + 3.0)
    reckoning = DeadReckoning()
    places = [reckoning.move(frame, 0) for frame in (*frames[:11], later)]
    assert places[-1] == places[-2]


def test_what_is_missing_along_the_road_is_taken_back_along_the_way() -> None:
    """A circle to the left that begins along y; its end stays as far beside its beginning as it was driven."""
    angle = np.linspace(0, math.tau, 500)
    circle = 200 * np.exp(1j * angle)
    drifted = circle + 2.0j * angle / math.tau + 4.0 * angle / math.tau
    closed = without_drift(columns(drifted), math.pi / 2, math.tau + 0.05)
    assert closed is not None
    assert closed[-1, :2] - closed[0, :2] == pytest.approx([4.0, 0.0], abs=1e-9)
    assert closed[250, 1] - drifted[250].imag == pytest.approx(-1.0, abs=0.01)


@pytest.mark.parametrize(
    ("missing", "turned"), [(3.0, 0.0), (0.0, 0.3), (0.0, math.nan), (math.nan, 0.0)], ids=["way", "turn", "nan", "gap"]
)
def test_more_than_can_be_taken_back_is_refused(missing: float, turned: float) -> None:
    angle = np.linspace(0, math.tau, 500)
    drifted = 200 * np.exp(1j * angle) + missing * 1j * angle / math.tau
    assert without_drift(columns(drifted), math.pi / 2, turned) is None
