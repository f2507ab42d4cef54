"""The laps that the driver has driven."""

import dataclasses

import numpy as np
import pytest
from field_of_cars import field_of_cars, frames_until

from desktop_client.race.laps import KEPT_LAPS, LapLog
from desktop_client.race.running_lap import LapKind
from desktop_client.race.timing import Timing
from desktop_client.telemetry.frame import CarStatus, Flag, Fuel, FuelUnit, PitStatus, SafetyCar

SILENT = {"last_lap_s": np.full(2, np.nan), "best_lap_s": np.full(2, np.nan)}
NO_SECTORS = dict.fromkeys(("sector_s", "last_sector_s", "best_sector_s"), np.full((2, 3), np.nan))


def changed(frame, session=(), **columns):
    return dataclasses.replace(
        frame,
        cars=dataclasses.replace(frame.cars, **columns),
        session=dataclasses.replace(frame.session, **dict(session)),
    )


def logged(frames) -> LapLog:
    timing = Timing()
    for frame in frames:
        timing.take(frame, 0)
    return timing.laps


def test_a_lap_has_the_games_own_time_and_sectors():
    laps = logged(frames_until(45.0)).laps
    assert [(lap.number, lap.lap_s, lap.sector_s, lap.kind) for lap in laps] == [
        (2, 20.0, (6.0, 8.0, 6.0), LapKind.FLYING),
        (3, 20.0, (6.0, 8.0, 6.0), LapKind.FLYING),
    ]
    assert [(lap.tyre, lap.tyre_age_laps) for lap in laps] == [("M", 1), ("M", 2)]


def test_a_time_that_comes_late_is_waited_for():
    late = [
        changed(frame, last_lap_s=np.full(2, 20.1 if frame.session_time_s > 22.0 else np.nan))
        for frame in frames_until(23.0)
    ]
    assert [lap.lap_s for lap in logged(late).laps][-1] == 20.1
    assert not logged(frame for frame in late if frame.session_time_s < 22.0).laps


@pytest.mark.parametrize("rate_hz", [60.0, 11.0])
def test_a_game_that_times_no_laps_is_timed_by_hand_between_its_frames(rate_hz):
    laps = logged(frames_until(47.0, rate_hz, columns=SILENT | NO_SECTORS)).laps
    assert [lap.number for lap in laps] == [2, 3]
    assert [lap.lap_s for lap in laps] == pytest.approx([20.0, 20.0], abs=2e-3)
    for sector, expected in zip(laps[-1].sector_s, (6.0, 8.0, 6.0), strict=True):
        assert sector == pytest.approx(expected, abs=5e-3)


def test_without_any_distance_the_lap_number_and_the_sector_are_the_stopwatch():
    silent = SILENT | NO_SECTORS | {"lap_distance_m": np.full(2, np.nan)}
    lap = logged(frames_until(26.0, 20.0, columns=silent, track_length_m=None, sector_starts_m=())).laps[-1]
    assert lap.lap_s == pytest.approx(20.0, abs=0.06)
    assert lap.sector_s == pytest.approx((6.0, 8.0, 6.0), abs=0.06)


def test_a_time_that_cannot_be_of_this_lap_is_not_believed():
    wrong = (changed(frame, last_lap_s=np.array([25.0 + frame.session_time_s, 20.4])) for frame in frames_until(24.0))
    assert logged(wrong).laps[-1].lap_s == pytest.approx(20.0, abs=2e-3)


def test_a_lap_is_invalid_from_the_fault_on_and_the_next_is_not():
    def frames():
        for frame in frames_until(64.0):
            fault = 30.0 < frame.session_time_s < 41.3  # the flag falls a moment after the line
            yield changed(frame, lap_valid=np.array([not fault, True]))

    assert [lap.valid for lap in logged(frames()).laps] == [True, False, True]


def test_laps_in_and_out_of_the_pits_are_marked_where_the_boxes_lie_at_the_line():
    def frames():
        for frame in frames_until(84.0):
            stops = 38.0 < frame.session_time_s < 44.0
            yield changed(frame, pit=np.array([int(PitStatus.PIT_LANE) if stops else 0, 0], dtype=np.int32))

    log = logged(frames())
    assert [lap.kind for lap in log.laps] == [LapKind.FLYING, LapKind.IN, LapKind.OUT, LapKind.FLYING]
    assert [lap.is_timed for lap in log.laps] == [True, False, False, True]


@pytest.mark.parametrize("what", [{"safety_car": SafetyCar.VIRTUAL}, {"flags": frozenset({Flag.RED})}])
def test_a_lap_with_a_safety_car_in_it_says_nothing_about_pace(what):
    def frames():
        for frame in frames_until(64.0):
            yield changed(frame, session=what if 30.0 < frame.session_time_s < 33.0 else ())

    assert [lap.kind for lap in logged(frames()).laps] == [LapKind.FLYING, LapKind.SAFETY_CAR, LapKind.FLYING]


def test_fuel_is_counted_from_line_to_line_and_a_filled_tank_says_nothing():
    def frames():
        for frame in frames_until(64.0):
            now = frame.session_time_s
            fuel = Fuel(50.0 - now * 0.1 + (30.0 if now > 50.0 else 0.0), FuelUnit.LITRE)
            yield dataclasses.replace(frame, player=dataclasses.replace(frame.player, fuel=fuel))

    laps = logged(frames()).laps
    assert laps[0].fuel_used == pytest.approx(2.0, abs=0.01)
    assert laps[1].fuel_used == pytest.approx(2.0, abs=0.01)
    assert laps[1].fuel_unit is FuelUnit.LITRE
    assert laps[2].fuel_used is None


def test_time_turned_back_over_the_line_takes_the_lap_away():
    before, after = list(frames_until(43.0)), list(frames_until(64.0, start=35.0))
    log = logged([*before, *after])
    assert [lap.number for lap in log.laps] == [2, 3, 4]
    assert log.laps[-1].lap_s == 20.0


def test_the_last_lap_of_a_race_counts_although_no_other_begins():
    def frames():
        for frame in frames_until(50.0):
            over = frame.session_time_s >= 41.0
            lap = np.minimum(frame.cars.lap, 3)
            yield changed(frame, lap=lap, status=np.full(2, int(CarStatus.FINISHED if over else 0), dtype=np.int32))

    log = logged(frames())
    assert [lap.number for lap in log.laps] == [2, 3]
    assert log.running is None


def test_another_car_begins_nothing_of_the_first_ones():
    timing = Timing()
    for frame in frames_until(15.0):
        timing.take(frame, 0)
    for frame in frames_until(24.0, start=15.0):
        timing.take(frame, 1)
    assert timing.laps.running.number == int(frame.cars.lap[1])
    assert all(lap.lap_s != pytest.approx(20.0) for lap in timing.laps.laps)


def test_there_are_never_too_many_laps_and_the_best_of_them_is_known():
    log = LapLog()
    for lap in range(1, KEPT_LAPS + 50):
        for moment in (0.0, 10.0):
            frame = field_of_cars(lap * 20.0 + moment, (20.0,), (0.0,))
            log.take(changed(frame, last_lap_s=np.array([20.0 + (lap % 7) * 0.01])), 0)
    assert len(log.laps) == KEPT_LAPS
    assert log.best.lap_s == 20.0


def test_a_clock_that_is_none_is_not_listened_to():
    log = LapLog()
    log.take(dataclasses.replace(field_of_cars(5.0), session_time_s=float("nan")), 0)
    assert log.running is None
