from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from laps import REAL_TRACKS, WITHOUT_REAL_TRACKS, circuit, f1_circuits

from desktop_client.race.known_road import AWAY_FOR_M, FOLLOWED_M, KnownRoad, Road, Roads

HERE = circuit(wobble=60.0)
THERE = circuit(wobble=-90.0)
PART = HERE[:350]
SHORT_CUT = np.vstack((PART, PART[-1] + np.linspace(0, 1, 40)[1:-1, None] * (PART[0] - PART[-1])))


def road(name: str, line: np.ndarray) -> Road:
    return Road(name, line[:, 0], line[:, 1])


def drive(line: np.ndarray, *, metres: float = 9e9, start: float = 0.0, aside: float = 4.0) -> Iterator[list[float]]:
    """Places two metres apart along a closed line, weaving over the road."""
    closed = np.vstack((line, line[:1]))
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(closed, axis=0).T)))
    at = np.arange(0.0, min(metres, along[-1]), 2.0)
    x, y = (np.interp((at + start * along[-1]) % along[-1], along, closed[:, axis]) for axis in (0, 1))
    step = np.stack((np.gradient(x), np.gradient(y)))
    left = aside * np.sin(at / 180) * np.stack((-step[1], step[0])) / np.hypot(*step)
    yield from (np.stack((x, y)) + left).T.tolist()


def driven(known: KnownRoad, places: Iterator[list[float]]) -> list[str | None]:
    """The name after each place."""
    names: list[str | None] = []
    for x, y in places:
        known.take(x, y)
        names.append(known.name)
    return names


@pytest.mark.parametrize("start", [0.0, 0.37, 0.9])
def test_a_road_is_recognised_from_the_first_few_hundred_metres_wherever_one_begins(start: float) -> None:
    names = driven(KnownRoad(Roads.of([road("here", HERE), road("there", THERE)])), drive(HERE, start=start))
    assert set(names) == {None, "here"}
    assert FOLLOWED_M <= names.index("here") * 2 < 1500


def test_the_same_road_the_other_way_round_is_another_one() -> None:
    assert set(driven(KnownRoad(Roads.of([road("here", HERE)])), drive(HERE[::-1]))) == {None}
    both = Roads.of([road("here", HERE), road("back", HERE[::-1])])
    assert driven(KnownRoad(both), drive(HERE[::-1]))[-1] == "back"


def test_a_straight_alone_tells_nothing() -> None:
    straight = np.column_stack((np.linspace(0, 1500, 200), np.zeros(200)))
    long = np.vstack((straight, straight[::-1] + np.array((0.0, 300.0))))
    assert set(driven(KnownRoad(Roads.of([road("long", long)])), drive(straight, metres=1400.0))) == {None}


def test_of_two_roads_that_share_a_stretch_none_is_named_until_they_part() -> None:
    roads = Roads.of([road("whole", HERE), road("cut", SHORT_CUT)])
    names = driven(KnownRoad(roads), drive(HERE))
    shared_m = float(np.hypot(*np.diff(PART, axis=0).T).sum())
    assert set(names[: int(shared_m / 2)]) == {None}
    assert names[-1] == "whole"


def test_a_wrong_guess_is_dropped_where_the_road_is_left_and_is_not_made_again() -> None:
    known = KnownRoad(Roads.of([road("cut", SHORT_CUT)]))
    names = driven(known, drive(HERE))
    assert "cut" in names
    assert known.name is None
    assert "cut" not in driven(known, drive(HERE))


def test_an_excursion_and_a_teleport_to_the_pits_change_nothing() -> None:
    known = KnownRoad(Roads.of([road("here", HERE)]))
    driven(known, drive(HERE))
    away = HERE[0] + np.column_stack((np.linspace(0, AWAY_FOR_M, 40), np.zeros(40)))
    for x, y in (*away[:25].tolist(), *HERE[300:310].tolist()):
        known.take(x, y)
    assert known.name == "here"


@pytest.mark.parametrize("place", [(np.nan, 0.0), (np.inf, 0.0), (1e300, -1e300), (0.0, np.nan)])
def test_what_is_no_place_is_passed_over(place: tuple[float, float]) -> None:
    known = KnownRoad(Roads.of([road("here", HERE)]))
    names: list[str | None] = []
    for x, y in drive(HERE):
        known.take(*place)
        names += driven(known, iter([[x, y]]))
    assert names[-1] == "here"


def test_without_maps_there_is_nothing_to_recognise() -> None:
    nothing = Roads.of([road("point", HERE[:2])])
    assert set(driven(KnownRoad(nothing), drive(HERE, metres=800.0))) == {None}


@pytest.mark.skipif(not REAL_TRACKS.exists(), reason=WITHOUT_REAL_TRACKS)
def test_among_the_circuits_of_a_real_game_each_is_recognised_and_none_is_taken_for_another() -> None:
    """The game lays all of them around the same point: stretches of them lie over each other."""
    lines = {name: line for year, name, line in f1_circuits() if year == "2024"}
    everything = Roads.of([road(each, of) for each, of in lines.items()])
    for number, (name, line) in enumerate(list(lines.items())[::2]):
        places = list(drive(line, start=number / len(lines)))[::4]
        assert driven(KnownRoad(everything), iter(places))[-1] == name
        if number % 4 == 0:
            without = Roads.of([road(each, of) for each, of in lines.items() if each != name])
            assert set(driven(KnownRoad(without), iter(places))) == {None}, name
