"""How the tyres are."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.lifecycle import Race
from desktop_client.race.moment import Moment
from desktop_client.race.tyre_laps import LAPS_KEPT, TyreLaps, temperature_c
from desktop_client.race.tyres import ANY_TYRE, Heat, Window, hardest_working, heat, laps_until, tyres
from desktop_client.telemetry.frame import Player, Wheel

NAN = float("nan")


def driver(wears=(0.1, 0.1, 0.1, 0.1), temperatures=(90.0,) * 4, **values) -> Player:
    wheels = tuple(
        Wheel(inner_c=hot, wear=wear, pressure_kpa=165.0) for hot, wear in zip(temperatures, wears, strict=True)
    )
    made = {"speed_mps": 50, "throttle": 1, "brake": 0, "clutch": 0, "steer": 0, "gear": 5, "rpm": 9000}
    return Player(**made | {"wheels": wheels, "tyre_compound": "M"} | values)


def moment(driven: float, **values) -> Moment:
    lap = math.floor(driven)
    return Moment(**{"at_s": driven * 90, "lap": lap + 1, "share": driven - lap, "in_pit": False} | values)


def stint(
    book: TyreLaps, laps: float, per_lap=(0.02, 0.02, 0.02, 0.04), warmer: float = 0.0, start: float = 0.0
) -> None:
    for step in range(round(laps * 50) + 1):
        at = step / 50
        wears = tuple(each * at for each in per_lap)
        book.take(moment(start + at), driver(wears, (90 + warmer * math.floor(at),) * 4))


def with_player(frame, player):
    return dataclasses.replace(frame, player=player)


def test_wear_per_lap_is_known_after_one_whole_lap_for_every_wheel():
    book = TyreLaps()
    stint(book, 0.9)
    assert all(math.isnan(value) for value in book.wear_per_lap)
    stint(book, 3.2)
    assert book.wear_per_lap == pytest.approx((0.02, 0.02, 0.02, 0.04), abs=1e-3)


def test_a_new_set_begins_with_nothing():
    for change in ({"tyre_compound": "H"}, {"tyre_age_laps": 0}, {"wears": (0.0,) * 4}):
        book = TyreLaps()
        worn = {"wears": (0.3,) * 4, "tyre_age_laps": 9}
        book.take(moment(0.0), driver(**worn))
        book.take(moment(1.0), driver((0.32,) * 4, tyre_age_laps=9))
        assert book.wear_per_lap[0] == pytest.approx(0.02)
        book.take(moment(1.5), driver(**{"wears": (0.32,) * 4, "tyre_age_laps": 9} | change))
        assert math.isnan(book.wear_per_lap[0])


def test_a_lap_through_the_pits_says_nothing_of_temperature():
    book = TyreLaps()
    stint(book, 2.0, warmer=5.0)
    assert book.warming_c == pytest.approx((5.0,) * 4, abs=0.5)
    book.take(moment(2.5, in_pit=True), driver(temperatures=(20.0,) * 4, wears=(0.08,) * 4))
    book.take(moment(3.0), driver(wears=(0.09,) * 4))
    assert book.warming_c == pytest.approx((5.0,) * 4, abs=0.5)


def test_laps_that_do_not_follow_each_other_begin_again():
    book = TyreLaps()
    stint(book, 3.0)
    book.take(moment(7.5), driver((0.2,) * 4))
    assert all(math.isnan(value) for value in (*book.wear_per_lap, *book.warming_c))


def test_a_season_of_laps_is_not_remembered():
    book = TyreLaps()
    for lap in range(3 * LAPS_KEPT):
        book.take(moment(lap), driver((lap * 1e-3,) * 4))
    assert len(book._at_line) == LAPS_KEPT


@pytest.mark.parametrize(
    ("celsius", "expected"),
    [(60, Heat.COLD), (75, Heat.COOL), (80, Heat.RIGHT), (105, Heat.RIGHT), (110, Heat.WARM), (120, Heat.HOT)],
)
def test_a_temperature_lies_somewhere_in_or_out_of_the_window(celsius, expected):
    assert heat(celsius, Window(80, 105)) is expected
    assert heat(NAN, Window(80, 105)) is None


def test_the_carcass_counts_then_the_tread_then_the_surface():
    assert temperature_c(Wheel(inner_c=90, surface_c=100, tread_c=(80, 82, 84))) == 90
    assert temperature_c(Wheel(surface_c=100, tread_c=(80, 82, 84))) == 82
    assert temperature_c(Wheel(surface_c=100)) == 100
    assert math.isnan(temperature_c(Wheel(inner_c=1e9)))


def test_laps_until_a_tyre_is_worn_out():
    assert laps_until(0.25, 0.05, 0.75) == pytest.approx(10)
    assert laps_until(0.8, 0.05, 0.75) == 0
    assert laps_until(0.25, NAN, 0.75) is None
    assert laps_until(0.25, 0.0, 0.75) is None
    assert laps_until(NAN, 0.05, 0.75) is None


def test_the_hardest_working_corner_is_named_only_when_it_stands_out():
    assert hardest_working(driver(), (0.02, 0.03, 0.02, 0.02)) == 1
    assert hardest_working(driver(), (0.02, 0.02, 0.02, 0.02)) is None
    unknown = (NAN,) * 4
    assert hardest_working(driver(temperatures=(90, 90, 102, 90)), unknown) == 2
    assert hardest_working(driver(temperatures=(90, 90, 92, 90)), unknown) is None
    assert hardest_working(driver(temperatures=(90, 90, NAN, 90)), unknown) is None


def test_the_view_puts_it_together_in_the_drivers_unit(frame_at):
    race = Race()
    stint(race.used.tyres, 3.4)
    player = driver((0.2, 0.21, 0.22, 0.40), (78.4, 95.0, 119.6, NAN), tyre_age_laps=7)
    view = tyres(with_player(frame_at(5.0), player), race, "bar", worn_out=0.6)
    assert [tyre.temperature_c for tyre in view.tyres] == [78, 95, 120, None]
    assert [tyre.heat for tyre in view.tyres] == [Heat.COOL, Heat.RIGHT, Heat.HOT, None]
    assert [tyre.wear for tyre in view.tyres] == [20, 21, 22, 40]
    assert [tyre.works_hardest for tyre in view.tyres] == [False, False, False, True]
    assert (view.tyres[3].laps, view.laps) == (5, 5)
    assert view.tyres[0].pressure == 1.65
    assert (view.compound, view.age_laps) == ("M", 7)
    assert tyres(with_player(frame_at(5.0), player), race, "psi").tyres[0].pressure == 23.9


def test_the_tread_is_judged_across_where_the_game_tells_all_of_it(frame_at):
    whole, half = Wheel(tread_c=(60.0, 90.0, 130.0)), Wheel(tread_c=(60.0, NAN, 130.0))
    player = driver(wheels=(whole, half, Wheel(), Wheel()))
    one, two, three, _ = tyres(with_player(frame_at(5.0), player), Race()).tyres
    assert one.tread == (Heat.COLD, Heat.RIGHT, Heat.HOT)
    assert (two.tread, three.tread) == (None, None)


def test_a_window_of_the_drivers_own_overrides_the_table(frame_at):
    frame = with_player(frame_at(5.0), driver(temperatures=(90.0,) * 4))
    assert tyres(frame, Race(), window=Window(95, 100)).tyres[0].heat is Heat.COOL
    unknown = with_player(frame_at(5.0), driver(temperatures=(ANY_TYRE.hot_c,) * 4, tyre_compound="Slick X"))
    assert tyres(unknown, Race()).tyres[0].heat is Heat.RIGHT


def test_there_is_nothing_to_see_of_wheels_that_a_game_does_not_send(frame_at):
    assert tyres(frame_at(5.0), Race()) is None
    assert tyres(frame_at(5.0, own=None), Race()) is None


anything = st.floats(allow_nan=True, allow_infinity=True)
wheels = st.builds(
    Wheel, surface_c=anything, inner_c=anything, pressure_kpa=anything, wear=anything, damage=anything, brake_c=anything
)


@given(st.lists(st.tuples(wheels, wheels, wheels, wheels, st.integers(0, 5), anything), min_size=1, max_size=12))
def test_no_numbers_reach_the_view_that_cannot_be_shown(frame_at, moments):
    race = Race()
    for *four, lap, share in moments:
        player = driver()
        player = dataclasses.replace(player, wheels=tuple(four))
        race.used.tyres.take(Moment(0.0, lap, share, False), player)
        for tyre in tyres(with_player(frame_at(1.0), player), race).tyres:
            assert tyre.wear is None or 0 <= tyre.wear <= 100
            assert tyre.temperature_c is None or abs(tyre.temperature_c) <= 400
            assert tyre.laps is None or 0 <= tyre.laps <= 999
            assert tyre.wear_per_lap is None or 0 < tyre.wear_per_lap <= 100
