"""Which rows of a long table are shown."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_client.race.table_window import shares, shown


def test_the_open_class_gets_what_the_leaders_of_the_others_leave():
    assert shares([20, 20, 20], open_one=1, room=15, leaders=2) == [2, 11, 2]


def test_a_small_open_class_leaves_its_room_to_the_others_fastest_first():
    assert shares([20, 3, 2], open_one=1, room=15, leaders=2) == [10, 3, 2]


def test_in_little_room_the_others_fold_further():
    assert shares([20, 20, 20], open_one=0, room=5, leaders=3) == [3, 1, 1]
    assert shares([20, 20, 20], open_one=0, room=2, leaders=3) == [2, 0, 0]


def test_the_leaders_stand_above_and_the_rest_around_the_driver():
    assert shown(30, own=19, room=9, leaders=3) == [0, 1, 2, 16, 17, 18, 19, 20, 21]


def test_near_the_top_and_at_the_end_nothing_is_left_empty():
    assert shown(30, own=4, room=9, leaders=3) == list(range(9))
    assert shown(30, own=29, room=9, leaders=3) == [0, 1, 2, 24, 25, 26, 27, 28, 29]
    assert shown(5, own=2, room=9, leaders=3) == [0, 1, 2, 3, 4]


def test_without_a_driver_the_table_begins_at_the_top():
    assert shown(30, own=None, room=4, leaders=3) == [0, 1, 2, 3]
    assert shown(0, own=None, room=4, leaders=3) == []


@given(st.integers(1, 70), st.data())
def test_the_driver_is_always_shown_and_no_place_twice(size, data):
    own = data.draw(st.integers(0, size - 1))
    room, leaders = data.draw(st.integers(1, 70)), data.draw(st.integers(0, 10))
    places = shown(size, own, room, leaders)
    assert own in places
    assert places == sorted(set(places))
    assert len(places) == min(size, room)
    assert set(places) <= set(range(size))


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 60), st.integers(0, 10), st.data())
def test_shares_fill_the_room_and_no_more_and_the_open_class_has_one(sizes, room, leaders, data):
    open_one = data.draw(st.integers(0, len(sizes) - 1))
    given_rows = shares(sizes, open_one, room, leaders)
    assert sum(given_rows) == min(room, sum(sizes))
    assert all(0 <= rows <= size for rows, size in zip(given_rows, sizes, strict=True))
    assert given_rows[open_one] >= 1
