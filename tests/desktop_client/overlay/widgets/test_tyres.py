"""The four corners as they stand on the car."""

import dataclasses

import msgspec
import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.tyres import Tyres, TyresSettings, tread_colour
from desktop_client.race.lifecycle import Race
from desktop_client.race.tyres import Heat
from desktop_client.telemetry.frame import Wheel

WIDGET = Tyres(TyresSettings())
DEMO = WIDGET.demo()
NOTHING = dataclasses.replace(
    DEMO.tyres[0], temperature_c=None, heat=None, wear=None, wear_per_lap=None, laps=None, pressure=None, brake_c=None
)


def all_of(**values):
    return dataclasses.replace(DEMO, tyres=tuple(dataclasses.replace(tyre, **values) for tyre in DEMO.tyres))


VIEWS = {
    "demo": DEMO,
    "nothing is known": dataclasses.replace(DEMO, tyres=(NOTHING,) * 4, compound=None, age_laps=None, laps=None),
    "big figures": dataclasses.replace(
        all_of(temperature_c=-388, heat=Heat.HOT, warming=1, wear=100, pressure=88.8, works_hardest=True),
        compound="A compound with twenty-five",
        age_laps=999,
        laps=999,
    ),
    "a name in another script": dataclasses.replace(DEMO, compound="Мягкие"),
    "cold": all_of(heat=Heat.COLD, warming=-1),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    assert stray_cells(WIDGET, VIEWS[name], scale, stretch=1.5) == []
    assert ink_at_the_edge(drawn(WIDGET, VIEWS[name], scale), scale) == 0


def test_a_tyre_that_is_worn_shows_less_tread(qapp):
    assert ink(drawn(WIDGET, all_of(wear=90))) < ink(drawn(WIDGET, all_of(wear=10))) - 1000


def test_heat_is_said_by_shape_as_well_as_by_colour(qapp):
    def dark_marks(heat):
        image = drawn(WIDGET, all_of(heat=heat, wear=10, warming=0, works_hardest=False))
        return [image.pixelColor(97, y).lightness() for y in range(30, 96)]

    assert dark_marks(Heat.HOT) != dark_marks(Heat.WARM)
    for palette in THEMES.values():
        colours = [tread_colour(palette, heat) for heat in (Heat.COLD, Heat.COOL, Heat.RIGHT, Heat.WARM, Heat.HOT)]
        assert len({colour.rgba() for colour in colours}) == 5


def test_the_temperature_across_the_tread_is_drawn_from_the_inner_to_the_outer_edge(qapp):
    image = drawn(WIDGET, all_of(tread=(Heat.HOT, Heat.RIGHT, Heat.COLD), heat=Heat.RIGHT, wear=0))

    def is_hot(x):
        return image.pixelColor(x, 60).red() > image.pixelColor(x, 60).blue() + 60

    left, right = range(84, 110), range(194, 220)
    assert [is_hot(x) for x in (left[3], left[-4])] == [False, True]
    assert [is_hot(x) for x in (right[3], right[-4])] == [True, False]


def test_an_unknown_temperature_is_neutral():
    assert tread_colour(DARK, None).rgb() == DARK.text_dim.rgb()


def test_brakes_stand_in_for_pressures_when_the_driver_wants_them(qapp):
    braking = Tyres(TyresSettings(brakes=True))
    assert drawn(braking, DEMO) != drawn(WIDGET, DEMO)
    assert stray_cells(braking, VIEWS["big figures"]) == []


@pytest.mark.parametrize(
    "values", [{"worn_out_percent": 0}, {"worn_out_percent": 101}, {"cold_c": 5.0}, {"pressure": "at"}]
)
def test_settings_that_make_no_sense_are_refused(values):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, TyresSettings)


def test_the_drivers_own_window_is_used_only_when_it_is_one(frame_at):
    frame = frame_at(5.0)
    wheels = (Wheel(inner_c=90.0), Wheel(inner_c=90.0), Wheel(inner_c=90.0), Wheel(inner_c=90.0))
    frame = dataclasses.replace(frame, player=dataclasses.replace(frame.player, wheels=wheels))

    def heat(**chosen):
        return Tyres(TyresSettings(**chosen)).view(frame, Race()).tyres[0].heat

    assert heat(cold_c=95.0, hot_c=105.0) is Heat.COOL
    assert heat(cold_c=105.0, hot_c=95.0) is Heat.RIGHT
    assert heat(cold_c=95.0) is Heat.RIGHT


def test_a_game_that_sends_no_wheels_is_said(frame_at):
    assert WIDGET.look(frame_at(5.0), Race()) == Notice("This game does not send tyres")
