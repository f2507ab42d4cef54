"""The ladder of reasons: each rung has a lap that it refuses, and good laps pass them all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from driven_laps import driven_lap, real_roads, upload_of_driven
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import REAL_TRACKS, WITHOUT_REAL_TRACKS, assetto_corsa_lines, circuit, f1_circuits, upload_of

from bench.roads import bordered_circuits
from contracts.tracks import MAX_POINTS
from services.tracks.domain.lap import OFF_TRACK, PIT_LANE, Lap
from services.tracks.domain.validate import refusals


def refused(xy: np.ndarray, **said: object) -> dict[str, float | None]:
    """The codes against a lap of these points, with their places."""
    reasons = refusals(Lap.read(upload_of(xy, **said)))
    assert all(reason.message.endswith((".", "?")) for reason in reasons)
    assert all(reason.at is None or 0 <= reason.at <= 1 for reason in reasons)
    return {reason.code: reason.at for reason in reasons}


def changed(change: Callable[[np.ndarray], object], points: int = 600, scale: float = 1.0) -> np.ndarray:
    xy = circuit(points, scale)
    change(xy)
    return xy


def loops(count: int) -> np.ndarray:
    """A 3 km circle whose driver makes `count` small pirouettes."""
    angle = np.linspace(0, 2 * np.pi, 3000, endpoint=False)
    big = 480 * np.exp(1j * angle)
    path = big + 40 * np.exp(1j * (count + 1) * angle)
    return np.column_stack((path.real, path.imag))


def out_and_back() -> np.ndarray:
    """A lap whose driver turns at a third of it, goes back 40 m, and turns again."""
    xy = circuit(1200)
    return np.concatenate((xy[:400], xy[400:384:-1], xy[384:]))


def wriggle() -> np.ndarray:
    """A 3 km circle whose driver never goes straight on: 8 m to both sides every 16."""
    angle = np.linspace(0, 2 * np.pi, 6000, endpoint=False)
    path = (480 + 8 * np.sin(188 * angle)) * np.exp(1j * angle)
    return np.column_stack((path.real, path.imag))


def slalom() -> np.ndarray:
    """The circuit in steps of a metre, swinging 14 m to both sides every hundred."""
    xy = circuit(3000)
    return xy + 14 * np.sin(np.linspace(0, 60 * np.pi, 3000))[:, None] * xy / np.hypot(*xy.T)[:, None]


def rounds(count: int) -> np.ndarray:
    """A line that goes round so often, each time on another road, before it closes."""
    angle = np.linspace(0, 2 * np.pi, 1500, endpoint=False)
    path = (500 + 220 * np.cos(angle) + 60 * np.sin(3 * angle)) * np.exp(1j * count * angle)
    return np.column_stack((path.real, path.imag))


def flagged(first: int, last: int, bit: int, points: int = 600) -> tuple[int, ...]:
    return tuple(bit if first <= i < last else 0 for i in range(points))


def test_a_good_lap_is_not_refused():
    assert refused(circuit()) == {}
    assert refused(circuit(), rate_hz=10.0, flags=(0,) * 600) == {}
    assert refused(circuit(), lap_time_s=61.5, handedness="left") == {}


@pytest.mark.parametrize(
    ("code", "at", "xy"),
    [
        ("too_few_points", None, circuit(59)),
        ("not_finite", 0.5, changed(lambda xy: xy.__setitem__((300, 1), np.nan))),
        ("not_finite", 0.25, changed(lambda xy: xy.__setitem__((150, 0), np.inf))),
        ("coordinate_range", 0.0, circuit(scale=300)),
        ("coordinate_range", 0.1, changed(lambda xy: xy.__setitem__((60, 0), 1e308))),
        ("no_movement", None, circuit(scale=0.01)),
        ("no_movement", None, np.zeros((600, 2))),
        ("teleport", 0.4983, changed(lambda xy: xy.__setitem__(slice(300, 600), xy[300:600] + 60))),
        ("teleport", 0.3317, changed(lambda xy: xy.__setitem__(200, xy[200] + 80))),
        ("open", 1.0, circuit()[:560]),
        ("too_short", None, circuit(scale=0.07)),
        ("too_long", None, circuit(15_000, scale=16)),
        ("multi_lap", 0.5, np.concatenate((circuit(), circuit()))),
        ("multi_lap", 0.3333, np.concatenate([circuit() * (1 + drift / 500) for drift in range(3)])),
        ("multi_lap", 0.25, np.concatenate([circuit()] * 4)),
        ("backtrack", 0.33, out_and_back()),
        ("self_crossing", 0.0, loops(19)),
        ("too_twisty", None, wriggle()),
        ("turning_number", None, rounds(3)),
    ],
)
def test_each_rung_refuses_its_lap_and_says_where(code: str, at: float | None, xy: np.ndarray):
    found = refused(xy)
    assert code in found
    assert found[code] == (at if at is None else pytest.approx(at, abs=0.05))


@pytest.mark.parametrize("clock", [{"rate_hz": 60.0}, {"lap_time_s": 18.0}], ids=["rate", "lap-time"])
def test_a_lap_faster_than_any_car_is_refused(clock: dict[str, float]):
    assert "speed" in refused(circuit(), **clock)


def test_a_game_that_moves_its_cars_more_rarely_than_it_is_read_makes_nobody_faster():
    assert refused(np.repeat(circuit(1000), 3, axis=0), rate_hz=60.0) == {}


def test_a_lap_that_took_for_ever_is_refused():
    assert "too_slow" in refused(circuit(), lap_time_s=1200.0)


def test_a_lap_whose_bends_nobody_could_drive_is_refused_where_they_are_worst():
    """30 points a second that are taken for 60 make a lap that is not too fast, but bends too hard."""
    assert refused(slalom(), rate_hz=30.0) == {}
    found = refused(slalom(), rate_hz=60.0)
    assert list(found) == ["impossible_g"]
    assert found["impossible_g"] is not None


def test_nothing_is_said_of_the_bends_of_a_lap_whose_points_are_no_ticks_of_a_clock():
    """A lap of equal steps has a time too, and its hairpins would look as fast as its straights."""
    assert refused(slalom(), lap_time_s=50.0) == {}


def test_a_lap_may_go_round_twice_on_different_roads():
    """An oval and a road course together: Monza was driven like that."""
    assert refused(rounds(2)) == {}


@pytest.mark.parametrize("coordinates", ["game", "integrated"])
def test_a_lap_that_was_added_up_must_come_back_as_near_as_any_other(coordinates: str):
    """Who adds up speeds knows what is missing at the end, and has taken it back before the lap is sent."""
    assert refused(circuit()[:596], coordinates=coordinates) == {}
    assert refused(circuit()[:590], coordinates=coordinates) == {"open": 1.0}


def test_a_jump_that_the_rate_makes_impossible_is_refused_even_where_all_steps_are_long():
    assert "teleport" not in refused(circuit(80))
    assert "teleport" in refused(circuit(80), rate_hz=10.0)


def test_a_lap_that_the_game_did_not_count_is_refused():
    assert refused(circuit(), lap_valid=False) == {"lap_invalid": None}


def test_a_lap_through_the_pit_lane_is_refused_where_it_enters():
    assert refused(circuit(), flags=flagged(570, 600, PIT_LANE)) == {"in_pit_lane": 0.95}


def test_an_excursion_is_refused_and_a_wheel_over_the_line_is_not():
    assert refused(circuit(), flags=flagged(150, 190, OFF_TRACK)) == {"off_track": 0.25}
    assert refused(circuit(), flags=flagged(150, 155, OFF_TRACK)) == {}


def test_every_reason_is_given_not_only_the_first():
    flags = flagged(10, 60, OFF_TRACK | PIT_LANE, points=560)
    found = refused(circuit()[:560], lap_valid=False, flags=flags, rate_hz=100.0)
    assert list(found) == ["lap_invalid", "in_pit_lane", "off_track", "speed", "impossible_g", "open"]


def test_a_recording_that_ran_on_past_the_line_is_no_reason():
    assert refused(np.concatenate((circuit(), circuit()[:4]))) == {}


def test_a_figure_of_eight_is_a_circuit():
    angle = np.linspace(0, 2 * np.pi, 800, endpoint=False)
    assert refused(np.column_stack((700 * np.sin(angle), 400 * np.sin(2 * angle)))) == {}


def test_a_hairpin_of_five_metres_is_no_turning_back():
    arm, bend = np.linspace(0, 400, 200), np.linspace(-np.pi / 2, np.pi / 2, 20)
    lower = np.column_stack((arm, np.full(200, -5.0)))
    right = np.column_stack((400 + 5 * np.cos(bend), 5 * np.sin(bend)))
    upper, left = lower[::-1] * [1, -1], right[::-1] * [-1, 1] + [400, 0]
    assert refused(np.concatenate((lower, right[1:-1], upper, left[1:-1]))) == {}


SHAPES = {
    "spiral": lambda t: (10 + 900 * t) * np.exp(200j * t),
    "star": lambda t: 800 * np.sign(np.sin(np.pi * 997 * t)) * np.exp(2j * np.pi * t),
    "one place": lambda t: np.full(len(t), 17.0 + 4j),
    "two places": lambda t: np.where(np.arange(len(t)) % 2, 600.0, -600.0) + 0j,
    "noise": lambda t: np.random.default_rng(4).normal(0, 400, (len(t), 2)) @ [1, 1j],
    "knot": lambda t: 700 * np.sin(2 * np.pi * 31 * t) + 700j * np.sin(2 * np.pi * 37 * t),
    "scribble": lambda t: 14 * np.sin(2 * np.pi * 300 * t) + 14j * np.sin(2 * np.pi * 306 * t),
    "line": lambda t: 3000 * t + 0j,
    "circle": lambda t: 400 * np.exp(2j * np.pi * t),
}


@settings(max_examples=60, deadline=None)
@given(
    shape=st.sampled_from(sorted(SHAPES)),
    points=st.integers(1, 2000),
    scale=st.sampled_from([0.0, 5e-324, 1e-310, 1e-160, 1e-9, 1.0, 1e3, 1e6, 1e160, 1e304, np.inf, np.nan]),
    rate_hz=st.sampled_from([None, 5e-324, 0.1, 60.0, 1000.0]),
    flags=st.sampled_from([0, PIT_LANE, OFF_TRACK]),
    height=st.sampled_from([None, 0.0, 1e308, np.nan]),
)
def test_whatever_is_sent_has_a_verdict(
    shape: str, points: int, scale: float, rate_hz: float | None, flags: int, height: float | None
):
    with np.errstate(all="ignore"):
        places = SHAPES[shape](np.linspace(0, 1, points, endpoint=False)) * scale
    columns = [places.real, places.imag, *([] if height is None else [np.full(points, height)])]
    found = refused(np.column_stack(columns), rate_hz=rate_hz, flags=(flags,) * points)
    assert found or shape == "circle"


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_largest_laps_are_looked_at_in_bounded_memory(shape: str):
    places = SHAPES[shape](np.linspace(0, 1, MAX_POINTS, endpoint=False))
    lap = Lap.read(upload_of(np.column_stack((places.real, places.imag))))
    tracemalloc.start()
    try:
        refusals(lap)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 80e6


@pytest.mark.skipif(not REAL_TRACKS.is_dir(), reason=WITHOUT_REAL_TRACKS)
def test_no_real_circuit_is_refused():
    verdicts = {f"{name} {year}": refused(xy, handedness="left") for year, name, xy in f1_circuits()}
    verdicts |= {name: refused(xy, handedness="right") for name, xy in assetto_corsa_lines()}
    assert len(verdicts) > 90
    assert {name: codes for name, codes in verdicts.items() if codes} == {}


@pytest.mark.skipif(not REAL_TRACKS.is_dir(), reason=WITHOUT_REAL_TRACKS)
def test_borders_that_no_car_could_follow_are_refused_for_what_is_wrong_with_them():
    found = {
        f"{name} {side}": list(refused(np.column_stack((border.real, border.imag))))
        for name, *borders in bordered_circuits()
        for side, border in zip(("left", "right"), borders, strict=True)
    }
    assert {name: codes for name, codes in found.items() if codes} == {
        "china-gp right": ["backtrack"],
        "monaco left": ["teleport"],
        "thunderhill_raceway_park-twomilewest right": ["teleport"],
    }


@pytest.mark.skipif(not REAL_TRACKS.is_dir(), reason=WITHOUT_REAL_TRACKS)
def test_no_driven_lap_of_a_real_circuit_is_refused():
    roads = list(real_roads())[::15]
    rates = (10.0, 20.0, 60.0)
    laps = [driven_lap(road, seed, rate_hz=rates[seed % 3], noise_m=2.0) for seed, road in enumerate(roads)]
    assert len(laps) > 8
    assert not any(refusals(Lap.read(upload_of_driven(lap))) for lap in laps)
