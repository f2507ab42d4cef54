"""The tank as a driver reads it."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.fuel import Fuel, FuelSettings, verdict_text
from desktop_client.race.fuel import FuelRow, Verdict
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry import frame as telemetry

WIDGET = Fuel(FuelSettings())
DEMO = WIDGET.demo()
BIG = FuelRow("This lap", 888.88, 8888.8, -8888.8)
VIEWS = {
    "demo": DEMO,
    "nothing is known": dataclasses.replace(
        DEMO, laps_left=None, laps_to_go=None, add=None, over=None, rows=(), verdict=Verdict.UNKNOWN, filled=None
    ),
    "the game's estimate": dataclasses.replace(DEMO, from_game=True, rows=()),
    "energy": dataclasses.replace(DEMO, energy=True, unit="%", perhaps_one_more=True, laps_left=1.2),
    "big figures": dataclasses.replace(
        DEMO,
        unit="kg",
        level=8888.8,
        laps_left=8888.8,
        laps_to_go=8888.8,
        add=8888.0,
        rows=(BIG,) * 4,
        perhaps_one_more=True,
    ),
    "a lap through the pits": dataclasses.replace(DEMO, rows=(FuelRow("This lap", None, None, None), *DEMO.rows[1:])),
    "saving": dataclasses.replace(DEMO, verdict=Verdict.SAVE, target=2.71),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 100 * scale
    assert ink_at_the_edge(image, scale) == 0


def test_a_broader_window_is_used_and_without_the_table_it_is_small(qapp):
    assert stray_cells(WIDGET, DEMO, stretch=1.6) == []
    small = Fuel(FuelSettings(table=False))
    assert small.natural_size.height() < WIDGET.natural_size.height() - 80
    assert stray_cells(small, DEMO) == []
    assert ink(drawn(small, DEMO)) < ink(drawn(WIDGET, DEMO))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "Box by lap 18"),
        ({"stops": 3}, "3 stops, box by lap 18"),
        ({"last_lap": None, "stops": 2}, "2 stops"),
        ({"stops": 2, "target": 2.7}, "2.70 L a lap saves a stop"),
        ({"verdict": Verdict.UNKNOWN}, "Use is known after 1 lap"),
        ({"verdict": Verdict.ENOUGH}, "Enough to the flag"),
        ({"verdict": Verdict.ENOUGH, "perhaps_one_more": True, "laps_left": 23.0}, "Enough, even for one lap more"),
        ({"verdict": Verdict.ENOUGH, "perhaps_one_more": True, "laps_left": 22.0}, "Enough to the flag"),
        ({"verdict": Verdict.SAVE, "target": 2.7}, "2.70 L a lap reaches the flag"),
        ({"verdict": Verdict.LASTS, "target": 2.7}, "2.70 L a lap is one lap more"),
        ({"verdict": Verdict.LASTS}, ""),
    ],
)
def test_one_sentence_says_what_to_do(changed, sentence):
    assert verdict_text(dataclasses.replace(DEMO, **changed)) == sentence


def test_what_the_driver_chose_reaches_the_plan(frame_at):
    frame = frame_at(50.0)
    tank = telemetry.Fuel(30.0, telemetry.FuelUnit.LITRE, laps_left=10.0)
    frame = dataclasses.replace(frame, player=dataclasses.replace(frame.player, fuel=tank))
    few = Fuel(FuelSettings(margin=0.0)).view(frame, Race()).add
    more = Fuel(FuelSettings(margin=2.0)).view(frame, Race()).add
    assert more == few + 6.0


def test_a_game_or_a_car_without_fuel_is_said(frame_at):
    assert WIDGET.look(frame_at(5.0, capabilities=frozenset()), Race()) == Notice("This game does not send fuel")
    assert isinstance(WIDGET.look(frame_at(5.0), Race()), Notice)
