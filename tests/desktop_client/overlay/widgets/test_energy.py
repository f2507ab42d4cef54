"""The battery as a driver reads it."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.energy import Energy, EnergySettings, points_text
from desktop_client.race.energy import Aid
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry import frame as telemetry

WIDGET = Energy(EnergySettings())
DEMO = WIDGET.demo()
VIEWS = {
    "demo": DEMO,
    "everything at once": dataclasses.replace(
        DEMO,
        store=100,
        mode="An overtaking mode of many words",
        drs=Aid.ACTIVE,
        overtake=Aid.AVAILABLE,
        overtakes_left=300,
        aero_open=True,
        this_lap=100,
        last_lap=-100,
        virtual=100,
    ),
    "nothing but the rules": dataclasses.replace(
        DEMO,
        store=None,
        mode=None,
        deployed=None,
        harvested=None,
        this_lap=None,
        last_lap=None,
        virtual=44,
        drs=Aid.ABSENT,
    ),
    "empty": dataclasses.replace(DEMO, store=0, deployed=0, harvested=0),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    assert stray_cells(WIDGET, VIEWS[name], scale, stretch=1.5) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 60 * scale
    assert ink_at_the_edge(image, scale) == 0


def test_an_aid_that_cannot_be_used_takes_no_room(qapp):
    without = dataclasses.replace(DEMO, drs=Aid.ABSENT)
    assert ink(drawn(WIDGET, without)) < ink(drawn(WIDGET, DEMO))
    in_use = dataclasses.replace(DEMO, drs=Aid.ACTIVE)
    assert ink(drawn(WIDGET, in_use)) > ink(drawn(WIDGET, DEMO)) + 100
    assert ink(drawn(Energy(EnergySettings(aids=False)), in_use)) == ink(
        drawn(Energy(EnergySettings(aids=False)), DEMO)
    )


def test_a_low_battery_is_a_level_and_no_alarm(qapp):
    image = drawn(WIDGET, dataclasses.replace(DEMO, store=4, drs=Aid.ABSENT, this_lap=None, last_lap=None))
    colours = {image.pixelColor(x, y).name() for x in range(0, 236, 2) for y in range(0, 84, 2)}
    assert DARK.lost.name() not in colours
    assert DARK.warning.name() not in colours


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_every_theme_can_draw_it(qapp, theme):
    assert not drawn(WIDGET, DEMO, palette=theme).isNull()


def test_a_change_is_signed_and_none_is_not():
    assert [points_text(points) for points in (9, 0, -9)] == ["+9", "0", "\u22129"]


def test_a_car_without_a_battery_is_said(frame_at):
    assert WIDGET.look(frame_at(5.0), Race()) == Notice("This car has no battery")
    frame = frame_at(5.0)
    held = dataclasses.replace(frame.player, energy=telemetry.Energy(store=0.5))
    assert WIDGET.look(dataclasses.replace(frame, player=held), Race()).store == 50
