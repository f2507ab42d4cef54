"""Which layout a lap is a lap of: the same in any plane, a variant by one chicane, the reverse, or none of them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from uuid import UUID, uuid5

import numpy as np
import pytest
from driven_laps import Pose, Road, driven_lap, invented_road, real_roads
from hypothesis import given, settings
from hypothesis import strategies as st
from laps import WITHOUT_REAL_TRACKS, circuit

from services.tracks.domain.canonical import Loop
from services.tracks.domain.recognition import Known, match, recognise

ROAD = invented_road(5)


def known_of(road: Road, game: str = "f1") -> Known:
    return Known(uuid5(UUID(int=0), road.layout), game, road.name, Loop.through(road.xy, None))


def lap_of(road: Road, seed: int = 1, pose: Pose | None = None, **how: float) -> Loop:
    return Loop.through(driven_lap(road, seed, pose, **{"noise_m": 1.5, "rate_hz": 30.0, **how}).xy, None)


def oval(straight_m: float, radius_m: float) -> Loop:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 60)
    bend = straight_m / 2 + radius_m * np.exp(1j * angle)
    half = np.concatenate((np.linspace(-straight_m / 2, straight_m / 2, 60, endpoint=False) - 1j * radius_m, bend))
    places = np.concatenate((half, -half))
    return Loop.through(np.column_stack((places.real, places.imag)), None)


KNOWN = known_of(ROAD)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rate_hz=st.sampled_from([10.0, 20.0, 60.0]),
    noise_m=st.floats(0.5, 5.0),
    apexing=st.floats(-0.5, 1.0),
    start=st.floats(0, 0.99),
    scale=st.floats(0.97, 1.03),
    turn=st.floats(-3.1, 3.1),
)
def test_whatever_line_rate_start_turn_and_size_a_lap_has_it_is_the_same_layout(
    seed: int, rate_hz: float, noise_m: float, apexing: float, start: float, scale: float, turn: float
):
    pose = Pose(turn=turn, move=complex(seed % 9000, 300), scale=scale, rounding_m=0.1)
    lap = lap_of(ROAD, seed, pose, rate_hz=rate_hz, noise_m=noise_m, apexing=apexing, start=start)
    found = match(lap, KNOWN, mirrors=False)
    assert found.relation == "same"
    assert found.pose.scale == pytest.approx(1 / scale, abs=0.01)
    assert found.deviation.rms < 6


@pytest.mark.parametrize("is_double", [True, False], ids=["a chicane", "a bypass"])
@pytest.mark.parametrize("depth", [30.0, -30.0, 45.0])
def test_one_bend_more_is_a_variant_and_the_place_is_named(depth: float, is_double: bool):
    bent = ROAD.bent(at=0.40, length_m=200.0, depth_m=depth, is_double=is_double)
    found = match(lap_of(bent), KNOWN, mirrors=False)
    assert found.relation == "variant"
    assert found.at == pytest.approx(0.425, abs=0.03)
    assert found.deviation.max == pytest.approx(abs(depth), rel=0.35)
    removed = match(lap_of(ROAD), known_of(bent), mirrors=False)
    assert removed.relation == "variant"


def test_on_a_precise_map_a_small_chicane_is_seen_that_a_drawn_line_would_hide():
    bent = ROAD.bent(at=0.7, length_m=120.0, depth_m=20.0, is_double=True)
    assert match(lap_of(bent, noise_m=0.7, apexing=0.3), KNOWN, mirrors=False).relation == "variant"


def test_the_road_driven_the_other_way_round_is_its_reverse_and_the_place_is_counted_as_it_is_driven():
    assert match(lap_of(ROAD.reversed()), KNOWN, mirrors=False).relation == "reverse"
    bent = ROAD.bent(at=0.40, length_m=200.0, depth_m=60.0, is_double=False)
    found = match(lap_of(bent.reversed()), KNOWN, mirrors=False)
    assert found.relation == "variant"
    assert found.at == pytest.approx(1 - 0.425, abs=0.03)


def test_a_mirrored_lap_is_the_same_only_where_the_handedness_is_unknown():
    mirrored = lap_of(ROAD, pose=Pose(turn=1.0, is_mirrored=True))
    assert match(mirrored, KNOWN, mirrors=True).relation == "same"
    assert match(mirrored, KNOWN, mirrors=False).relation == "other"


def test_of_an_oval_with_unknown_handedness_the_plain_reading_is_taken():
    known = Known(UUID(int=1), "f1", "oval", oval(500, 120))
    found = match(known.loop, known, mirrors=True)
    assert (found.relation, found.pose.is_mirrored, found.pose.is_reversed) == ("same", False, False)
    backwards = Loop.through(known.loop.xy[::-1], None)
    assert match(backwards, known, mirrors=False).relation == "reverse"


@pytest.mark.parametrize(("straight_m", "radius_m"), [(244, 60), (260, 74), (150, 74), (200, 95)])
def test_two_short_ovals_are_two_though_each_is_nearly_the_other(straight_m: float, radius_m: float):
    known = Known(UUID(int=1), "nascar", "oval", oval(198, 74))
    assert match(oval(straight_m, radius_m), known, mirrors=True).relation != "same"
    assert match(oval(198, 70), known, mirrors=True).relation == "same"  # the low line of the same one


def test_a_lap_of_the_same_game_is_left_where_it_lies_so_that_how_far_aside_it_ran_stays_true():
    aside = Loop.through(lap_of(ROAD, apexing=0.0).xy + np.array([0.8, 0.5]), None)
    pose = match(aside, KNOWN, mirrors=False, game="f1").pose
    assert (pose.turn, pose.scale, pose.move) == (0.0, 1.0, 0j)
    moved = match(Loop.through(aside.xy + np.array([150, 0]), None), KNOWN, mirrors=False, game="f1").pose
    assert abs(moved.move + 150) < 3


def test_one_game_has_a_road_in_one_size():
    larger = lap_of(ROAD, pose=Pose(scale=1.05))
    assert match(larger, KNOWN, mirrors=False, game="ac").relation == "same"
    assert match(larger, KNOWN, mirrors=False, game="f1").relation != "same"


@pytest.mark.parametrize("length_m", [400.0, 1000.0])
def test_small_circuits_are_told_apart_though_their_differences_are_metres(length_m: float):
    roads = [invented_road(seed, length_m) for seed in range(5)]
    laps = [lap_of(road, noise_m=0.7, apexing=0.3) for road in roads]
    for lap, road in itertools.product(laps, roads):
        found = match(lap, known_of(road), mirrors=True)
        assert (found.relation == "same") == (lap is laps[roads.index(road)])


def test_what_drifted_because_it_was_integrated_is_recognised_and_its_chicane_is_seen():
    angle = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    drift = 18 * np.exp(2j * angle) + 8 * np.exp(-1j * angle)

    def drifted(road: Road) -> Loop:
        lap = driven_lap(road, 1, noise_m=1.5)
        wrong = lap.places + np.interp(np.linspace(0, 1, len(lap.places)), angle / 2 / np.pi, drift)
        return Loop.through(np.column_stack((wrong.real, wrong.imag)), None)

    bent = ROAD.bent(at=0.4, length_m=200.0, depth_m=45.0, is_double=True)
    assert match(drifted(ROAD), KNOWN, mirrors=False).relation != "same"
    assert match(drifted(ROAD), KNOWN, mirrors=False, integrated=True).relation == "same"
    assert match(drifted(bent), KNOWN, mirrors=False, integrated=True).relation == "variant"


def test_of_several_layouts_each_relation_has_its_closest_and_the_name_decides_where_two_are_the_same():
    chicane = known_of(ROAD.bent(at=0.4, length_m=200.0, depth_m=40.0, is_double=True))
    twin = Known(UUID(int=7), "ac", "twin", Loop.through(ROAD.xy + 0.1, None))
    knowns = [chicane, known_of(ROAD.reversed()), KNOWN, twin, known_of(invented_road(9))]
    found = recognise(lap_of(ROAD), knowns, mirrors=False, preferred=twin.layout_id)
    assert found.same
    assert found.same.known is twin
    assert found.reverse
    assert found.reverse.known is knowns[1]
    assert found.variant
    assert found.variant.known is chicane
    nothing = recognise(Loop.through(circuit(), None), knowns, mirrors=True)
    assert (nothing.same, nothing.reverse, nothing.variant) == (None, None, None)


def test_a_lap_is_a_variant_of_what_is_driven_its_way_round_though_the_other_way_round_lies_closer():
    lap = lap_of(ROAD.bent(0.4, 200.0, 40.0, is_double=True))
    closer = known_of(ROAD.bent(0.4, 200.0, 15.0, is_double=True).reversed(), "ac")
    found = recognise(lap, [closer, KNOWN], mirrors=False)
    assert found.variant
    assert found.variant.known is KNOWN
    alone = recognise(lap, [closer], mirrors=False)
    assert alone.variant
    assert alone.variant.known is closer


def test_of_a_layout_the_line_of_the_laps_own_game_says_whether_it_is_the_same():
    chicane = ROAD.bent(at=0.4, length_m=200.0, depth_m=40.0, is_double=True)
    between = ROAD.bent(at=0.4, length_m=200.0, depth_m=22.0, is_double=True)
    elsewhere = replace(known_of(between, "ac"), layout_id=KNOWN.layout_id)
    lap = lap_of(chicane, noise_m=5.0)
    assert match(lap, elsewhere, mirrors=False, game="f1").relation == "same"
    found = recognise(lap, [elsewhere, KNOWN], mirrors=False, game="f1")
    assert (found.same, found.variant and found.variant.known) == (None, KNOWN)
    assert recognise(lap, [elsewhere, KNOWN], mirrors=False, game="gt7").same is not None


def test_a_line_whose_hand_nobody_knows_makes_no_lap_of_known_hand_its_mirror_image():
    known = Known(UUID(int=1), "f1", "oval", oval(500, 120))
    unknown = replace(known, game="gt7", handedness_is_known=False)
    backwards = Loop.through(known.loop.xy[::-1], None)
    found = recognise(backwards, [unknown, known], mirrors=False, game="ac")
    assert (found.same, found.reverse and found.reverse.known) == (None, known)
    alone = recognise(backwards, [unknown], mirrors=False, game="ac")
    assert alone.same
    assert alone.same.pose.is_mirrored


def test_a_name_does_not_win_over_a_shape_that_lies_clearly_closer():
    nearly = known_of(ROAD.bent(at=0.4, length_m=1500.0, depth_m=12.0, is_double=True))
    found = recognise(
        lap_of(ROAD, noise_m=0.5, apexing=0.0), [nearly, KNOWN], mirrors=False, preferred=nearly.layout_id
    )
    assert found.same
    assert found.same.known is KNOWN


@pytest.fixture(scope="module")
def roads() -> list[Road]:
    found = list(real_roads())
    if not found:
        pytest.skip(WITHOUT_REAL_TRACKS)
    return found


def test_every_real_circuit_is_recognised_in_every_source_that_has_it(roads: list[Road]):
    pairs = [(one, other) for one, other in itertools.pairwise(sorted(roads, key=lambda road: road.layout))
             if one.layout == other.layout]  # fmt: skip
    assert len(pairs) > 70
    for one, other in pairs:
        found = match(Loop.through(one.xy, None), known_of(other), mirrors=False)
        assert found.relation == "same", (one.name, other.name, found.deviation)


def test_the_last_chicane_of_barcelona_makes_a_variant_and_silverstone_backwards_a_reverse(roads: list[Road]):
    named = {road.name: road for road in roads}
    for year in ("f1_2023", "f1_2024", "f1_2025"):
        lap = lap_of(named["ac/ks_barcelona-layout_gp"])
        assert match(lap, known_of(named[f"{year}/Catalunya"]), mirrors=False).relation == "variant"
    lap = lap_of(named["f1_2025/Silverstone_Reverse"])
    assert match(lap, known_of(named["f1_2023/Silverstone"]), mirrors=False).relation == "reverse"


def test_no_real_circuit_is_taken_for_another(roads: list[Road]):
    first = {road.layout.split(",")[0]: road for road in roads}
    knowns = [known_of(road) for road in first.values()]
    pairs = list(itertools.combinations(knowns, 2))[::4]
    assert len(pairs) > 200
    for one, other in pairs:
        assert match(one.loop, other, mirrors=True).relation == "other", (one.track_id, other.track_id)
