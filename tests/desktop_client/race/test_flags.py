"""Which flag holds, where it is waved, and that it informs without ever flickering."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_client.race.flags import HELD_S, FlagView, FlagWatch, Shown, Sign
from desktop_client.telemetry.frame import Flag, SafetyCar, Zone

LENGTH = 5000.0
SECTORS = (1500.0, 3500.0)
YELLOW = frozenset({Flag.YELLOW})


@pytest.fixture(scope="module")
def seen(frame_at):
    """Shows a watch what holds at a time, with the driver at a place of the lap, and gives the view of then."""

    def look(watch: FlagWatch, at: float, flags=(), zones=(), safety_car=SafetyCar.NONE, place=1000.0, own=0):
        frame = frame_at(
            at,
            count=1,
            own=own,
            flags=frozenset(flags),
            zones=tuple(zones),
            safety_car=safety_car,
            sector_starts_m=SECTORS,
        )
        frame.cars.lap_distance_m[:] = place
        watch.take(frame, own)
        return watch.view(at)

    return look


def test_nothing_is_shown_while_everything_is_green(seen):
    assert seen(FlagWatch(), 0.0) is None
    assert seen(FlagWatch(), 0.0, flags={Flag.GREEN}) is None


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag is not Flag.GREEN])
def test_every_flag_of_a_game_is_shown(seen, flag):
    assert seen(FlagWatch(), 0.0, flags={flag}).shown.sign.name == flag.name


def test_the_most_urgent_is_shown_and_the_next_is_named(seen):
    view = seen(FlagWatch(), 0.0, flags={Flag.WHITE, Flag.BLUE, Flag.YELLOW}, safety_car=SafetyCar.FULL)
    assert view == FlagView(Shown(Sign.SAFETY_CAR), also=Sign.BLUE)


def test_in_a_danger_another_yellow_flag_is_no_news(seen):
    elsewhere = Zone(0.7, 0.8, Flag.YELLOW)
    assert seen(FlagWatch(), 0.0, flags={Flag.YELLOW}, zones=[elsewhere]).also is None
    assert seen(FlagWatch(), 0.0, flags={Flag.BLUE}, zones=[elsewhere]).also is Sign.YELLOW_ELSEWHERE


def test_a_yellow_in_front_says_how_far_and_in_which_sector(seen):
    zone = Zone(1390 / LENGTH, 1800 / LENGTH, Flag.YELLOW)
    assert seen(FlagWatch(), 0.0, zones=[zone]).shown == Shown(Sign.YELLOW, sector=1, ahead_m=400)
    assert seen(FlagWatch(), 0.0, zones=[zone], place=1400.0).shown == Shown(Sign.YELLOW, sector=1, ahead_m=0)


def test_a_yellow_far_away_or_behind_is_news_but_not_urgent(seen):
    zone = Zone(2000 / LENGTH, 2300 / LENGTH, Flag.DOUBLE_YELLOW)
    far = Shown(Sign.YELLOW_ELSEWHERE, sector=2)
    assert seen(FlagWatch(), 0.0, zones=[zone]).shown == far
    assert seen(FlagWatch(), 0.0, zones=[zone], place=2301.0).shown == far
    assert seen(FlagWatch(), 0.0, zones=[zone], flags={Flag.BLUE}).shown == Shown(Sign.BLUE)


def test_a_zone_across_the_line_holds_on_both_sides_of_it(seen):
    zone = Zone(0.98, 0.02, Flag.YELLOW)
    for place in (4950.0, 50.0):
        assert seen(FlagWatch(), 0.0, zones=[zone], place=place).shown.ahead_m == 0
    assert seen(FlagWatch(), 0.0, zones=[zone], place=4500.0).shown.ahead_m == 400
    assert seen(FlagWatch(), 0.0, zones=[zone], place=150.0).shown.sign is Sign.YELLOW_ELSEWHERE


def test_the_nearest_of_several_zones_is_told(seen):
    zones = [Zone(start / LENGTH, (start + 50) / LENGTH, Flag.YELLOW) for start in (1550, 1100, 1300)]
    assert seen(FlagWatch(), 0.0, zones=zones, flags=YELLOW).shown == Shown(Sign.YELLOW, sector=1, ahead_m=100)


def test_a_driver_whose_place_is_not_known_is_told_the_sector_only(seen):
    zone = Zone(2000 / LENGTH, 2300 / LENGTH, Flag.YELLOW)
    for place, own in ((float("nan"), 0), (1900.0, None)):
        assert seen(FlagWatch(), 0.0, zones=[zone], place=place, own=own).shown == Shown(Sign.YELLOW_ELSEWHERE, 2)


def test_a_blue_flag_waved_somewhere_is_for_somebody_else_and_a_red_one_is_for_all(seen):
    assert seen(FlagWatch(), 0.0, zones=[Zone(0.21, 0.22, Flag.BLUE)]) is None
    assert seen(FlagWatch(), 0.0, zones=[Zone(0.7, 0.8, Flag.RED)]).shown == Shown(Sign.RED)


def test_a_danger_that_ends_is_followed_by_a_short_clear_and_then_by_nothing(seen):
    watch = FlagWatch()
    seen(watch, 10.0, flags=YELLOW)
    assert seen(watch, 10.5).shown.sign is Sign.YELLOW
    assert seen(watch, 11.2).shown.sign is Sign.CLEAR
    assert seen(watch, 14.0).shown.sign is Sign.CLEAR
    assert seen(watch, 14.3) is None


def test_a_blue_flag_that_ends_is_simply_gone(seen):
    watch = FlagWatch()
    seen(watch, 10.0, flags={Flag.BLUE})
    assert seen(watch, 11.2) is None


def test_a_flag_blinks_slowly_while_it_is_news_and_then_stays_still(seen):
    watch = FlagWatch()
    lit = [seen(watch, 10.0 + step / 4, flags=YELLOW).lit for step in range(40)]
    assert lit[:9] == [True, True, False, False, True, True, False, False, True]
    assert all(lit[8:])


def test_a_flag_that_flickers_in_the_game_does_not_flicker_on_the_screen(seen):
    watch = FlagWatch()
    shown = [seen(watch, step / 10, flags=YELLOW if step % 2 == 0 else ()).shown.sign for step in range(60)]
    assert set(shown) == {Sign.YELLOW}


def test_something_more_urgent_is_shown_at_once(seen):
    watch = FlagWatch()
    seen(watch, 10.0, flags=YELLOW)
    assert seen(watch, 10.02, flags={Flag.RED}).shown.sign is Sign.RED


def test_a_clock_that_runs_backwards_begins_anew(seen):
    watch = FlagWatch()
    seen(watch, 1000.0, flags=YELLOW)
    assert seen(watch, 5.0) is None
    assert seen(watch, 6.0, flags=YELLOW).lit


signs = st.sets(st.sampled_from([Flag.YELLOW, Flag.BLUE, Flag.RED, Flag.DEBRIS, Flag.WHITE]), max_size=2)


@settings(max_examples=50, deadline=None)
@given(st.lists(signs, min_size=20, max_size=60))
def test_whatever_a_game_sends_a_sign_is_only_replaced_by_a_lesser_one_after_its_time(seen, sent):
    watch, last_seen, before = FlagWatch(), {}, None
    for step, flags in enumerate(sent):
        at = step / 20
        view = seen(watch, at, flags=flags)
        for flag in flags:
            last_seen[flag.name] = at
        now = None if view is None else view.shown.sign
        if before is not None and before is not Sign.CLEAR and (now is None or now > before):
            assert at - last_seen[before.name] >= HELD_S - 1e-6
        before = now


@settings(max_examples=60, deadline=None)
@given(st.floats(), st.floats(), st.floats(), st.sampled_from(Flag))
def test_no_zone_and_no_place_of_any_numbers_raises(seen, start, end, place, flag):
    view = seen(FlagWatch(), 0.0, zones=[Zone(start, end, flag)], place=place)
    assert view is None or view.shown.ahead_m is None or 0 <= view.shown.ahead_m <= 600


def test_views_stay_equal_while_the_zone_comes_nearer_by_less_than_a_step(seen):
    zone = Zone(1400 / LENGTH, 1800 / LENGTH, Flag.YELLOW)
    watch = FlagWatch()
    views = {seen(watch, 10.0 + place / 1e4, zones=[zone], place=place) for place in np.arange(1000.0, 1020.0, 1.0)}
    assert len(views) == 1
