"""The standings as they are painted."""

import dataclasses

import msgspec
import numpy as np
import pytest

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Room
from desktop_client.overlay.palette import DARK, THEMES
from desktop_client.overlay.table import HEAD, SPACE, gap_words
from desktop_client.overlay.widget import Notice
from desktop_client.overlay.widgets.standings import Standings, StandingsSettings
from desktop_client.race.gaps import Gap
from desktop_client.race.lifecycle import Race
from desktop_client.race.standings import Column, StandingsView
from desktop_client.telemetry.frame import CarStatus, PitStatus, SessionKind

THREE = ("Hypercar", "LMP2", "LMGT3")
EVERYTHING = StandingsSettings(rows=60, licence=True, stops=True, lap="both", gap="both")


def shown(widget: Standings, frame) -> StandingsView:
    race = Race()
    race.take(frame)
    view = widget.look(frame, race)
    assert isinstance(view, StandingsView)
    return view


def room_of(widget: Standings) -> Room:
    return Room.of(widget.natural_size, widget.natural_size)


def everything(frame_at, **chosen):
    """Sixty cars of which every one has something to say in every column."""
    frame = frame_at(200.0, **{"count": 60, "own": 33, "classes": THREE, **chosen})
    row = np.arange(60)
    return dataclasses.replace(
        frame,
        cars=dataclasses.replace(
            frame.cars,
            name=tuple(f"Maximiliana Wolfeschlegelsteinhausenbergerdorff {index}" for index in row),
            licence=("Pro/WC 9.99",) * 60,
            grid_position=np.roll(row + 1, 7).astype(np.int32),
            pit_stops=np.full(60, 12, dtype=np.int32),
            tyre_age_laps=np.full(60, 38, dtype=np.int32),
            penalty_s=np.full(60, 110.0),
            number=np.full(60, 999, dtype=np.int32),
            status=(row % 5).astype(np.int32),
            pit=np.where(row % 7 == 0, PitStatus.PIT_LANE, 0).astype(np.int32),
            gap_leader_s=row * 61.7,
        ),
    )


def test_by_default_there_are_seven_columns_at_most():
    usual = Standings(StandingsSettings())._columns(frozenset(Column), against_the_clock=False)
    assert len(usual) + len(("place", "number", "name")) <= 7


def test_the_last_lap_is_shown_in_a_race_and_the_best_one_against_the_clock():
    widget, filled = Standings(StandingsSettings()), frozenset(Column)
    assert Column.LAST in widget._columns(filled, against_the_clock=False)
    assert Column.BEST not in widget._columns(filled, against_the_clock=False)
    assert Column.BEST in widget._columns(filled, against_the_clock=True)
    assert Column.LAST not in widget._columns(filled, against_the_clock=True)


@pytest.mark.parametrize(
    ("gap", "columns"),
    [
        ("ahead", (Column.INTERVAL,)),
        ("leader", (Column.GAP,)),
        ("both", (Column.INTERVAL, Column.GAP)),
    ],
)
def test_the_driver_chooses_the_interval_or_the_gap(gap, columns):
    widget = Standings(StandingsSettings(gap=gap))
    assert widget._columns(frozenset({Column.INTERVAL, Column.GAP}), against_the_clock=False) == columns


def test_a_column_with_nothing_in_it_takes_no_room():
    widget = Standings(StandingsSettings())
    assert widget._columns(frozenset({Column.GAP, Column.INTERVAL}), against_the_clock=False) == (Column.INTERVAL,)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("kind", [SessionKind.RACE, SessionKind.QUALIFYING])
def test_sixty_cars_in_three_classes_with_long_names_stay_inside(sheet_of, frame_at, scale, kind):
    widget = Standings(EVERYTHING)
    inside, beside = sheet_of(widget, shown(widget, everything(frame_at, kind=kind)), scale)
    assert beside == 0
    assert any(inside.pixelColor(x, round((HEAD + 40) * scale)).lightness() > 150 for x in range(inside.width()))


@pytest.mark.parametrize("theme_name", THEMES)
def test_the_demo_is_painted_in_every_theme(sheet_of, theme_name):
    widget = Standings(StandingsSettings())
    _, beside = sheet_of(widget, widget.demo(), palette=THEMES[theme_name])
    assert beside == 0


@pytest.mark.parametrize("rows", [5, 16, 40, 60])
def test_the_table_never_has_more_rows_than_the_driver_chose(frame_at, rows):
    widget = Standings(StandingsSettings(rows=rows))
    for view in (shown(widget, frame_at(200.0, count=60, own=33, classes=THREE)), widget.demo()):
        cells = list(widget.cells(room_of(widget), view))
        assert max(cell.rect.bottom() for cell in cells) <= widget.natural_size.height()
        assert sum(row.is_player for table in view.tables for row in table.rows) == 1


def test_the_panel_ends_below_the_last_car(sheet_of, frame_at):
    widget = Standings(StandingsSettings(rows=16))
    inside, _ = sheet_of(widget, shown(widget, frame_at(200.0, count=3, own=1)))
    end = round(HEAD + 3 * theme.ROW + theme.PAD_Y)
    assert inside.pixelColor(100, end - 3).alpha() > 200
    assert inside.pixelColor(100, end + 3).alpha() == 0


def test_the_drivers_row_is_a_band_with_a_tick(sheet_of, frame_at):
    widget = Standings(StandingsSettings())
    inside, _ = sheet_of(widget, shown(widget, frame_at(200.0, own=4)))
    middle = round(HEAD + 4.5 * theme.ROW)
    assert inside.pixelColor(2, middle).blue() > 180
    assert inside.pixelColor(2, middle).name() == DARK.you.name()
    assert inside.pixelColor(2, middle + round(theme.ROW)).name() != DARK.you.name()


def test_only_the_rows_that_changed_are_painted_again(frame_at):
    widget = Standings(StandingsSettings())
    frame = frame_at(200.0)
    ahead = frame.cars.gap_ahead_s.copy()
    ahead[3] = 4.4
    other = dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, gap_ahead_s=ahead))
    views = shown(widget, frame), shown(widget, other)
    first, second = ([cell.key for cell in widget.cells(room_of(widget), view)] for view in views)
    assert [index for index, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1]] == [3]
    assert widget.still(views[0]) == widget.still(views[1])


def test_a_field_of_retired_and_disqualified_cars_is_painted_without_gaps(sheet_of, frame_at):
    frame = frame_at(200.0, count=4, own=0)
    status = np.array([0, CarStatus.RETIRED, CarStatus.DISQUALIFIED, CarStatus.FINISHED], dtype=np.int32)
    widget = Standings(EVERYTHING)
    _, beside = sheet_of(
        widget, shown(widget, dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, status=status)))
    )
    assert beside == 0


def test_without_cars_the_widget_says_that_it_waits(frame_at):
    widget = Standings(StandingsSettings())
    assert isinstance(widget.look(frame_at(200.0, count=0, own=None), Race()), Notice)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (Gap(12.34), "+12.3"),
        (Gap(0.0), "+0.0"),
        (Gap(laps=1), f"+1{SPACE}lap"),
        (Gap(laps=12), f"+12{SPACE}laps"),
        (Gap(), ""),
        (Gap(35_999.0), "+9999.9"),
    ],
)
def test_gaps_are_written_as_drivers_read_them(gap, words):
    assert gap_words(gap, 1) == words


def test_settings_outside_their_bounds_are_refused():
    for wrong in (b'{"rows": 4}', b'{"rows": 61}', b'{"gap": "sideways"}', b'{"leaders": 0}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=StandingsSettings)
