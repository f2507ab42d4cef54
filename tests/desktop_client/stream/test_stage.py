"""Widgets on no screen, and what has changed in them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, QSize
from PyQt6.QtGui import QImage, QPainter, QRegion

from desktop_client.overlay.layout import Placement
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.settings import OverlaySettings
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.race.lifecycle import Race
from desktop_client.race.situation import situation
from desktop_client.stream.stage import MOST_PARTS, Scene, Stage, apart

SIZE = QSize(1920, 1080)
HZ = 20


@pytest.fixture
def race(frame_at):
    race = Race()
    for tick in range(200):
        race.take(frame_at(40.0 + tick / 20))
    return race


@pytest.fixture
def stage(qapp):
    made = Stage(Profile(), SIZE, HZ)
    yield made
    made.close()


def put_up(page, stage):
    """Begin as a page begins: with nothing in every place."""
    page.places = stage.places
    page.images = {key: clear_image(place) for key, place in stage.places.items()}


def clear_image(place):
    image = QImage(place.size(), QImage.Format.Format_RGBA8888)
    image.fill(0)
    return image


def test_what_changed_adds_up_to_what_is_there(stage, page, race, frame_at):
    put_up(page, stage)
    for tick in range(40):
        page.draw(stage.look(Scene(frame_at(50.0 + tick / HZ), race), tick / HZ))
    whole = type(page)()
    put_up(whole, stage)
    whole.draw(stage.everything())
    assert page.images == whole.images
    assert any(image.pixelColor(image.rect().center()).alpha() for image in page.images.values())


def test_it_looks_as_on_the_screen_of_the_driver(stage, page, race, frame_at):
    overlay = Overlay(area=QRect(0, 0, SIZE.width(), SIZE.height()))
    overlay.race = race
    overlay.show_frame(frame_at(50.0))
    put_up(page, stage)
    page.draw(stage.look(Scene(frame_at(50.0), overlay.race), 0.0))
    for key, window in overlay.windows.items():
        assert stage.places[key] == window.geometry()
        seen = QImage(window.size(), QImage.Format.Format_ARGB32_Premultiplied)
        seen.fill(0)
        with QPainter(seen) as painter:
            window.paint_on(painter)
        assert page.images[key] == seen.convertToFormat(QImage.Format.Format_RGBA8888), key
    overlay.close()


def test_the_same_moment_is_not_painted_twice(stage, race, frame_at):
    assert stage.look(Scene(frame_at(50.0), race), 0.0)
    assert stage.look(Scene(frame_at(50.0), race), 1.0) == []


def test_only_pieces_are_painted_where_only_pieces_change(stage, race, frame_at):
    first = stage.look(Scene(frame_at(50.0), race), 0.0)
    second = stage.look(Scene(frame_at(50.1), race), 1.0)
    assert 0 < sum(len(part.pixels) for part in second) < sum(len(part.pixels) for part in first) / 2


def test_figures_change_only_as_often_as_they_can_be_read(stage, race, frame_at):
    changes = dict.fromkeys(stage.places, 0)
    for tick in range(HZ):
        for key in {part.key for part in stage.look(Scene(frame_at(50.0 + tick / HZ), race), tick / HZ)}:
            changes[key] += 1
    assert all(count <= WIDGETS[key].rate_hz + 1 for key, count in changes.items()), changes
    assert changes["inputs"] > 15


def test_without_anybody_who_drives_there_is_nothing(stage, page, race, frame_at):
    put_up(page, stage)
    assert stage.look(Scene(None, race), 0.0) == []
    page.draw(stage.look(Scene(frame_at(50.0), race), 1.0))
    page.draw(stage.look(Scene(None, race), 2.0))
    assert page.images == {key: clear_image(place) for key, place in stage.places.items()}
    assert stage.everything() == []
    back = stage.look(Scene(frame_at(50.0), race), 3.0)
    assert {part.key for part in back} == set(stage.places)


def test_a_widget_is_not_there_where_the_driver_does_not_want_it(qapp, race, frame_at):
    frame = frame_at(50.0)
    place = msgspec.structs.replace(Profile().place("dash"), hidden_in=frozenset({situation(frame)}))
    stage = Stage(Profile(layout={"dash": place, "relative": Placement(0.5, 0.5, shown=False)}), SIZE, HZ)
    keys = {part.key for part in stage.look(Scene(frame, race), 0.0)}
    assert "dash" not in keys
    assert "relative" not in stage.places
    assert "track_map" in keys
    stage.close()


def test_what_the_driver_hides_from_himself_is_still_shown(qapp, race, frame_at):
    overlay = Overlay(area=QRect(0, 0, 1920, 1080))
    overlay.set_hidden(True)
    overlay.show_frame(frame_at(50.0))
    assert overlay.newest is not None
    overlay.close()


def test_a_page_of_another_size_has_everything_in_proportion(qapp):
    small = Stage(OverlaySettings().profile, QSize(960, 540), HZ)
    big = Stage(OverlaySettings().profile, QSize(1920, 1080), HZ)
    for key, place in big.places.items():
        assert abs(small.places[key].width() * 2 - place.width()) <= 2
        assert abs(small.places[key].x() * 2 - place.x()) <= 4
    small.close()
    big.close()


rects = st.builds(QRect, st.integers(0, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 20))


@given(st.lists(rects, max_size=30))
def test_pieces_cover_what_changed_and_do_not_overlap(changed):
    pieces = apart(changed)
    covered = QRegion()
    for piece in pieces:
        assert not piece.isEmpty()
        assert not covered.intersects(piece)
        covered += piece
    for rect in changed:
        assert (QRegion(rect) - covered).isEmpty()
    assert len(pieces) <= MOST_PARTS
