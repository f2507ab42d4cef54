"""What moderators may not do, and what a corner can be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from known_maps import known_map

from contracts.layouts import EditedCorner, LayoutState
from contracts.problem import InvalidRequest, Problem
from contracts.tracks import Corner
from services.tracks.domain.moderation import (
    LayoutGone,
    LineUnknown,
    NotMergeable,
    check_lives,
    check_mergeable,
    check_published,
    check_titles,
    check_withdrawal,
    checked,
    following,
    status_in,
)

MERGES: list[tuple[LayoutState, LayoutState, bool, type[Problem] | None]] = [
    ("provisional", "confirmed", False, None),
    ("confirmed", "provisional", False, None),
    ("contender", "provisional", False, None),
    ("provisional", "provisional", True, NotMergeable),
    ("provisional", "contender", False, NotMergeable),
    ("provisional", "withdrawn", False, NotMergeable),
    ("provisional", "merged", False, NotMergeable),
    ("withdrawn", "confirmed", False, LayoutGone),
    ("merged", "confirmed", False, LayoutGone),
    ("merged", "merged", True, LayoutGone),
]


@pytest.mark.parametrize(("state", "into", "is_itself", "refusal"), MERGES)
def test_names_are_given_only_to_what_can_be_had(state, into, is_itself, refusal):
    if refusal is None:
        check_mergeable(state, into, is_itself=is_itself)
    else:
        with pytest.raises(refusal):
            check_mergeable(state, into, is_itself=is_itself)


def test_nothing_is_done_to_what_is_gone_and_no_map_is_changed_that_there_is_none_of():
    for state in ("withdrawn", "merged"):
        with pytest.raises(LayoutGone):
            check_lives(state)
        with pytest.raises(LayoutGone):
            check_published(state)
    check_lives("contender")
    with pytest.raises(LineUnknown):
        check_published("contender")


CORNERS: list[tuple[list[EditedCorner], list[str]]] = [
    ([], []),
    ([EditedCorner(1, 100.0, "L", "Lighthouse", 80.0, 120.0), EditedCorner(3, 900.0, "R")], []),
    ([EditedCorner(1, 100.0, "L"), EditedCorner(1, 200.0, "R")], ["corners[1].n"]),
    ([EditedCorner(2, 100.0, "L"), EditedCorner(3, 100.0, "R")], ["corners[1].apex_s"]),
    ([EditedCorner(1, 1000.5, "L", None, 1001.0, 0.0)], ["corners[0].apex_s", "corners[0].start_s"]),
    ([EditedCorner(1, 1.0, "L", "\x07")], ["corners[0].name"]),
]


@pytest.mark.parametrize(("corners", "wrong"), CORNERS)
def test_corners_lie_on_the_lap_in_the_order_of_their_numbers(corners, wrong):
    if wrong:
        with pytest.raises(InvalidRequest) as refusal:
            checked(corners, 1000.0)
        assert [error.field for error in refusal.value.errors] == wrong
    else:
        assert [corner.n for corner in checked(corners, 1000.0)] == [corner.n for corner in corners]


def test_a_corner_that_begins_before_the_line_ends_behind_it_or_begins_before_it():
    (made,) = checked([EditedCorner(1, 10.0, "R", None, 990.0, 40.0)], 1000.0)
    assert made == Corner(1, 10.0, "R", None, 990.0, 40.0)


@pytest.mark.parametrize("titles", [{}, {"venue": None}, {"venue": ""}, {"layout_name": "a\u202eb"}, {"venue": "\x00"}])
def test_a_name_is_words_that_can_be_printed(titles):
    with pytest.raises(InvalidRequest):
        check_titles(**titles)


def test_a_version_is_withdrawn_of_one_game():
    check_withdrawal(None, None)
    check_withdrawal("f1", None)
    check_withdrawal("f1", 3)
    with pytest.raises(InvalidRequest):
        check_withdrawal(None, 3)


def test_the_next_version_follows_the_last_one_there_ever_was_and_says_what_its_layout_is():
    at = datetime(2026, 12, 1, tzinfo=UTC)
    made = following(known_map(), 7, at, status=status_in("provisional"), track_name="Other")
    assert (made.version, made.created_at, made.status, made.track_name) == (8, at, "provisional", "Other")
    assert made.line == known_map().line
    assert status_in("confirmed") == "confirmed"
