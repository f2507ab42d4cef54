"""The driver's laps as a table."""

import dataclasses

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until, raced

from desktop_client.race.dash import LapMark
from desktop_client.race.lap_log import MarkedSector, SectorMark, lap_log
from desktop_client.race.running_lap import LapKind
from desktop_client.telemetry.frame import Fuel, FuelUnit

FASTER_RIVAL = {"lap_s": (20.0, 19.0), "start_m": (950.0, 900.0)}


def seen(seconds: float, laps: int = 6, **field):
    race = raced(frames_until(seconds, **field))
    return lap_log(race.frame, race, laps)


def test_the_newest_lap_stands_first_below_the_one_being_driven():
    view = seen(70.0)
    assert view.running.number == 5
    assert [row.number for row in view.rows] == [4, 3, 2]
    assert [row.number for row in seen(70.0, laps=2).rows] == [4, 3]


def test_the_running_lap_shows_the_sectors_that_are_over():
    running = seen(52.0).running
    assert [sector.seconds for sector in running.sectors] == [6.0, None, None]
    assert running.lap_s is None


def test_the_best_of_the_session_is_purple_and_the_drivers_own_best_is_not():
    row = seen(44.0).rows[0]
    assert (row.mark, {sector.mark for sector in row.sectors}) == (LapMark.SESSION_BEST, {SectorMark.SESSION_BEST})
    row = seen(44.0, **FASTER_RIVAL).rows[0]
    assert (row.mark, {sector.mark for sector in row.sectors}) == (LapMark.OWN_BEST, {SectorMark.OWN_BEST})


def test_a_slower_lap_may_have_the_best_sector():
    def frames():
        for frame in frames_until(44.0):
            if frame.cars.lap[0] == 4:
                cars = frame.cars
                sectors, lap = cars.last_sector_s.copy(), cars.last_lap_s.copy()
                sectors[0], lap[0] = (5.9, 8.2, 6.1), 20.2
                frame = dataclasses.replace(
                    frame, cars=dataclasses.replace(cars, last_sector_s=sectors, last_lap_s=lap)
                )
            yield frame

    race = raced(frames())
    slower, best = lap_log(race.frame, race).rows
    assert (slower.mark, best.mark) == (LapMark.PLAIN, LapMark.SESSION_BEST)
    marks = [sector.mark for sector in slower.sectors]
    assert marks == [SectorMark.SESSION_BEST, SectorMark.SLOWER, SectorMark.SLOWER]


def test_a_sector_that_beats_the_best_while_the_lap_is_driven_takes_its_mark():
    def frames():
        for frame in frames_until(50.0):
            sectors = frame.cars.sector_s.copy()
            sectors[0, 0] = 5.8 if frame.cars.lap[0] == 4 and frame.cars.sector[0] > 0 else sectors[0, 0]
            yield dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, sector_s=sectors))

    race = raced(frames())
    view = lap_log(race.frame, race)
    assert view.running.sectors[0] == MarkedSector(5.8, SectorMark.SESSION_BEST)
    assert view.rows[0].sectors[0].mark is SectorMark.SLOWER


def test_an_invalid_lap_is_shown_and_never_the_best():
    columns = {"lap_valid": np.array([False, True]), "best_sector_s": np.full((2, 3), np.nan)}
    view = seen(44.0, columns=columns)
    assert view.best_s is None
    assert {row.valid for row in view.rows} == {False}
    assert {row.mark for row in view.rows} == {LapMark.PLAIN}
    assert {sector.mark for row in view.rows for sector in row.sectors} == {SectorMark.SLOWER}


def test_fuel_and_its_unit_are_those_of_the_game():
    def frames():
        for frame in frames_until(44.0):
            fuel = Fuel(50.0 - frame.session_time_s * 0.1, FuelUnit.KG)
            yield dataclasses.replace(frame, player=dataclasses.replace(frame.player, fuel=fuel))

    race = raced(frames())
    view = lap_log(race.frame, race)
    assert view.rows[0].fuel_used == pytest.approx(2.0, abs=0.01)
    assert view.fuel_unit == "kg"
    assert seen(44.0).fuel_unit is None


def test_columns_that_a_game_does_not_fill_are_known_to_be_empty():
    nothing = dict.fromkeys(("sector_s", "last_sector_s", "best_sector_s"), np.full((2, 3), np.nan))
    columns = nothing | {"tyre": ("", ""), "sector": np.full(2, -1, dtype=np.int32)}
    view = seen(44.0, columns=columns, sector_starts_m=())
    assert not view.has_sectors
    assert not view.has_tyres
    assert view.rows[0].kind is LapKind.FLYING


def test_there_is_no_log_without_an_own_car():
    race = raced(frames_until(3.0))
    assert lap_log(field_of_cars(3.0, own=None), race) is None


def test_equal_moments_are_equal_views():
    assert seen(44.0) == seen(44.0)
