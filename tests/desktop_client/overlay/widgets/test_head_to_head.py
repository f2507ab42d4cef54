"""The duel on the screen."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells
from field_of_cars import field_of_cars, frames_until, raced

from desktop_client.overlay.palette import DARK
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.head_to_head import HeadToHead, HeadToHeadSettings, verdict
from desktop_client.race.gaps import Gap
from desktop_client.race.head_to_head import HeadToHeadView, Trend
from desktop_client.race.lifecycle import Race

WIDGET = HeadToHead(HeadToHeadSettings())
DEMO = WIDGET.demo()
LONGEST = dataclasses.replace(
    DEMO.ahead,
    position=60,
    number=999,
    name="M. Wolfeschlegelsteinhausenberger",
    gap=Gap(999.9),
    change_s=99.9,
    laps_to_meet=99,
    lap_diffs=(-99.99,) * 3,
    sector_diffs=(99.99,) * 3,
    tyre="SS",
    tyre_age_laps=99,
    own_tyre_age_laps=99,
    in_pit=True,
)
VIEWS = {
    "demo": DEMO,
    "alone": HeadToHeadView(True, None, None),
    "the longest of everything": HeadToHeadView(True, LONGEST, dataclasses.replace(LONGEST, name="Αλέξανδρος Παπάς")),
    "laps apart": HeadToHeadView(True, dataclasses.replace(LONGEST, gap=Gap(laps=999)), None),
    "against the clock": HeadToHeadView(False, dataclasses.replace(DEMO.ahead, gap=Gap(12.345)), DEMO.behind),
    "nothing known": HeadToHeadView(
        True,
        dataclasses.replace(
            DEMO.ahead,
            position=None,
            number=None,
            name="王小明",
            gap=Gap(),
            trend=Trend.UNKNOWN,
            change_s=None,
            laps_to_meet=None,
            lap_diffs=(),
            sector_diffs=(None, None, None),
            tyre="",
            tyre_age_laps=None,
        ),
        None,
    ),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 60 * scale
    assert ink_at_the_edge(image, scale) == 0


def test_without_its_tables_it_is_lower(qapp):
    small = HeadToHead(HeadToHeadSettings(laps=False, sectors=False))
    assert small.natural_size.height() == WIDGET.natural_size.height() - 80
    assert stray_cells(small, DEMO) == []


def test_a_broader_window_is_used(qapp):
    assert stray_cells(WIDGET, VIEWS["the longest of everything"], stretch=1.5) == []


@pytest.mark.parametrize(
    ("side", "changed", "sentence"),
    [
        ("ahead", {}, "Catching 0.4 s a lap: 3 laps"),
        ("ahead", {"laps_to_meet": 1}, "Catching 0.4 s a lap: 1 lap"),
        ("ahead", {"in_time": False}, "Catching 0.4 s a lap, too late"),
        ("ahead", {"laps_to_meet": None}, "Catching 0.4 s a lap"),
        ("ahead", {"trend": Trend.GROWS}, "Losing 0.4 s a lap"),
        ("ahead", {"trend": Trend.STAYS}, "Same pace"),
        ("ahead", {"trend": Trend.UNKNOWN, "change_s": None}, "Pace is known after 1 lap"),
        ("ahead", {"in_pit": True}, "In the pits"),
        ("behind", {}, "Closing in 0.4 s a lap: 3 laps"),
        ("behind", {"trend": Trend.GROWS}, "Pulling away 0.4 s a lap"),
    ],
)
def test_the_verdict_is_a_sentence(side, changed, sentence):
    assert verdict(DARK, dataclasses.replace(DEMO.ahead, **changed), side, is_race=True)[0] == sentence


def test_what_is_good_ahead_is_bad_behind():
    assert verdict(DARK, DEMO.ahead, "ahead", is_race=True)[1] == DARK.gained
    assert verdict(DARK, DEMO.ahead, "behind", is_race=True)[1] == DARK.lost


def test_a_real_duel_is_shown(qapp):
    race = raced(frames_until(50.0, columns={"name": ("Jo Li", "Дмитрий Волков")}))
    view = WIDGET.look(race.frame, race)
    assert view.behind.name == "Д. Волков"
    assert stray_cells(WIDGET, view) == []
    assert WIDGET.look(field_of_cars(5.0, own=None), Race()) == Notice("Waiting for your car")
