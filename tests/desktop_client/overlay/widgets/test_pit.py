"""The pit assistant as a driver reads it."""

import dataclasses

import msgspec
import numpy as np
import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells

from desktop_client.overlay.palette import DARK
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.pit import Pit, PitSettings, window_text
from desktop_client.race.lifecycle import Race
from desktop_client.race.pit import InLane, OnTrack, PitWindow, Reason
from desktop_client.race.pit_rejoin import Neighbour, Rejoin
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import PitStatus

WIDGET = Pit(PitSettings())
DEMO = WIDGET.demo()
LONG = "M. Wolfeschlegelsteinhausenb"
LANE = InLane(speed=79, limit=80, over=0, limiter=True, lane_s=12.3, stood_s=None, box_m=150, standing=False)
VIEWS = {
    "demo": DEMO,
    "nothing is known": OnTrack(20, False, None, None, False, (), None),
    "long names and big figures": OnTrack(
        loss_s=120,
        measured=False,
        rejoin=Rejoin(
            60,
            Neighbour(LONG, Team("a", 1), 59, 888.8, -12),
            Neighbour("Αλέξανδρος Παπαδόπουλος", Team("b", 2), 60, 88.8, 2),
        ),
        window=PitWindow(9998, 9999, Reason.TYRES, open=True),
        wanted=True,
        rivals=tuple(
            dataclasses.replace(rival, position=58 + index, name=LONG, stops=9999, stint_laps=9998, in_pit=index == 0)
            for index, rival in enumerate(DEMO.rivals)
        ),
        unstopped=(59, 58),
    ),
    "alone": dataclasses.replace(DEMO, rejoin=Rejoin(1, None, None), rivals=(), unstopped=None),
    "in the lane": LANE,
    "too fast": dataclasses.replace(LANE, speed=720, over=640, limiter=False),
    "in the box": dataclasses.replace(LANE, speed=0, stood_s=888.8, lane_s=8888.8, standing=True),
    "a lane without a limit": InLane(None, None, 0, None, None, None, None, False),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    assert stray_cells(WIDGET, VIEWS[name], scale, stretch=1.5) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 60 * scale
    assert ink_at_the_edge(image, scale) == 0


@pytest.mark.parametrize("rivals", [0, 1, 4])
def test_it_has_room_for_as_many_rivals_as_the_driver_wants(qapp, rivals):
    widget = Pit(PitSettings(rivals=rivals))
    assert len(widget.demo().rivals) == (2 * rivals + 1 if rivals else 0)
    assert stray_cells(widget, widget.demo()) == []
    assert ink_at_the_edge(drawn(widget, widget.demo())) == 0
    assert stray_cells(widget, LANE) == []


@pytest.mark.parametrize(
    ("window", "laps", "caption"),
    [
        (PitWindow(16, 21, Reason.FUEL, open=True), "lap 16\u201321", "window open, by the tank"),
        (PitWindow(None, 9, Reason.TYRES, open=True), "by lap 9", "window open, by the tyres"),
        (PitWindow(30, 40, Reason.RULES, open=False), "lap 30\u201340", "window, by the rules"),
    ],
)
def test_the_window_is_worded(window, laps, caption):
    assert window_text(window) == (laps, caption)


def test_too_fast_is_red_and_in_the_limit_nothing_is(qapp):
    def reds(view):
        image = drawn(WIDGET, view)
        pixels = [image.pixelColor(x, y).name() for x in range(0, 304, 2) for y in range(24, 116)]
        return pixels.count(DARK.lost.name())

    assert reds(LANE) == 0
    assert reds(VIEWS["too fast"]) > 100


def test_the_view_follows_the_car_into_the_lane(frame_at):
    race, frame = Race(), frame_at(50.0, count=3, own=0, pit_limit_mps=22.3)
    race.take(frame)
    assert isinstance(WIDGET.look(frame, race), OnTrack)
    pit = np.array([PitStatus.PIT_LANE, 0, 0], dtype=np.int32)
    frame = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, pit=pit))
    race.take(frame)
    assert WIDGET.look(frame, race).limit == 80


def test_without_a_car_or_a_pit_lane_it_is_said(frame_at):
    assert WIDGET.look(frame_at(5.0, own=None), Race()) == Notice("Waiting for your car")
    assert isinstance(WIDGET.look(frame_at(5.0, capabilities=frozenset()), Race()), Notice)


@pytest.mark.parametrize(
    "values", [{"rivals": 5}, {"rivals": -1}, {"stop_s": -1.0}, {"stop_s": 999.0}, {"speed_unit": "kn"}]
)
def test_settings_that_make_no_sense_are_refused(values):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(values, PitSettings)
