"""The laps as a table on the screen."""

import dataclasses

import pytest
from drawn_widgets import drawn, ink, ink_at_the_edge, stray_cells
from field_of_cars import field_of_cars, frames_until, raced

from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.lap_log import LapLog, LapLogSettings, sector_colour
from desktop_client.overlay.wording import sector_text
from desktop_client.race.dash import LapMark
from desktop_client.race.lap_log import LapLogView, LapRow, MarkedSector, SectorMark
from desktop_client.race.lifecycle import Race
from desktop_client.race.running_lap import LapKind

WIDGET = LapLog(LapLogSettings())
DEMO = WIDGET.demo()
LONGEST = LapRow(
    number=888,
    lap_s=1199.999,
    mark=LapMark.SESSION_BEST,
    sectors=(MarkedSector(399.999, SectorMark.SESSION_BEST),) * 3,
    valid=True,
    kind=LapKind.FLYING,
    tyre="SS",
    tyre_age_laps=88,
    fuel_used=88.88,
)
VIEWS = {
    "demo": DEMO,
    "no lap yet": LapLogView(None, (), None, None, False, False),
    "nothing but times": dataclasses.replace(DEMO, fuel_unit=None, has_sectors=False, has_tyres=False),
    "the longest figures": dataclasses.replace(
        DEMO, rows=(LONGEST, dataclasses.replace(LONGEST, valid=False), dataclasses.replace(LONGEST, kind=LapKind.OUT))
    ),
}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", VIEWS)
def test_it_is_drawn_at_any_size_and_nothing_leaves_its_place(qapp, name, scale):
    assert stray_cells(WIDGET, VIEWS[name], scale) == []
    image = drawn(WIDGET, VIEWS[name], scale)
    assert ink(image) > 20 * scale
    assert ink_at_the_edge(image, scale) == 0


def test_a_column_that_says_nothing_takes_no_room():
    empty = VIEWS["nothing but times"]
    assert [column for column, _ in WIDGET._places(empty)] == ["time"]
    assert [column for column, _ in WIDGET._places(DEMO)] == ["time", "S1", "S2", "S3", "tyre", "fuel"]
    narrow = LapLog(LapLogSettings(sectors=False, tyre=False, fuel=False))
    assert [column for column, _ in narrow._places(DEMO)] == ["time"]
    assert narrow.natural_size.width() < WIDGET.natural_size.width() - 200


def test_a_lap_that_stays_is_not_painted_again():
    room = Room.of(WIDGET.natural_size, WIDGET.natural_size)
    driven_on = dataclasses.replace(DEMO, running=dataclasses.replace(DEMO.running, valid=False))
    before, after = ([cell.key for cell in WIDGET.cells(room, view)] for view in (DEMO, driven_on))
    assert [a == b for a, b in zip(before, after, strict=True)] == [False] + [True] * 6


def test_a_lower_window_shows_fewer_laps_and_cuts_none(qapp):
    room = Room(WIDGET.natural_size.width(), 100.0, 1.0)
    assert len(list(WIDGET.cells(room, DEMO))) == 2


@pytest.mark.parametrize("theme", THEMES)
def test_every_worth_of_a_sector_has_a_colour_of_its_own(theme):
    marks = (SectorMark.SESSION_BEST, SectorMark.OWN_BEST, SectorMark.SLOWER)
    assert len({sector_colour(THEMES[theme], mark).name() for mark in marks}) == 3


def test_real_laps_are_shown(qapp):
    race = raced(frames_until(50.0))
    view = WIDGET.look(race.frame, race)
    assert [row.number for row in view.rows] == [3, 2]
    assert stray_cells(WIDGET, view) == []
    assert WIDGET.look(field_of_cars(5.0, own=None), Race()) == Notice("Waiting for your car")


@pytest.mark.parametrize(("seconds", "text"), [(28.417, "28.417"), (64.12, "1:04.120")])
def test_a_sector_shows_its_minute_only_where_it_has_one(seconds, text):
    assert sector_text(seconds) == text
