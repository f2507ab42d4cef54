"""What the battery holds and which aids may be used."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.energy import Aid, aid, energy
from desktop_client.race.energy_laps import EnergyLaps
from desktop_client.race.lifecycle import Race
from desktop_client.race.moment import Moment
from desktop_client.telemetry.frame import Energy


def with_player(frame, **values):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, **values))


def moment(driven: float) -> Moment:
    lap = math.floor(driven)
    return Moment(driven * 90, lap + 1, driven - lap, False)


def test_the_balance_is_counted_from_the_line():
    book = EnergyLaps()
    book.take(moment(0.5), 0.9)
    assert (book.this_lap, book.last_lap) == (None, None)
    book.take(moment(1.0), 0.8)
    book.take(moment(1.6), 0.5)
    assert book.this_lap == pytest.approx(-0.3)
    book.take(moment(2.001), 0.6)
    assert book.last_lap == pytest.approx(-0.2)
    assert book.this_lap == pytest.approx(0.0)


def test_a_lap_of_which_a_part_was_not_seen_has_no_balance():
    book = EnergyLaps()
    book.take(moment(1.0), 0.8)
    book.take(moment(4.0), 0.2)
    assert book.last_lap is None
    book.take(moment(5.5), 0.4)
    assert (book.last_lap, book.this_lap) == (None, None)


@pytest.mark.parametrize(
    ("active", "available", "expected"),
    [
        (None, None, Aid.ABSENT),
        (False, False, Aid.ABSENT),
        (False, True, Aid.AVAILABLE),
        (True, False, Aid.ACTIVE),
        (True, None, Aid.ACTIVE),
    ],
)
def test_an_aid_that_cannot_be_used_takes_no_room(active, available, expected):
    assert aid(active, available) is expected


def test_the_view_holds_whole_percent(frame_at):
    race = Race()
    held = Energy(store=0.634, mode="Hotlap", deployed=0.41, harvested=0.278)
    frame = with_player(frame_at(5.0), energy=held, drs_available=True, overtakes_left=3, aero_open=True)
    race.take(frame)
    view = energy(frame, race)
    assert (view.store, view.mode, view.deployed, view.harvested) == (63, "Hotlap", 41, 28)
    assert (view.drs, view.overtake, view.overtakes_left, view.aero_open) == (Aid.AVAILABLE, Aid.ABSENT, 3, True)


def test_a_car_without_battery_and_aids_has_nothing_to_show(frame_at):
    assert energy(frame_at(5.0), Race()) is None
    assert energy(frame_at(5.0, own=None), Race()) is None
    assert energy(with_player(frame_at(5.0), drs_open=False), Race()).store is None


anything = st.none() | st.floats(allow_nan=True, allow_infinity=True)


@given(anything, anything, anything, anything, st.none() | st.integers())
def test_no_number_reaches_the_view_that_cannot_be_shown(frame_at, store, deployed, harvested, virtual, left):
    race = Race()
    held = Energy(store=store, deployed=deployed, harvested=harvested, virtual=virtual)
    for at in (0.0, 50.0, 91.0):
        frame = with_player(frame_at(at), energy=held, overtakes_left=left)
        race.take(frame)
        view = energy(frame, race)
        if view is not None:
            shown = (view.store, view.deployed, view.harvested, view.virtual)
            assert all(value is None or 0 <= value <= 100 for value in shown)
            assert view.overtakes_left is None or 0 <= view.overtakes_left <= 999
