"""What is remembered of a car moves with it."""

import numpy as np

from desktop_client.race.seats import Seats, carried


def slots(*numbers):
    return np.array(numbers, dtype=np.int32)


def test_nobody_has_moved_while_the_slots_stay():
    seats = Seats()
    assert seats.moves(slots(3, 5)).tolist() == [-1, -1]
    assert seats.moves(slots(3, 5)) is None


def test_a_car_that_joins_in_front_moves_the_others_rows():
    seats = Seats()
    seats.moves(slots(3, 5, 9))
    moves = seats.moves(slots(1, 9, 3))
    assert moves.tolist() == [-1, 2, 0]
    assert carried(np.array([30.0, 50.0, 90.0]), moves, np.nan).tolist()[1:] == [90.0, 30.0]


def test_a_newcomer_has_nothing_in_any_of_its_columns():
    moves = np.array([-1, 0])
    table = carried(np.array([[1, 2], [3, 4]], dtype=np.int32), moves, 0)
    assert table.tolist() == [[0, 0], [1, 2]]
    assert table.dtype == np.int32


def test_an_empty_field_is_a_field():
    seats = Seats()
    assert seats.moves(slots()) is None
    seats.moves(slots(4))
    assert seats.moves(slots()).tolist() == []
