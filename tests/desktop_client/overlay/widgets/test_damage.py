"""The car from above with what is broken."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink_at_the_edge, stray_cells

from desktop_client.overlay import car_outline
from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.widget import Absent, Notice
from desktop_client.overlay.widgets.damage import NAMES, Damage, DamageSettings, damage_colour, damaged
from desktop_client.race.damage import DamageView
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Part

WIDGET = Damage(DamageSettings())
WHOLE = DamageView(parts=(), wheels=(0, 0, 0, 0))
VIEWS = {
    "demo": WIDGET.demo(),
    "whole": WHOLE,
    "everything": DamageView(parts=tuple((part, 100) for part in Part), wheels=(100, 100, 100, 100)),
}


def with_damage(frame, shares):
    return dataclasses.replace(frame, player=dataclasses.replace(frame.player, damage=shares))


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    assert stray_cells(WIDGET, VIEWS[name], scale, stretch=1.5) == []
    assert ink_at_the_edge(drawn(WIDGET, VIEWS[name], scale), scale) == 0


def test_a_whole_car_takes_no_room_unless_the_driver_wants_it(frame_at):
    frame = with_damage(frame_at(1.0), {Part.FLOOR: 0.0})
    assert WIDGET.look(frame, Race()) == Absent()
    assert Damage(DamageSettings(always=True)).look(frame, Race()) == WHOLE
    assert WIDGET.look(with_damage(frame, {Part.FLOOR: 0.4}), Race()).parts == ((Part.FLOOR, 40),)


def test_a_game_that_sends_no_damage_is_said(frame_at):
    assert isinstance(WIDGET.look(frame_at(1.0), Race()), Notice)
    assert isinstance(WIDGET.look(frame_at(1.0, capabilities=frozenset()), Race()), Notice)


@pytest.mark.parametrize("part", Part)
def test_every_part_has_a_name_and_a_place_on_the_car(qapp, part):
    assert len(NAMES[part]) <= 9
    for outline in car_outline.PARTS[part]:
        assert all(0 <= x <= car_outline.WIDTH and 0 <= y <= car_outline.HEIGHT for x, y in outline)
    broken = DamageView(parts=((part, 80),), wheels=(0, 0, 0, 0))
    assert _coloured(drawn(WIDGET, broken)) > _coloured(drawn(WIDGET, WHOLE)) + 20


def test_what_is_worst_stands_first_and_tyres_among_it():
    view = DamageView(parts=((Part.ENGINE, 50), (Part.FLOOR, 10)), wheels=(0, 70, 0, 20))
    assert damaged(view) == [("Tyre FR", 70), ("Engine", 50), ("Tyre RR", 20), ("Floor", 10)]


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES.keys())
def test_more_damage_is_more_colour(palette):
    shades = [damage_colour(palette, percent).rgba() for percent in (0, 10, 30, 80)]
    assert len(set(shades)) == 4


def _coloured(image) -> int:
    """Pixels of the car, not of the list, that are red enough to be a warning."""
    lost = DARK.lost
    return sum(
        image.pixelColor(x, y).red() > 200 and image.pixelColor(x, y).blue() < lost.blue() + 20
        for x in range(12, 92)
        for y in range(24, 176)
    )
