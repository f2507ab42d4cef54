"""The map on the screen."""

import dataclasses

import numpy as np
import pytest
from drawn_widgets import brightness, drawn, ink, stray_cells

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.example_circuit import circuit, example
from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.track_map import SIDE, TrackMap, TrackMapSettings
from desktop_client.race.corners import Corner
from desktop_client.race.lifecycle import Race
from desktop_client.race.teams import Team
from desktop_client.race.track_map import Caution, Dot, DotKind, TrackMapView
from desktop_client.telemetry.frame import Capability, Flag, Zone

WHOLE = TrackMap(TrackMapSettings())
FOLLOW = TrackMap(TrackMapSettings(mode="follow"))
NORTH_UP = TrackMap(TrackMapSettings(mode="follow", heading_up=False, zoom_m=1500.0))
NAMED = TrackMap(TrackMapSettings(corners="names", rotation_deg=37.0))
EVERY = pytest.mark.parametrize("widget", [WHOLE, FOLLOW, NORTH_UP, NAMED], ids=["whole", "follow", "north", "names"])


def learned(frame_at, **said):
    """A race on a circuit that has been driven once around."""
    race = Race()
    for at in np.arange(0.0, 100.0, 0.1):
        race.take(frame_at(float(at), **said))
    assert race.shape is not None
    return race


def crowd():
    """Sixty cars in three classes, spread over the circuit."""
    shape = circuit()
    x, y = shape.place(np.linspace(0, shape.length_m, 60, endpoint=False))
    kinds = {58: DotKind.NEIGHBOUR, 59: DotKind.PLAYER}
    return dataclasses.replace(
        example(follow=False),
        dots=tuple(
            Dot(float(x[row]), float(y[row]), Team(f"T{row}", row), row % 3, kinds.get(row, DotKind.OTHER), "60", False)
            for row in range(60)
        ),
    )


def colours(image):
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@EVERY
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_example_is_drawn_at_any_size_and_stays_inside(qapp, widget, scale):
    view = widget.demo()
    assert stray_cells(widget, view, scale) == []
    assert ink(drawn(widget, view, scale)) > 1200 * scale
    assert stray_cells(widget, view, scale, stretch=1.6) == []


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_sixty_cars_in_three_classes_are_drawn_in_the_colours_of_their_classes(qapp, scale):
    view = crowd()
    assert stray_cells(WHOLE, view, scale) == []
    assert {DARK.class_(number).name() for number in range(3)} <= colours(drawn(WHOLE, view, scale))


def test_the_own_car_is_drawn_over_all_others(qapp):
    view = crowd()
    at = view.dots[0]
    own = view.dots[-1]._replace(x=at.x, y=at.y, label="")
    assert DARK.you.name() in colours(drawn(WHOLE, dataclasses.replace(view, dots=(*view.dots[:-1], own))))


def test_what_is_waved_lies_on_the_map_and_what_holds_everywhere_is_said_in_a_word(qapp):
    view = dataclasses.replace(example(follow=False), zones=(), sector_marks=(), dots=())
    green = drawn(WHOLE, view)
    assert DARK.warning.name() not in colours(green)
    yellow = dataclasses.replace(view, zones=(Zone(0.95, 0.05, Flag.YELLOW),))
    assert DARK.warning.name() in colours(drawn(WHOLE, yellow))
    for caution, colour in (
        (Caution.SAFETY_CAR, DARK.warning),
        (Caution.VIRTUAL, DARK.warning),
        (Caution.RED, DARK.lost),
    ):
        image = drawn(WHOLE, dataclasses.replace(view, caution=caution))
        assert image.pixelColor(14, 20).name() == colour.name()


def test_a_corners_label_covers_neither_the_line_nor_a_car_on_it(qapp):
    names = tuple(dataclasses.replace(corner, name="Maximiliana's long bend") for corner in circuit().corners)
    shape = dataclasses.replace(circuit(), corners=names)
    bare = dataclasses.replace(example(follow=False), shape=shape, dots=(), zones=(), sectors=(), pit=None)
    labelled = brightness(drawn(NAMED, bare)).astype(int)
    without = TrackMap(TrackMapSettings(corners="none", rotation_deg=37.0))
    rows, columns = np.nonzero(np.abs(labelled - brightness(drawn(without, bare))) > 20)
    assert len(rows) > 200
    points = np.stack((shape.x, shape.y))[:, ::3]
    line = NAMED._whole(NAMED.natural_size, shape).points(points)
    nearest = min(float(np.hypot(line[0] - x, line[1] - y).min()) for x, y in zip(columns, rows, strict=True))
    assert nearest > 14.0  # a dot with a ring around it is 13 wide to each side


def test_numbers_that_find_no_room_are_left_out(qapp):
    shape = circuit()
    crowded = tuple(Corner(number, "L", 800.0 + number, 790.0, 1000.0) for number in range(1, 60))
    bare = dataclasses.replace(example(follow=False), shape=dataclasses.replace(shape, corners=crowded), dots=())
    assert stray_cells(WHOLE, bare) == []
    assert ink(drawn(WHOLE, bare)) > 1000


def test_a_moving_map_turns_with_the_car_and_a_whole_one_does_not(qapp):
    view = FOLLOW.demo()
    turned = dataclasses.replace(view, focus=view.focus._replace(heading_deg=view.focus.heading_deg + 90))
    assert drawn(FOLLOW, turned) != drawn(FOLLOW, view)
    assert drawn(NORTH_UP, turned) == drawn(NORTH_UP, view)


def test_what_stays_is_painted_once_while_cars_move(qapp, frame_at):
    race = learned(frame_at)
    first, second = (WHOLE.look(frame_at(at), race) for at in (101.0, 101.2))
    assert first != second
    assert WHOLE.still(first) == WHOLE.still(second)
    room = Room(SIDE, SIDE, 1.0)
    assert [cell.key for cell in WHOLE.cells(room, first)] != [cell.key for cell in WHOLE.cells(room, second)]


def test_a_car_that_stands_costs_no_repaint(frame_at):
    race = learned(frame_at)
    frame = frame_at(101.0)
    nudged = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, x=frame.cars.x + 1e-4))
    assert WHOLE.look(frame, race) == WHOLE.look(nudged, race)


def test_the_lines_of_a_moving_map_are_built_once(qapp, frame_at, monkeypatch):
    race = learned(frame_at)
    widget = TrackMap(TrackMapSettings(mode="follow"))
    built = []
    monkeypatch.setattr("desktop_client.overlay.widgets.track_map.layers", lambda *a, **k: built.append(1) or ())
    for at in (101.0, 101.5, 102.0):
        drawn(widget, widget.look(frame_at(at), race))
    assert len(built) == 1


@EVERY
def test_an_unknown_circuit_is_drawn_as_far_as_it_has_been_driven(qapp, frame_at, widget):
    race = Race()
    for at in np.arange(0.0, 30.0, 0.2):
        race.take(frame_at(float(at)))
    view = widget.look(frame_at(30.0), race)
    assert view.shape is None
    assert stray_cells(widget, view) == []
    assert ink(drawn(widget, view)) > 800


def test_a_game_that_does_not_say_where_cars_are_is_said_so(frame_at):
    nothing = np.full(22, np.nan)
    frame = frame_at(5.0, capabilities=frozenset(Capability) - {Capability.WORLD_POSITION})
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, x=nothing, y=nothing))
    race = Race()
    race.take(frame)
    view = WHOLE.look(frame, race)
    assert isinstance(view, TrackMapView)
    assert view.shape.is_ring
    silent = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, lap_distance_m=nothing))
    assert isinstance(WHOLE.look(silent, race), Notice)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_its_own_map(qapp, theme):
    image = drawn(WHOLE, WHOLE.demo(), palette=THEMES[theme])
    assert THEMES[theme].you.name() in colours(image)
    assert THEMES[theme].gained.name() in colours(image)


def test_only_corners_in_sight_have_a_label(qapp, monkeypatch):
    titles = []
    spy = Canvas.text
    monkeypatch.setattr(
        Canvas,
        "text",
        lambda self, x, y, text, *rest, **more: titles.append(text) or spy(self, x, y, text, *rest, **more),
    )
    drawn(NORTH_UP, NORTH_UP.demo())
    assert set(titles) < {corner.title for corner in circuit().corners} | {str(n) for n in range(1, 30)}
    assert 0 < len(titles) < len(circuit().corners)
