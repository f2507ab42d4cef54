"""The trace of pedals and wheel on the screen."""

import dataclasses

import numpy as np
import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import DARK
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.dash import Dash, DashSettings
from desktop_client.overlay.widgets.inputs import Inputs, InputsSettings
from desktop_client.overlay.window import WidgetWindow
from desktop_client.race.inputs import COLUMNS_PER_S
from desktop_client.race.lifecycle import Race


def usual():
    return Inputs(InputsSettings())


def everything():
    return Inputs(InputsSettings(clutch=True, span_s=20.0))


def pedals_only():
    return Inputs(InputsSettings(steering=False, span_s=2.0))


def colours(image):
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("make", [usual, everything, pedals_only])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_example_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, make, scale):
    widget = make()
    assert stray_cells(widget, widget.demo(), scale) == []
    image = drawn(widget, widget.demo(), scale)
    assert ink(image) > 800 * scale
    assert ink_at_the_edge(image, scale) == 0
    assert stray_cells(make(), widget.demo(), scale, stretch=1.5) == []


def test_it_docks_beside_the_dash_at_one_height():
    assert usual().natural_size.height() == Dash(DashSettings()).natural_size.height()


def test_pedals_pressed_to_the_floor_and_a_wheel_at_its_stop_stay_inside(qapp):
    widget = everything()
    for steer in (-1.0, 1.0):
        view = dataclasses.replace(widget.demo(), throttle=1.0, brake=1.0, clutch=1.0, steer=steer)
        assert stray_cells(widget, view) == []


def test_where_an_aid_works_the_line_and_the_bar_have_its_colour(qapp):
    widget = usual()
    quiet = dataclasses.replace(
        widget.demo(), abs_active=False, trace=np.vstack((widget.demo().trace[:4], np.zeros((2, 240))))
    )
    assert DARK.warning.name() not in colours(drawn(usual(), quiet))
    assert DARK.warning.name() in colours(drawn(usual(), widget.demo()))
    assert DARK.warning.name() in colours(drawn(usual(), dataclasses.replace(quiet, abs_active=True, brake=0.7)))


def test_without_a_trace_there_are_the_values_of_now(qapp, frame_at):
    widget, race = usual(), Race()
    frame = frame_at(5.0)
    race.take(frame)
    view = widget.look(frame, race)
    assert np.isnan(view.trace).all()
    assert stray_cells(widget, view) == []
    assert isinstance(widget.look(frame_at(5.0, own=None), race), Notice)


def test_a_frame_that_changes_nothing_paints_nothing_and_one_that_changes_a_pedal_leaves_the_trace_alone(frame_at):
    widget, race = usual(), Race()
    for at in (5.0, 5.1):
        race.take(frame_at(at))
    frame = frame_at(5.1)
    view = widget.look(frame, race)
    assert view == widget.look(frame_at(5.1), race)
    pressed = dataclasses.replace(frame, player=dataclasses.replace(frame.player, throttle=0.123))
    room = Room(widget.natural_size.width(), widget.natural_size.height(), 1.0)
    before, after = (list(widget.cells(room, v)) for v in (view, widget.look(pressed, race)))
    assert [a.key == b.key for a, b in zip(before, after, strict=True)] == [True, False]


def test_the_trace_is_pushed_along_and_not_painted_anew(qtbot, frame_at):
    widget, race = usual(), Race()
    window = WidgetWindow(widget)
    qtbot.addWidget(window)
    window.resize(widget.natural_size.toSize())
    image = QImage(window.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    for step in range(100):
        frame = frame_at(10.0 + step / COLUMNS_PER_S + 0.001)
        race.take(frame)
        window.look(frame, race)
        with QPainter(image) as painter:
            window.paint_on(painter)
    assert widget._strip.columns_painted < 8 * COLUMNS_PER_S + 110
    assert {DARK.gained.name(), DARK.lost.name()} & colours(image)


def test_the_panel_can_be_seen_through_the_trace(qapp):
    """A pixmap that was never filled has no transparency, and would lie over the panel as a black box."""
    widget = usual()
    silent = dataclasses.replace(widget.demo(), trace=np.full((6, 240), np.nan))
    image = drawn(widget, silent)
    beside, inside = image.pixelColor(20, 60), image.pixelColor(120, 60)
    assert inside.name() == beside.name()
