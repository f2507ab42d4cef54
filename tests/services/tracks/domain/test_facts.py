"""What drivers' games tell of sectors and pit lane: what they agree on, whoever tells nonsense among them."""

from __future__ import annotations

import math
import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tracks import PitPassage, Station
from services.tracks.domain.facts import MOST_PIT_PLACES, Agreed, Facts, PitFacts, agreed, told

LENGTH_M = 5000.0
WAY = np.linspace(0, 400, 900) + 12j


def facts_of(*sectors: float, pit: PitPassage | None = None, start: float = 0.0, driven_m: float = LENGTH_M) -> Facts:
    return told(sector_starts_m=sectors, pit=pit, way=WAY if pit else None, start=start, driven_m=driven_m)


PIT = PitPassage(4800.0, 300.0, 22.2)


def test_sectors_and_pit_lane_come_back_in_metres_of_the_line():
    both = agreed([facts_of(0.0, 1500.0, 3500.0, pit=PIT)], LENGTH_M)
    assert both.sectors == (Station(0.0), Station(1500.0), Station(3500.0))
    assert both.pit is not None
    assert (both.pit.entry_s, both.pit.exit_s, both.pit.speed_limit_mps) == (4800.0, 300.0, 22.2)
    assert both.pit.x[0] == 0
    assert both.pit.x[-1] == 400
    assert set(both.pit.y) == {12}


def test_a_lap_that_was_driven_longer_and_begun_elsewhere_tells_the_same_places():
    told_here = facts_of(1020.0, start=0.1, driven_m=5100.0)
    assert agreed([told_here], LENGTH_M).sectors[1].s == pytest.approx(1500.0)


@pytest.mark.parametrize("seed", range(3))
def test_a_minority_that_tells_nonsense_changes_nothing(seed: int):
    chance = random.Random(seed)
    honest = [facts_of(1500.0 + chance.uniform(-8, 8), 3500.0 + chance.uniform(-8, 8), pit=PIT) for _ in range(4)]
    other = PitPassage(1000.0, 2000.0, 90.0)
    hostile = [facts_of(chance.uniform(1, 4999), chance.uniform(1, 4999), pit=other) for _ in range(3)]
    mixed = honest + hostile
    chance.shuffle(mixed)
    both = agreed(mixed, LENGTH_M)
    assert [station.s for station in both.sectors] == pytest.approx([0, 1500, 3500], abs=9)
    assert both.pit is not None
    assert (both.pit.entry_s, both.pit.exit_s, both.pit.speed_limit_mps) == (4800.0, 300.0, 22.2)


def test_a_pit_exit_is_agreed_on_across_the_line():
    passages = [PitPassage(4800.0, exit_m) for exit_m in (4990.0, 5.0, 15.0)]
    both = agreed([facts_of(pit=passage) for passage in passages], LENGTH_M)
    assert both.pit is not None
    assert both.pit.exit_s == 5.0


def test_most_games_say_how_many_sectors_there_are():
    both = agreed([facts_of(1500.0, 3500.0), facts_of(1500.0, 3500.0), facts_of(2500.0)], LENGTH_M)
    assert len(both.sectors) == 3


def test_who_drove_the_pit_lane_tells_its_way_for_who_only_knows_where_it_is():
    only_known = Facts(pit=PitFacts(0.96, 0.06, 22.2))
    both = agreed([only_known, facts_of(pit=PIT), only_known], LENGTH_M)
    assert both.pit is not None
    assert len(both.pit.x) > 10


def test_a_later_lap_that_tells_less_takes_nothing_away():
    first = facts_of(1500.0, pit=PIT)
    assert first.updated(facts_of()) == first
    assert first.updated(facts_of(1600.0)).sectors == (0.32,)


def test_nothing_told_is_nothing_agreed_on():
    assert agreed([], LENGTH_M) == agreed([Facts(), Facts()], LENGTH_M) == Agreed()


def test_a_way_of_any_length_stays_short():
    long_way = np.linspace(0, 40_000, 4000) + 0j
    pit = told(sector_starts_m=(), pit=PIT, way=long_way, start=0.0, driven_m=LENGTH_M).pit
    assert pit is not None
    assert len(pit.x) == MOST_PIT_PLACES


@settings(max_examples=80, deadline=None)
@given(
    sectors=st.lists(st.floats(), max_size=8),
    entry=st.floats(),
    leaves=st.floats(),
    start=st.floats(),
    driven_m=st.floats(),
    way=st.lists(st.complex_numbers(), max_size=6),
)
def test_whatever_is_told_lies_on_the_lap_or_is_left_out(
    sectors: list[float], entry: float, leaves: float, start: float, driven_m: float, way: list[complex]
):
    pit = PitPassage(entry, leaves)
    facts = told(sector_starts_m=sectors, pit=pit, way=np.array(way, complex), start=start, driven_m=driven_m)
    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts
    both = agreed([facts, facts_of(1500.0, pit=PIT)], LENGTH_M)
    places = [station.s for station in both.sectors] + ([both.pit.entry_s, both.pit.exit_s] if both.pit else [])
    assert all(math.isfinite(place) and 0 <= place <= LENGTH_M for place in places)
    assert [station.s for station in both.sectors] == sorted(station.s for station in both.sectors)
