"""The dash on the screen."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import DARK
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.dash import LIGHTS_Y, Dash, DashSettings
from desktop_client.race.dash import LIGHTS, Aid, Chip, LapMark
from desktop_client.race.lifecycle import Race

USUAL = Dash(DashSettings())
PLAIN = Dash(DashSettings(speed_unit="mph", rpm=False))
FULL = dataclasses.replace(
    USUAL.demo(),
    gear="N",
    speed=999,
    rpm=99_950,
    lights=LIGHTS,
    chips=tuple(
        Chip(aid, active=aid is not Aid.BRAKE_BIAS, value=12 if aid is not Aid.BRAKE_BIAS else 0.565) for aid in Aid
    ),
    position=60,
    cars=60,
    lap=999,
    total_laps=999,
    lap_time_s=3599.9,
    last_lap_s=3599.999,
    best_lap_s=3599.999,
    last_mark=LapMark.SESSION_BEST,
    lap_valid=False,
)
NOTHING = dataclasses.replace(
    USUAL.demo(),
    speed=None,
    rpm=None,
    lights=0,
    chips=(),
    position=None,
    lap=None,
    total_laps=None,
    lap_time_s=None,
    last_lap_s=None,
    best_lap_s=None,
    last_mark=LapMark.PLAIN,
)


def lit(image):
    """The colours of the lights from left to right, None for one that is out."""
    middle = int(LIGHTS_Y + 3)
    meanings = {DARK.gained.name(), DARK.warning.name(), DARK.lost.name(), DARK.you.name()}
    found = []
    for index in range(2 * LIGHTS):
        name = image.pixelColor(round(12 + (index + 0.5) * (image.width() - 24) / (2 * LIGHTS)), middle).name()
        found.append(name if name in meanings else None)
    return found


@pytest.mark.parametrize("widget", [USUAL, PLAIN], ids=["usual", "plain"])
@pytest.mark.parametrize("view", [USUAL.demo(), FULL, NOTHING], ids=["demo", "full", "nothing"])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_whatever_is_to_be_shown_nothing_leaves_its_place(qapp, widget, view, scale):
    assert stray_cells(widget, view, scale) == []
    image = drawn(widget, view, scale)
    assert ink(image) > 300 * scale
    assert ink_at_the_edge(image, scale) == 0
    assert stray_cells(widget, view, scale, stretch=1.4) == []


def test_the_lights_fill_from_both_edges_in_three_steps_and_all_together_mean_now(qapp):
    def row(lights):
        return lit(drawn(USUAL, dataclasses.replace(USUAL.demo(), lights=lights)))

    assert row(0) == [None] * 16
    assert row(1) == [DARK.gained.name(), *[None] * 14, DARK.gained.name()]
    nearly = row(LIGHTS - 1)
    assert nearly == nearly[::-1]
    assert list(dict.fromkeys(nearly[:7])) == [DARK.gained.name(), DARK.warning.name(), DARK.lost.name()]
    assert row(LIGHTS) == [DARK.you.name()] * 16


def test_a_figure_that_changes_paints_its_own_cell_only():
    room = Room(USUAL.natural_size.width(), USUAL.natural_size.height(), 1.0)
    before = list(USUAL.cells(room, USUAL.demo()))
    for change, count in (({"speed": 244}, 1), ({"lights": 6}, 1), ({"lap_time_s": 61.5}, 1), ({"chips": ()}, 1)):
        after = list(USUAL.cells(room, dataclasses.replace(USUAL.demo(), **change)))
        assert sum(a.key != b.key for a, b in zip(before, after, strict=True)) == count


def test_chips_that_find_no_room_are_the_least_urgent_ones(qapp):
    urgent = dataclasses.replace(FULL, chips=FULL.chips[:1])
    image = drawn(USUAL, FULL)
    limiter = drawn(USUAL, urgent)
    right = image.width() - 16
    assert image.pixelColor(right, 93).name() == limiter.pixelColor(right, 93).name() == DARK.you.name()


def test_without_rpm_its_unit_is_not_there_either(qapp):
    assert ink(drawn(PLAIN, USUAL.demo())) < ink(drawn(USUAL, USUAL.demo()))
    unknown = dataclasses.replace(USUAL.demo(), rpm=None)
    assert drawn(USUAL, unknown) == drawn(Dash(DashSettings(rpm=False)), unknown)


def test_without_an_own_car_the_dash_waits(frame_at):
    assert isinstance(USUAL.look(frame_at(5.0, own=None), Race()), Notice)
