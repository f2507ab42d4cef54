"""When a frame goes out, and what it says when packets are missing, late, doubled or of another session."""

import numpy as np
import pytest

from desktop_client.telemetry.frame import Capability, CarStatus, Frame, PitStatus, SessionKind
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_wire import FORMATS, PacketId


def drive(source: F1, packets: list[bytes], at: float = 0.0) -> list[Frame]:
    return [frame for packet in packets if (frame := source.feed(packet, at)) is not None]


@pytest.fixture
def source() -> F1:
    return F1()


@pytest.mark.parametrize("packet_format", FORMATS)
def test_a_frame_says_in_every_format_what_was_sent(source: F1, small_race, packet_format: int):
    race = small_race(packet_format)

    [frame] = drive(source, race.opening() + race.instant(1), at=3.5)

    assert frame.at == 3.5
    assert frame.session_time_s == pytest.approx(1 / 60)
    assert (frame.session.track_id, frame.session.track_name) == ("120", "Kestrel Park")
    assert (frame.session.kind, frame.session.total_laps) == (SessionKind.RACE, 12)
    assert frame.cars.name == tuple(f"Driver {slot}" for slot in range(5))
    assert frame.cars.number.tolist() == [10, 11, 12, 13, 14]
    assert frame.cars.lap_distance_m.tolist() == [501, 451, 401, 351, 301]
    assert frame.cars.x.tolist() == [501, 451, 401, 351, 301]
    assert set(frame.cars.y.tolist()) == {-30}
    assert set(frame.cars.z.tolist()) == {2}
    assert frame.cars.speed_mps.tolist() == [60.0] * 5
    assert frame.cars.gap_leader_s.tolist() == [0, 0.8, 1.6, 2.4, 3.2]
    np.testing.assert_array_equal(frame.cars.gap_ahead_s, [np.nan, 0.8, 0.8, 0.8, 0.8])
    assert frame.player_row == 1
    assert (frame.player.throttle, frame.player.gear, frame.player.speed_mps) == (0.75, 6, 60.0)
    assert source.health.format == f"F1 {packet_format}"


def test_a_frame_goes_out_with_the_third_of_its_three_packets(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    motion, laps, telemetry, status = race.instant(1)

    assert source.feed(telemetry, 1.0) is None
    assert source.feed(motion, 1.1) is None
    assert source.feed(laps, 1.2).at == 1.2
    assert source.feed(status, 1.3) is None


def test_a_frame_that_lacks_a_packet_goes_out_when_the_next_one_begins(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(1))

    drive(source, [race.laps(2)], at=2.0)
    frame = source.feed(race.motion(3), 3.0)

    assert (frame.at, frame.session_time_s) == (2.0, pytest.approx(2 / 60))
    assert frame.cars.lap_distance_m[0] == 502
    assert frame.cars.x[0] == 501  # carried over: a sixtieth of a second old


def test_what_is_missing_for_half_a_second_is_no_longer_carried_over(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(1))

    [frame] = drive(source, [race.laps(40), race.laps(41)])

    assert frame.cars.lap_distance_m[0] == 540
    assert np.isnan(frame.cars.x).all()
    assert np.isnan(frame.cars.speed_mps).all()
    assert frame.player is None


def test_no_frame_goes_out_before_the_session_is_described(source: F1, small_race):
    race = small_race()
    assert drive(source, race.instant(1)) == []
    assert len(drive(source, [race.session(2), *race.instant(2)])) == 1


def test_cars_have_no_names_until_the_participants_come(source: F1, small_race):
    race = small_race()
    [before] = drive(source, [race.session(), *race.instant(1)])
    [after] = drive(source, [race.participants(2), *race.instant(2)])
    assert before.cars.name == ("",) * 5
    assert before.cars.number.tolist() == [-1] * 5
    assert after.cars.name[0] == "Driver 0"


def test_a_name_cut_in_the_middle_of_a_character_loses_only_that_character(source: F1, small_race):
    race = small_race()
    cut = "é".encode()[:1]
    names = [b"Zo\xc3\xab", b"Ren" + cut, "王小明".encode(), b"plain\0rest of the last name", b"\xff\xfe"]
    [frame] = drive(source, [race.session(), race.participants(names=names), *race.instant(1)])
    assert frame.cars.name == ("Zoë", "Ren", "王小明", "plain", "")


def test_who_has_left_the_race_stays_in_the_order_but_not_on_the_track(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    motion, _, telemetry, _ = race.instant(1)
    laps = race.laps(1, result_status=np.array([3, 2, 7, 0, 5]))

    [frame] = drive(source, [motion, laps, telemetry])

    cars = frame.cars
    assert cars.slot.tolist() == [0, 1, 2, 4]
    assert cars.name == ("Driver 0", "Driver 1", "Driver 2", "Driver 4")
    assert cars.status.tolist() == [
        CarStatus.FINISHED, CarStatus.RUNNING, CarStatus.RETIRED, CarStatus.DISQUALIFIED
    ]  # fmt: skip
    assert cars.position.tolist() == [1, 2, 3, 5]
    for column in (cars.x, cars.y, cars.lap_distance_m, cars.total_distance_m, cars.speed_mps, cars.heading_rad):
        assert np.isnan(column).tolist() == [False, False, True, True]
    assert np.isnan(cars.gap_leader_s).tolist() == [False, False, True, True]
    assert frame.player_row == 1


def test_the_driver_sits_in_no_car_once_out_of_the_race(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    motion, _, telemetry, _ = race.instant(1)

    [frame] = drive(source, [motion, race.laps(1, result_status=np.array([2, 7, 2, 2, 2])), telemetry])

    assert (frame.player, frame.player_row) == (None, 1)


def test_a_spectator_sits_in_no_car(source: F1, small_race):
    race = small_race()
    [frame] = drive(source, [race.session(spectating=1), race.participants(), *race.instant(1)])
    assert (frame.player, frame.player_row) == (None, None)
    assert frame.session.spectating
    assert not frame.capabilities & {Capability.INPUTS, Capability.FUEL, Capability.ENERGY}
    assert len(frame.cars) == 5


@pytest.mark.parametrize(
    ("packet_format", "session_type", "kind"),
    [
        (2023, 1, SessionKind.PRACTICE),
        (2023, 9, SessionKind.QUALIFYING),
        (2023, 10, SessionKind.RACE),
        (2023, 13, SessionKind.TIME_TRIAL),
        (2023, 15, SessionKind.UNKNOWN),
        (2025, 12, SessionKind.QUALIFYING),
        (2025, 16, SessionKind.RACE),
        (2025, 18, SessionKind.TIME_TRIAL),
    ],
)
def test_the_kind_of_a_session_is_read_as_its_format_numbers_it(
    source: F1, small_race, packet_format: int, session_type: int, kind: SessionKind
):
    race = small_race(packet_format)
    [frame] = drive(source, [race.session(session_type=session_type), *race.instant(1)])
    assert frame.session.kind is kind
    assert (Capability.GAPS in frame.capabilities) == (kind is SessionKind.RACE)
    assert (frame.session.total_laps == 12) == (kind is SessionKind.RACE)


def test_a_gap_beyond_a_minute_is_the_sum_of_its_parts(source: F1, small_race):
    race = small_race(2024)
    drive(source, race.opening())
    motion, _, telemetry, _ = race.instant(1)
    [frame] = drive(source, [motion, race.laps(1, delta_leader_minutes=1), telemetry])
    assert frame.cars.gap_leader_s.tolist() == [0, 60.8, 61.6, 62.4, 63.2]


def test_a_gap_that_the_2023_format_cannot_hold_is_unknown(source: F1, small_race):
    race = small_race(2023)
    drive(source, race.opening())
    motion, _, telemetry, _ = race.instant(1)
    [frame] = drive(source, [motion, race.laps(1, delta_leader_ms=65535), telemetry])
    np.testing.assert_array_equal(frame.cars.gap_leader_s, [0, *[np.nan] * 4])


def test_pit_sector_and_validity_are_read_per_car(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    motion, _, telemetry, _ = race.instant(1)
    laps = race.laps(
        1,
        pit_status=np.array([0, 1, 2, 0, 0]),
        sector=np.array([0, 1, 2, 2, 0]),
        lap_invalid=np.array([0, 1, 0, 0, 0]),
    )
    [frame] = drive(source, [motion, laps, telemetry])
    assert frame.cars.pit.tolist() == [
        PitStatus.NONE, PitStatus.PIT_LANE, PitStatus.IN_BOX, PitStatus.NONE, PitStatus.NONE
    ]  # fmt: skip
    assert frame.cars.sector.tolist() == [0, 1, 2, 2, 0]
    assert frame.cars.lap_valid.tolist() == [True, False, True, True, True]


def test_fuel_left_is_the_laps_to_go_plus_the_surplus_the_game_reports(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(1))
    [frame] = drive(source, race.instant(2))
    assert frame.player.fuel.laps_left == pytest.approx(12 - 452 / 4000 + 1.5)
    assert (frame.player.fuel.amount, frame.player.energy.store) == (20, 0.5)
    assert frame.player.tyre_compound == "M"
    assert frame.cars.tyre == ("M",) * 5


def test_cars_by_the_rules_of_2026_have_no_drs_to_speak_of(source: F1, small_race):
    race = small_race(2026)
    drive(source, race.opening())
    [with_drs] = drive(source, [*race.instant(1)])
    aero = race.packet(PacketId.ACTIVE_AERO, 2)
    aero["cars"]["regulations_2026"] = 1
    [without] = drive(source, [aero.tobytes(), *race.instant(2)])
    assert (with_drs.player.drs_open, without.player.drs_open) == (False, None)
    assert without.player.drs_available is None


def test_values_that_no_car_can_have_become_unknown_and_are_counted(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    motion = race.packet(PacketId.MOTION, 1)
    motion["cars"]["x"][:3] = [np.inf, np.nan, 1e30]
    telemetry = race.packet(PacketId.TELEMETRY, 1)
    telemetry["cars"]["speed"][3] = 60_000
    telemetry["cars"]["throttle"][race.player] = np.nan
    [frame] = drive(source, [motion.tobytes(), race.laps(1), telemetry.tobytes()])
    assert np.isnan(frame.cars.x).tolist() == [True, True, True, False, False]
    assert np.isnan(frame.cars.speed_mps).tolist() == [False, False, False, True, False]
    assert np.isnan(frame.player.throttle)
    assert source.health.absurd == 5


def test_a_flashback_turns_the_sessions_clock_back_and_frames_go_on(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(600))

    [rewound] = drive(source, race.instant(300, overall=601))
    [onwards] = drive(source, race.instant(301, overall=602))

    assert rewound.session_time_s == 5
    assert onwards.session_time_s > rewound.session_time_s
    assert rewound.cars.lap_distance_m[0] == 800
    assert rewound.cars.name[0] == "Driver 0"
    assert not source.health.refused


def test_a_flashback_carries_nothing_over_from_the_time_it_undid(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(600))
    [frame] = drive(source, [race.laps(300, overall=601), race.laps(301, overall=602)])
    assert np.isnan(frame.cars.x).all()


def test_a_doubled_packet_is_refused_and_changes_nothing(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    doubled = [packet for packet in race.instant(1) for _ in range(2)]
    assert len(drive(source, doubled)) == 1
    assert source.health.refused == {"duplicate": 4}


def test_packets_in_any_order_make_the_same_frame(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    [frame] = drive(source, race.instant(1)[::-1])
    assert frame.cars.lap_distance_m[0] == frame.cars.x[0] == 501


def test_a_packet_of_a_past_frame_is_refused_as_late(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(5))
    assert drive(source, race.instant(4)) == []
    assert source.health.refused == {"late": 4}


def test_a_clock_that_jumped_ahead_by_one_bad_packet_is_put_right_again(source: F1, small_race):
    race = small_race()
    drive(source, race.opening() + race.instant(1))
    drive(source, [race.motion(1, overall=2**31)])
    frames = drive(source, [packet for frame in range(2, 40) for packet in race.instant(frame)])
    assert 25 < len(frames) < 38
    assert source.health.refused == {"late": 30}


def test_a_new_session_voids_everything_known_of_the_one_before(source: F1, small_race):
    before, after = small_race(uid=1), small_race(uid=2, cars=3)
    [old] = drive(source, before.opening() + before.instant(900))
    frames = drive(source, [*after.instant(1), after.session(2), *after.instant(2)])
    assert old.session.uid != frames[-1].session.uid
    assert [frame.session.uid for frame in frames] == [f"{2:016x}"]
    assert frames[-1].cars.name == ("", "", "")
    assert not source.health.refused
    assert source.health.decoded == 2 + 4 + 4 + 1 + 4


def test_nothing_is_lost_of_the_packet_that_announces_a_session(source: F1, small_race):
    before, after = small_race(uid=1), small_race(uid=2)
    drive(source, before.opening() + before.instant(900))
    names = [b"a", b"b", b"c", b"d", b"e"]
    frames = drive(source, [after.participants(names=names), after.session(), *after.instant(1)])
    assert frames[-1].cars.name == ("a", "b", "c", "d", "e")


def test_one_straggler_of_another_session_does_not_void_this_one(source: F1, small_race):
    other, race = small_race(uid=1), small_race(uid=2)
    drive(source, race.opening() + race.instant(1))
    drive(source, [other.laps(900)])
    [frame] = drive(source, race.instant(2))
    assert frame.cars.name[0] == "Driver 0"
    assert not source.health.refused


def test_a_car_has_a_best_lap_once_its_history_says_so(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    history = race.packet(PacketId.HISTORY, 1)
    history["car_index"], history["best_lap_lap_number"] = 2, 3
    history["laps"]["lap_ms"][:4] = [95_000, 93_000, 91_250, 92_000]
    [frame] = drive(source, [history.tobytes(), *race.instant(1)])
    np.testing.assert_array_equal(frame.cars.best_lap_s, [np.nan, np.nan, 91.25, np.nan, np.nan])


def test_a_history_of_a_car_or_lap_that_cannot_be_is_left_alone(source: F1, small_race):
    race = small_race()
    drive(source, race.opening())
    history = race.packet(PacketId.HISTORY, 1)
    history["car_index"], history["best_lap_lap_number"] = 200, 1
    beyond = race.packet(PacketId.HISTORY, 1)
    beyond["best_lap_lap_number"] = 101
    [frame] = drive(source, [history.tobytes(), beyond.tobytes(), *race.instant(1)])
    assert np.isnan(frame.cars.best_lap_s).all()
