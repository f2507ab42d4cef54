"""What the driver has just turned a knob for."""

import dataclasses

import pytest

from desktop_client.race.adjustments import NEWS_S, Adjustments, Knob


@pytest.fixture(scope="session")
def player(frame_at):
    return frame_at(0.0).player


def after(player, *turns):
    """The adjustments after (time, settings) in turn."""
    made = Adjustments()
    for at, values in turns:
        made.take(at, dataclasses.replace(player, **values))
    return made


def test_the_first_value_is_no_news(player):
    assert after(player, (1.0, {"tc_level": 3, "abs_level": 2, "brake_bias": 0.57})).recent(1.0) == ()


def test_a_turned_knob_is_news_with_its_newest_value_until_it_is_old(player):
    made = after(player, (1.0, {"tc_level": 3}), (2.0, {"tc_level": 4}), (2.5, {"tc_level": 5}))
    assert made.recent(2.5) == ((Knob.TC, 5),)
    assert made.recent(2.5 + NEWS_S - 0.01) == ((Knob.TC, 5),)
    assert made.recent(2.5 + NEWS_S) == ()


def test_news_come_in_one_order_whatever_was_turned_first(player):
    first = {"tc_level": 1, "abs_level": 1, "brake_bias": 0.5}
    made = after(
        player, (1.0, first), (2.0, first | {"abs_level": 2}), (3.0, first | {"abs_level": 2, "brake_bias": 0.6})
    )
    assert [knob for knob, _ in made.recent(3.0)] == [Knob.BRAKE_BIAS, Knob.ABS]


def test_what_the_game_stops_telling_was_not_turned(player):
    made = after(player, (1.0, {"tc_level": 3}), (2.0, {"tc_level": None}), (3.0, {"tc_level": 3}))
    assert made.recent(3.0) == ()
    assert after(player, (1.0, {"brake_bias": 0.5}), (2.0, {"brake_bias": float("nan")})).recent(2.0) == ()


def test_time_that_runs_backwards_shows_no_news_of_the_future(player):
    made = after(player, (50.0, {"tc_level": 3}), (60.0, {"tc_level": 4}))
    assert made.recent(10.0) == ()
