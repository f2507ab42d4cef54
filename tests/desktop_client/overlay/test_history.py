"""Undo and redo."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_client.overlay.history import MOST_STEPS, History


@given(st.lists(st.integers(), max_size=30))
def test_everything_can_be_taken_back_and_done_again(states):
    history = History(-1)
    for state in states:
        history.go_to(state)
    last = history.present
    while history.can_undo:
        history.undo()
    assert history.present == -1
    while history.can_redo:
        history.redo()
    assert history.present == last


def test_a_new_change_forgets_what_was_taken_back():
    history = History("a")
    history.go_to("b")
    history.undo()
    history.go_to("c")
    assert not history.can_redo
    assert history.undo() == "a"


def test_an_equal_state_is_no_step():
    history = History(1)
    history.go_to(1)
    assert not history.can_undo


def test_with_nothing_to_take_back_the_present_stays():
    history = History(1)
    assert (history.undo(), history.redo()) == (1, 1)


def test_only_the_last_steps_are_kept():
    history = History(0)
    for step in range(1, 3 * MOST_STEPS):
        history.go_to(step)
    while history.can_undo:
        history.undo()
    assert history.present == 2 * MOST_STEPS - 1
