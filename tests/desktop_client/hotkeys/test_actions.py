"""What each wish does to the overlay."""

import pytest
from PyQt6.QtCore import QRect

from desktop_client.hotkeys.actions import actions
from desktop_client.overlay import settings as saved
from desktop_client.overlay.banner import Banner
from desktop_client.overlay.hotkeys import Wish
from desktop_client.overlay.overlay import Overlay


@pytest.fixture
def overlay(qapp, tmp_path):
    made = Overlay(tmp_path, area=QRect(0, 0, 1920, 1080))
    yield made
    made.close()


@pytest.fixture
def edits():
    return []


@pytest.fixture
def banner(qapp):
    return Banner()


@pytest.fixture
def act(overlay, banner, edits):
    calls = actions(overlay, banner, lambda: edits.append("edit"))
    return lambda wish: calls[wish]()


def test_hiding_takes_everything_away_and_brings_it_back(overlay, act):
    act(Wish.HIDE)
    assert all(window.is_transparent for window in overlay.windows.values())
    act(Wish.HIDE)
    assert not any(window.is_transparent for window in overlay.windows.values())


def test_the_next_profile_is_worn_and_named_for_a_moment(overlay, banner, act, qtbot):
    names = list(overlay.settings.profiles)
    act(Wish.NEXT_PROFILE)
    assert overlay.settings.active == names[1]
    assert banner.isVisible()
    qtbot.waitUntil(lambda: not banner.isVisible())
    for _ in names[1:]:
        act(Wish.NEXT_PROFILE)
    assert overlay.settings.active == names[0]


def test_the_map_changes_between_the_whole_circuit_and_the_road_ahead(overlay, act, tmp_path):
    act(Wish.MAP_VIEW)
    assert overlay.windows["track_map"].widget.settings.mode == "follow"
    assert saved.load(tmp_path).profile.widgets.track_map.mode == "follow"
    act(Wish.MAP_VIEW)
    assert overlay.windows["track_map"].widget.settings.mode == "whole"


def test_editing_is_left_to_who_can_edit(act, edits):
    act(Wish.EDIT)
    assert edits == ["edit"]


def test_a_disk_that_takes_nothing_does_not_take_the_wish(overlay, act, monkeypatch, caplog):
    def full(directory, settings):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved, "save", full)
    act(Wish.MAP_VIEW)
    assert overlay.windows["track_map"].widget.settings.mode == "follow"
    assert "map_view is not kept" in caplog.text
