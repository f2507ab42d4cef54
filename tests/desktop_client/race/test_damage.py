"""What is broken."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.damage import damage
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Part, Wheel


def with_player(frame, **values):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, **values))


def test_the_worst_part_comes_first(frame_at):
    broken = {Part.FLOOR: 0.31, Part.ENGINE: 0.9, Part.FRONT_WING_LEFT: 0.31, Part.GEARBOX: 0.0}
    view = damage(with_player(frame_at(1.0), damage=broken), Race())
    assert view.parts == ((Part.ENGINE, 90), (Part.FRONT_WING_LEFT, 31), (Part.FLOOR, 31))
    assert view.worst == ("engine", 90)
    assert not view.whole


def test_a_whole_car_has_nothing_to_say_and_a_scratch_is_nothing(frame_at):
    view = damage(with_player(frame_at(1.0), damage={Part.FLOOR: 0.0, Part.ENGINE: 0.01}), Race())
    assert view.whole
    assert view.worst is None


def test_a_puncture_is_damage(frame_at):
    wheels = (Wheel(damage=0.0), Wheel(damage=0.0), Wheel(damage=0.55), Wheel())
    view = damage(with_player(frame_at(1.0), wheels=wheels), Race())
    assert view.wheels == (0, 0, 55, 0)
    assert view.worst == ("tyre rear left", 55)


def test_a_worn_tyre_is_not_a_broken_one_where_a_game_sends_wear_as_damage_too(frame_at):
    wheels = (Wheel(damage=0.42, wear=0.424), Wheel(damage=0.9, wear=0.424), Wheel(damage=0.03), Wheel(wear=0.5))
    assert damage(with_player(frame_at(1.0), wheels=wheels), Race()).wheels == (0, 90, 3, 0)


def test_a_game_that_tells_of_no_damage_is_not_a_whole_car(frame_at):
    assert damage(frame_at(1.0), Race()) is None
    assert damage(with_player(frame_at(1.0), wheels=(Wheel(), Wheel(), Wheel(), Wheel())), Race()) is None
    assert damage(frame_at(1.0, own=None), Race()) is None


@pytest.mark.parametrize("share", [float("nan"), float("inf"), -1.0, 1e9])
def test_a_share_that_cannot_be_is_no_damage(frame_at, share):
    assert damage(with_player(frame_at(1.0), damage={Part.FLOOR: share}), Race()).whole


@given(st.dictionaries(st.sampled_from(Part), st.floats(0, 1)))
def test_every_damaged_part_is_there_once_and_in_order(frame_at, shares):
    view = damage(with_player(frame_at(1.0), damage=shares), Race())
    percents = [percent for _, percent in view.parts]
    assert percents == sorted(percents, reverse=True)
    assert {part for part, _ in view.parts} == {part for part, share in shares.items() if share >= 0.02}
    assert all(1 <= percent <= 100 for percent in percents)
