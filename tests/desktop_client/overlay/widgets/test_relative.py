"""The relative on the screen."""

import dataclasses

import numpy as np
import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import DARK
from desktop_client.overlay.table import HEAD, TILE_X
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.relative import Relative, RelativeSettings
from desktop_client.overlay.wording import rating_text
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import RelativeView

USUAL = Relative(RelativeSettings())
EVERYTHING = Relative(RelativeSettings(ahead=10, behind=10, licence=True, last_lap=True))
CLASSES = ("Hypercar", "LMP2", "LMGT3")


def crowded(frame_at) -> RelativeView:
    """Sixty cars in three classes, all with long names and everything to say."""
    frame = frame_at(200.0, count=60, own=33, spread_s=0.9, classes=CLASSES)
    cars = dataclasses.replace(
        frame.cars,
        name=tuple(f"Maximiliana Wolfeschlegelsteinhausen {index}" for index in range(60)),
        number=np.full(60, 999, dtype=np.int32),
        licence=("A 4.99",) * 60,
        rating=np.full(60, 9999, dtype=np.int32),
        total_distance_m=frame.cars.total_distance_m + 5000.0 * (np.arange(60) % 3 - 1),
    )
    frame = dataclasses.replace(frame, cars=cars)
    race = Race()
    race.take(frame)
    view = EVERYTHING.look(frame, race)
    assert isinstance(view, RelativeView)
    return view


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("widget", [USUAL, EVERYTHING], ids=["usual", "everything"])
def test_the_example_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, widget, scale):
    assert stray_cells(widget, widget.demo(), scale) == []
    image = drawn(widget, widget.demo(), scale)
    assert ink(image) > 400 * scale
    assert ink_at_the_edge(image, scale) == 0


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_sixty_cars_with_long_names_stay_in_their_rows(qapp, frame_at, scale):
    view = crowded(frame_at)
    assert stray_cells(EVERYTHING, view, scale) == []
    assert ink_at_the_edge(drawn(EVERYTHING, view, scale), scale) == 0


def test_an_empty_road_is_an_empty_table(qapp, frame_at):
    frame = frame_at(200.0, count=1, own=0)
    race = Race()
    race.take(frame)
    view = USUAL.look(frame, race)
    assert stray_cells(USUAL, view) == []
    assert 0 < ink(drawn(USUAL, view)) < ink(drawn(USUAL, USUAL.demo())) / 2


def test_the_tile_has_the_colour_of_the_class_where_several_race_together(qapp):
    view = USUAL.demo()
    image = drawn(USUAL, view)
    for index, row in enumerate(view.rows):
        strip = image.pixelColor(int(TILE_X) + 2, int(HEAD + index * 28 + 14))
        assert strip.name() == DARK.class_(row.car_class.number).name()


def test_a_column_with_nothing_in_it_takes_no_room():
    widget, view = Relative(RelativeSettings(licence=True, last_lap=True)), USUAL.demo()
    assert widget._columns(view) == ("licence", "last", "gap")
    silent = [dataclasses.replace(row, licence="", rating=None, last_lap_s=None) for row in view.rows]
    assert widget._columns(dataclasses.replace(view, rows=tuple(silent))) == ("gap",)
    rated = [dataclasses.replace(row, licence="", last_lap_s=None) for row in view.rows]
    assert widget._columns(dataclasses.replace(view, rows=tuple(rated))) == ("licence", "gap")
    assert USUAL._columns(view) == ("gap",)


@pytest.mark.parametrize(("place", "several", "shown"), [("auto", 3, 3), ("overall", 9, 9), ("class", 3, 3)])
def test_the_place_is_that_of_the_class_where_several_race_together(place, several, shown):
    row = dataclasses.replace(USUAL.demo().rows[0], position=9, class_position=3)
    widget = Relative(RelativeSettings(place=place))
    assert widget._place(row) == several
    alone = dataclasses.replace(row, car_class=None)
    assert widget._place(alone) == (9 if place == "auto" else shown)
    assert widget._place(dataclasses.replace(row, class_position=None)) == 9


def test_only_the_row_that_changed_is_painted_again():
    view = USUAL.demo()
    moved = dataclasses.replace(view, rows=(dataclasses.replace(view.rows[0], gap_s=9.9), *view.rows[1:]))
    room = Room.of(USUAL.natural_size, USUAL.natural_size)
    before, after = ([cell.key for cell in USUAL.cells(room, one)] for one in (view, moved))
    assert [a == b for a, b in zip(before, after, strict=True)] == [False] + [True] * 6


def test_without_an_own_car_it_waits(frame_at):
    assert USUAL.look(frame_at(5.0, own=None), Race()) == Notice("Waiting for your car")


@pytest.mark.parametrize(("rating", "text"), [(850, "850"), (2431, "2.4k"), (9999, "10.0k")])
def test_a_rating_of_thousands_is_said_in_thousands(rating, text):
    assert rating_text(rating) == text
