"""What a frame says beyond places and laps: the state of the car, the weather, the flags, the rules."""

import math

import numpy as np
import pytest

from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import relative
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import (
    Capability,
    CarStatus,
    Flag,
    Forecast,
    Frame,
    Part,
    PitStatus,
    SafetyCar,
    Sky,
    Zone,
)
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_wire import FORMATS, PacketId


def drive(source: F1, packets: list[bytes]) -> list[Frame]:
    return [frame for packet in packets if (frame := source.feed(packet, 0.0)) is not None]


@pytest.fixture
def source() -> F1:
    return F1()


@pytest.mark.parametrize("packet_format", FORMATS)
def test_wheels_stand_in_our_order_and_units_though_the_game_begins_at_the_rear(source: F1, small_race, packet_format):
    race = small_race(packet_format)
    telemetry = race.telemetry(
        1,
        tyre_surface_temperature=[73, 74, 71, 72],
        tyre_inner_temperature=[83, 84, 81, 82],
        brake_temperature=[303, 304, 301, 302],
        tyre_pressure=[23.0, 24.0, 21.0, 22.0],
    )
    worn = race.damage(1, tyre_wear=[30, 40, 10, 20], tyre_damage=[33, 44, 11, 22], brake_damage=[3, 4, 1, 2])

    [frame] = drive(source, [*race.opening(), worn, race.motion(1), race.laps(1), telemetry])

    wheels = frame.player.wheels
    assert [wheel.surface_c for wheel in wheels] == [71, 72, 73, 74]
    assert [wheel.inner_c for wheel in wheels] == [81, 82, 83, 84]
    assert [wheel.brake_c for wheel in wheels] == [301, 302, 303, 304]
    assert [wheel.pressure_kpa for wheel in wheels] == pytest.approx([144.79, 151.68, 158.58, 165.47], abs=0.01)
    assert [wheel.wear for wheel in wheels] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert [wheel.damage for wheel in wheels] == [0.11, 0.22, 0.33, 0.44]
    assert [wheel.brake_wear for wheel in wheels] == [0.01, 0.02, 0.03, 0.04]
    assert wheels[0].tread_c is None


def test_nothing_is_worn_or_broken_as_long_as_the_game_has_not_said_so(source: F1, small_race):
    race = small_race()
    [frame] = drive(source, race.opening() + race.instant(1))
    assert frame.player.damage is None
    assert all(math.isnan(wheel.wear) and math.isnan(wheel.damage) for wheel in frame.player.wheels)


def test_damage_is_a_share_for_each_part_that_the_game_tells_of(source: F1, small_race):
    race = small_race()
    broken = race.damage(1, front_left_wing=28, floor=5, gearbox=140, engine=12, engine_seized=1)
    [frame] = drive(source, [*race.opening(), broken, *race.instant(1)])
    assert frame.player.damage == {
        Part.FRONT_WING_LEFT: 0.28,
        Part.FRONT_WING_RIGHT: 0,
        Part.REAR_WING: 0,
        Part.FLOOR: 0.05,
        Part.DIFFUSER: 0,
        Part.SIDEPOD: 0,
        Part.GEARBOX: 1,
        Part.ENGINE: 1,
    }


def test_the_energy_of_a_hybrid_is_told_as_shares_of_what_the_rules_allow(source: F1, small_race):
    race = small_race(2025)
    spent = {"ers_deploy_mode": 3, "ers_deployed": 1e6, "ers_harvested_mguk": 1.5e6}
    drive(source, [*race.opening(), race.status(1, **spent)])
    [frame] = drive(source, race.instant(2)[:3])
    energy = frame.player.energy
    assert (energy.store, energy.mode, energy.deployed, energy.harvested) == (0.5, "overtake", 0.25, 0.75)


def test_since_2026_a_lap_may_win_what_the_game_says_and_spend_all_it_has(source: F1, small_race):
    race = small_race(2026)
    aero = race.packet(PacketId.ACTIVE_AERO, 1)
    aero["cars"]["regulations_2026"] = aero["cars"]["active_aero_mode"] = aero["cars"]["overtake_available"] = 1
    status = race.status(1, ers_harvested_mguk=3.5e6, ers_harvest_limit=7e6, ers_deployed=9e6)
    drive(source, [*race.opening(), aero.tobytes(), status])
    [frame] = drive(source, race.instant(2)[:3])
    assert (frame.player.energy.harvested, frame.player.energy.deployed) == (0.5, None)
    player = frame.player
    assert (player.aero_open, player.overtake_available, player.overtake_active) == (True, True, False)


def test_what_the_driver_has_set_on_the_wheel_is_told(source: F1, small_race):
    race = small_race()
    knobs = {"front_brake_bias": 57, "traction_control": 2, "anti_lock_brakes": 1, "pit_limiter": 1}
    drive(source, [*race.opening(), race.status(1, fuel_capacity=110, **knobs)])
    [frame] = drive(source, [race.motion(2), race.laps(2, warnings=3), race.telemetry(2)])
    player = frame.player
    assert (player.brake_bias, player.tc_level, player.abs_level, player.pit_limiter) == (0.57, 2, 1, True)
    assert (player.fuel.capacity, player.warnings) == (110, 3)


@pytest.mark.parametrize(("packet_format", "one_g"), [(2025, 1.0), (2026, 1000)])
def test_acceleration_is_forwards_and_to_the_left_in_si(source: F1, small_race, packet_format, one_g):
    race = small_race(packet_format)
    motion = race.packet(PacketId.MOTION, 1)
    motion["cars"]["g_longitudinal"], motion["cars"]["g_lateral"] = -one_g, 2 * one_g
    [frame] = drive(source, [*race.opening(), motion.tobytes(), race.laps(1), race.telemetry(1)])
    assert frame.player.acceleration_mps2 == pytest.approx((-9.807, 19.613), abs=0.001)


def test_heading_is_where_the_car_moves(source: F1, small_race):
    race = small_race()
    for yaw, ahead in ((np.pi / 2, (1, 0)), (np.pi, (0, 1)), (0.0, (0, -1)), (-np.pi / 2, (-1, 0))):
        motion = race.packet(PacketId.MOTION, 1)
        motion["cars"]["yaw"] = yaw
        [frame] = drive(F1(), [race.session(), motion.tobytes(), race.laps(1), race.telemetry(1)])
        heading = frame.cars.heading_rad[0]
        assert (np.cos(heading), np.sin(heading)) == pytest.approx(ahead, abs=1e-6)


def test_every_car_tells_its_stops_tyres_penalties_and_sectors(source: F1, small_race):
    race = small_race()
    unserved = {"unserved_drive_throughs": [0, 0, 1, 0, 1], "unserved_stop_goes": [0, 0, 0, 0, 1]}
    timed = {"sector1_ms": 31_500, "sector2_minutes": 1}
    laps = race.laps(2, pit_stops=[0, 1, 0, 2, 0], penalties_s=[0, 5, 0, 0, 10], **unserved, **timed)
    drive(source, [*race.opening(), race.status(1, tyre_age_laps=[3, 1, 4, 1, 5])])
    [frame] = drive(source, [race.motion(2), laps, race.telemetry(2)])
    assert frame.cars.pit_stops.tolist() == [0, 1, 0, 2, 0]
    assert frame.cars.penalty_s.tolist() == [0, 5, 0, 0, 10]
    assert frame.cars.penalties.tolist() == [0, 0, 1, 0, 2]
    assert frame.cars.tyre_age_laps.tolist() == [3, 1, 4, 1, 5]
    np.testing.assert_array_equal(frame.cars.sector_s, [[31.5, 60, np.nan]] * 5)


def history_of_three_laps(race):
    history = race.packet(PacketId.HISTORY, 1)
    history["car_index"], history["lap_count"], history["best_lap_lap_number"] = 2, 4, 2
    for sector, number in ((1, 1), (2, 2), (3, 3)):
        history[f"best_sector{sector}_lap_number"] = number
        history["laps"][f"sector{sector}_ms"][:3] = np.array([31_000, 30_500, 30_250]) + 100 * sector
    history["laps"]["lap_ms"][:3] = [95_000, 91_250, 92_000]
    return history


def test_sectors_of_the_last_lap_and_the_best_ones_come_from_the_history(source: F1, small_race):
    race = small_race()
    [frame] = drive(source, [*race.opening(), history_of_three_laps(race).tobytes(), *race.instant(1)])
    assert frame.cars.best_lap_s[2] == 91.25
    assert frame.cars.last_sector_s[2].tolist() == [30.35, 30.45, 30.55]
    assert frame.cars.best_sector_s[2].tolist() == [31.1, 30.7, 30.55]
    assert np.isnan(frame.cars.last_sector_s[[0, 1, 3, 4]]).all()


def test_a_frame_keeps_its_best_laps_when_better_ones_are_driven(source: F1, small_race):
    race = small_race()
    history = history_of_three_laps(race)
    [before] = drive(source, [*race.opening(), history.tobytes(), *race.instant(1)])
    history["laps"]["lap_ms"][1] = 90_000
    history["header"]["overall_frame_identifier"] = 2
    [after] = drive(source, [history.tobytes(), *race.instant(2)])
    assert (before.cars.best_lap_s[2], after.cars.best_lap_s[2]) == (91.25, 90.0)


@pytest.mark.parametrize(
    ("wheels", "off"),
    [([7, 7, 7, 7], True), ([1, 7, 4, 7], True), ([0, 7, 7, 7], False), ([1, 1, 1, 1], False), ([2, 4, 4, 4], False)],
)
def test_off_the_track_is_who_has_no_wheel_on_anything_paved(source: F1, small_race, wheels, off):
    race = small_race()
    surface = np.zeros((5, 4))
    surface[3] = wheels
    [frame] = drive(source, [*race.opening(), race.motion(1), race.laps(1), race.telemetry(1, surface=surface)])
    assert frame.cars.off_track.tolist() == [False, False, False, off, False]


def test_the_session_says_its_rules(source: F1, small_race):
    race = small_race()
    rules = {"pit_speed_limit": 80, "pit_window_ideal_lap": 7, "pit_window_latest_lap": 9, "safety_car": 2}
    sectors = {"sector2_start": 1300.5, "sector3_start": 2600.5}
    [frame] = drive(source, [race.session(**rules, **sectors), *race.instant(1)])
    session = frame.session
    assert session.pit_limit_mps == pytest.approx(22.22, abs=0.01)
    assert session.pit_window_laps == (7, 9)
    assert session.safety_car is SafetyCar.VIRTUAL
    assert session.sector_starts_m == (1300.5, 2600.5)


def test_the_forecast_is_that_of_this_session_only(source: F1, small_race):
    race = small_race()
    packet = race.packet(PacketId.SESSION, 1)
    packet["session_type"], packet["track_length"], packet["weather"] = 15, 4000, 1
    packet["forecast_count"] = 4
    samples = packet["forecast"][:5]
    samples["session_type"] = [15, 15, 5, 15, 15]
    samples["minutes_ahead"] = [0, 5, 0, 15, 30]
    samples["weather"] = [1, 3, 0, 200, 5]
    samples["rain_percent"] = [4, 60, 0, 70, 99]
    samples["track_temperature"], samples["air_temperature"] = 31, 22
    [frame] = drive(source, [packet.tobytes(), *race.instant(1)])
    assert frame.session.weather.sky is Sky.LIGHT_CLOUD
    assert frame.session.weather.forecast == (
        Forecast(0, Sky.LIGHT_CLOUD, 0.04, 22, 31),
        Forecast(300, Sky.LIGHT_RAIN, 0.6, 22, 31),
    )
    assert source.health.absurd == 1  # the sample with a weather that there is not


def test_flags_are_waved_from_one_marshal_to_the_next(source: F1, small_race):
    race = small_race()
    packet = race.packet(PacketId.SESSION, 1)
    packet["marshal_zone_count"] = 4
    packet["marshal_zones"]["start"][:4] = [0.125, 0.25, 0.5, 0.75]
    packet["marshal_zones"]["flag"][:5] = [-1, 3, 0, 1, 2]
    [frame] = drive(source, [packet.tobytes(), *race.instant(1)])
    assert frame.session.zones == (Zone(0.25, 0.5, Flag.YELLOW), Zone(0.75, 0.125, Flag.GREEN))


def test_the_flag_of_the_drivers_own_car_is_shown(source: F1, small_race):
    race = small_race()
    drive(source, [*race.opening(), race.status(1, fia_flag=[3, 2, 3, 3, 3])])
    [blue] = drive(source, race.instant(2)[:3])
    drive(source, [race.status(3)])
    [none] = drive(source, race.instant(4)[:3])
    assert (blue.session.flags, none.session.flags) == ({Flag.BLUE}, set())


def test_a_red_flag_is_out_until_the_restart(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    [red] = drive(source, [race.event(1, b"RDFL"), *race.instant(1)])
    [still] = drive(source, [race.event(2, b"SPTP"), *race.instant(2)])
    [over] = drive(source, [race.event(3, b"LGOT"), *race.instant(3)])
    assert [frame.session.flags for frame in (red, still, over)] == [{Flag.RED}, {Flag.RED}, set()]


def test_the_chequered_flag_is_out_once_the_winner_has_finished(source: F1, small_race):
    race = small_race()
    finished = race.laps(1, result_status=[3, 2, 2, 2, 2])
    [frame] = drive(source, [*race.opening(), race.motion(1), finished, race.telemetry(1)])
    assert frame.session.flags == {Flag.CHEQUERED}


def test_a_car_in_its_garage_is_in_its_box(source: F1, small_race):
    race = small_race()
    parked = race.laps(1, driver_status=[4, 0, 4, 4, 0])
    [frame] = drive(source, [race.session(session_type=1), race.motion(1), parked, race.telemetry(1)])
    assert frame.session.in_garage
    assert frame.cars.status.tolist() == [0, CarStatus.GARAGE, 0, 0, CarStatus.GARAGE]
    assert (frame.cars.pit == PitStatus.IN_BOX).tolist() == [False, True, False, False, True]


def test_values_that_cannot_be_are_left_out_and_counted(source: F1, small_race):
    race = small_race()
    session = race.packet(PacketId.SESSION, 1)
    session["track_length"], session["weather"], session["marshal_zone_count"] = 4000, 77, 2
    session["sector2_start"], session["sector3_start"] = 3000, 2000
    session["marshal_zones"]["start"][:2], session["marshal_zones"]["flag"][:2] = (np.nan, 0.5), 3
    worn = race.damage(1, tyre_wear=[np.inf, 1, -3, np.nan])
    telemetry = race.telemetry(1, tyre_pressure=[np.nan, 20, 20, 1e9])
    [frame] = drive(source, [session.tobytes(), worn, race.motion(1), race.laps(1), telemetry])
    assert (frame.session.sector_starts_m, frame.session.zones, frame.session.weather.sky) == ((), (), None)
    assert [math.isnan(wheel.wear) for wheel in frame.player.wheels] == [True, True, True, False]
    assert [math.isnan(wheel.pressure_kpa) for wheel in frame.player.wheels] == [False, True, True, False]
    assert source.health.absurd == 1 + 1 + 2 + 3 + 2


def test_a_spectator_is_told_nothing_of_a_car_that_nobody_drives(source: F1, small_race):
    race = small_race()
    [frame] = drive(source, [race.session(spectating=1), race.participants(), *race.instant(1)])
    assert not frame.capabilities & {Capability.TYRE_WEAR, Capability.DAMAGE, Capability.BRAKE_TEMPERATURE}
    assert frame.capabilities >= {Capability.FLAGS, Capability.FORECAST, Capability.SECTOR_TIMES}


def test_whoever_has_left_is_on_no_map_and_near_nobody(source: F1, small_race):
    race, watched = small_race(), Race()
    drive(source, race.opening())
    for number in range(1, 40):
        retired = race.laps(number, result_status=[2, 2, 7, 2, 2])
        for frame in drive(source, [race.motion(number), retired, race.telemetry(number)]):
            watched.take(frame)
    assert len(track_map(frame, watched).dots) == 4
    shown = [row.slot for row in relative(frame, watched).rows if row is not None]
    assert sorted(shown) == [0, 1, 3, 4]
