"""rFactor 2 and Le Mans Ultimate: from a frame to the game's bytes and back, and what the engine means by them."""

import dataclasses
import math

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.frame import (
    Capability,
    CarStatus,
    Flag,
    Frame,
    Part,
    PitStatus,
    SafetyCar,
    SessionKind,
    Sky,
    Weather,
    Zone,
)
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_fields import SCORING_INFO, SCORING_OF_A_VEHICLE, TELEMETRY_OF_A_VEHICLE

EXACT = (
    *("name", "number", "team", "car", "class_name", "position", "class_position", "grid_position", "status", "lap"),
    *("lap_distance_m", "total_distance_m", "x", "y", "z", "heading_rad", "speed_mps", "lap_time_s", "last_lap_s"),
    *("best_lap_s", "sector_s", "last_sector_s", "best_sector_s", "gap_leader_s", "gap_ahead_s", "sector", "pit"),
    *("pit_stops", "penalty_s", "penalties", "off_track", "lap_valid", "tyre"),
)


@pytest.fixture(params=["rf2", "lmu"])
def game(request: pytest.FixtureRequest):
    """A source and the encoder of its game."""
    return (Rf2(), Rf2Encoder()) if request.param == "rf2" else (Lmu(), LmuEncoder())


def send(game, *frames: Frame, at: float = 0.0) -> Frame:
    """The last frame that comes back when these have been sent, a fiftieth of a second apart."""
    source, encoder = game
    back = None
    for step, frame in enumerate(frames):
        for packet in encoder.encode(frame):
            back = source.feed(packet, at + step / 50) or back
    assert not source.health.refused
    assert back is not None
    return back


def of_player(frame: Frame, **changes) -> Frame:
    return dataclasses.replace(frame, player=small_field.player(**changes))


def scoring(frame: Frame, encoder=None) -> tuple[np.ndarray, np.ndarray, bytearray]:
    """The head and the vehicles of a scoring packet, to be changed in place, and the packet that holds them."""
    [packet] = [bytearray(packet) for packet in (encoder or Rf2Encoder()).encode(frame) if packet[:1] == b"S"]
    info = np.ndarray((), SCORING_INFO, packet, 1)
    return info, np.ndarray((len(frame.cars),), SCORING_OF_A_VEHICLE, packet, 1 + SCORING_INFO.itemsize), packet


def test_what_is_encoded_comes_back(game):
    sent = small_field.frame()
    back = send(game, sent)
    for name in EXACT:
        ours, theirs = getattr(back.cars, name), getattr(sent.cars, name)
        if isinstance(theirs, np.ndarray):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6, err_msg=name)
        else:
            assert ours == theirs, name
    assert back.session_time_s == sent.session_time_s
    assert back.player_row == small_field.PLAYER
    assert game[0].health.absurd == 0


def test_the_session_comes_back(game):
    sent = small_field.session(kind=SessionKind.QUALIFYING, total_laps=None)
    back = send(game, small_field.frame(described=sent)).session
    assert (back.game, back.kind) == (game[0].game, SessionKind.QUALIFYING)
    for name in ("track_id", "track_name", "track_length_m", "total_laps", "time_left_s", "air_temperature_c"):
        assert getattr(back, name) == getattr(sent, name), name
    assert back.weather == sent.weather
    assert back.pit_limit_mps == (16.5 if back.game == "rf2" else None)


def test_the_drivers_own_car_comes_back(game):
    sent, back = small_field.player(), send(game, small_field.frame()).player
    for name in ("speed_mps", "throttle", "brake", "clutch", "steer", "gear", "rpm", "max_rpm", "fuel", "pit_limiter"):
        assert getattr(back, name) == getattr(sent, name), name
    for name in ("water_c", "oil_c", "acceleration_mps2", "tyre_compound", "pit_stop_wanted"):
        assert getattr(back, name) == getattr(sent, name), name
    assert back.brake_bias == pytest.approx(0.56)
    for ours, theirs in zip(back.wheels, sent.wheels, strict=True):
        assert ours.tread_c == pytest.approx(theirs.tread_c)
        for name in ("surface_c", "inner_c", "pressure_kpa", "wear", "damage", "brake_c"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name)), name
    assert (back.damage[Part.BODY_FRONT], back.damage[Part.BODY_REAR], back.damage[Part.BODY_LEFT]) == (0.5, 1, 0)


def test_only_le_mans_ultimate_says_more_than_the_engine():
    rf2, lmu = send((Rf2(), Rf2Encoder()), small_field.frame()), send((Lmu(), LmuEncoder()), small_field.frame())
    assert (rf2.player.energy.virtual, lmu.player.energy.virtual) == (None, 0.75)
    assert (rf2.player.abs_level, lmu.player.abs_level, lmu.player.tc_level) == (None, 4, 3)
    assert (lmu.player.abs_active, lmu.player.tc_active) == (True, False)
    assert (lmu.player.incidents, lmu.player.incident_limit) == (3, 10)
    assert (rf2.player.drs_available, lmu.player.drs_available) == (True, None)
    assert Capability.DRS in rf2.capabilities - lmu.capabilities
    dry = small_field.session(weather=Weather(sky=Sky.OVERCAST, rain=0.0, wetness=0.0))
    assert send((Lmu(), LmuEncoder()), small_field.frame(described=dry)).session.weather.sky is Sky.OVERCAST


def test_a_car_is_where_the_world_axes_put_it_and_points_where_it_goes(game):
    """The world is left-handed with y up, the car's own z points backwards: moving along the heading must agree."""
    before, after = send(game, small_field.frame(60.0)), send(game, small_field.frame(60.02), at=0.02)
    moved_x, moved_y = after.cars.x - before.cars.x, after.cars.y - before.cars.y
    np.testing.assert_allclose(np.hypot(moved_x, moved_y), 0.02 * small_field.SPEED_MPS, rtol=1e-3)
    np.testing.assert_allclose(np.arctan2(moved_y, moved_x), after.cars.heading_rad, atol=0.01)
    # Counter-clockwise round the origin, as it was sent: no axis was mirrored on the way.
    assert (before.cars.x * moved_y - before.cars.y * moved_x > 0).all()


def test_the_header_says_what_left_and_right_of_a_tyre_are_not_what_is_inside(game):
    hot_outside = tuple(dataclasses.replace(small_field.wheel(0), tread_c=(70.0, 80.0, 90.0)) for _ in range(4))
    source, encoder = game
    packets = encoder.encode(of_player(small_field.frame(), wheels=hot_outside))
    [telemetry] = [packet for packet in packets if packet[:1] == b"T"]
    wheels = np.ndarray((6,), TELEMETRY_OF_A_VEHICLE, telemetry, 1)[small_field.PLAYER]["wheels"]
    assert wheels["temperature"][0].argmax() == 0  # front left: its left edge is the outer one
    assert wheels["temperature"][1].argmax() == 2
    for packet in packets:
        frame = source.feed(packet, 0.0) or None
    assert frame.player.wheels[0].tread_c == pytest.approx((70, 80, 90))


def test_a_tyre_that_has_not_run_has_no_temperature(game):
    cold = tuple(dataclasses.replace(small_field.wheel(0), tread_c=None, surface_c=math.nan) for _ in range(4))
    wheel = send(game, of_player(small_field.frame(), wheels=cold)).player.wheels[0]
    assert (wheel.tread_c, math.isnan(wheel.surface_c)) == (None, True)
    assert game[0].health.absurd == 0


def test_between_two_scorings_a_car_is_carried_on_but_not_over_the_line():
    source, encoder = Rf2(), Rf2Encoder()
    packets = encoder.encode(small_field.frame(60.0))
    telemetry = {second: encoder.encode(small_field.frame(second)) for second in (60.1, 69.9)}
    for packet in packets:
        source.feed(packet, 0.0)
    [later] = [source.feed(p, 0.1) for p in telemetry[60.1] if p[:1] == b"T"]
    np.testing.assert_allclose(later.cars.lap_distance_m, small_field.frame(60.1).cars.lap_distance_m, atol=0.01)
    frame = small_field.frame(9.999)
    assert 3999 < frame.cars.lap_distance_m[0] < 4000
    for packet in Rf2Encoder().encode(frame):
        source.feed(packet, 10.0)
    [over] = [source.feed(p, 10.1) for p in Rf2Encoder().encode(small_field.frame(10.1)) if p[:1] == b"T"]
    assert over.cars.lap_distance_m[0] == 4000.0
    assert over.cars.total_distance_m[0] == pytest.approx(4000.0)


def test_on_the_grid_the_line_lies_ahead_until_it_is_crossed(game):
    waiting = small_field.session(safety_car=SafetyCar.FORMATION)
    on_grid = {"lap_distance_m": np.full(6, 3900.0), "lap": np.ones(6, np.int32)}
    assert send(game, small_field.frame(described=waiting, **on_grid)).cars.lap_distance_m[0] == -100.0
    started = send(game, small_field.frame(60.02, **on_grid), at=1.0)
    assert started.cars.lap_distance_m[0] == -100.0
    assert started.cars.total_distance_m[0] == -100.0
    over = {"lap_distance_m": np.full(6, 20.0), "lap": np.ones(6, np.int32)}
    assert send(game, small_field.frame(60.04, **over), at=2.0).cars.lap_distance_m[0] == 20.0
    assert send(game, small_field.frame(60.06, **on_grid), at=3.0).cars.lap_distance_m[0] == 3900.0


def test_who_is_in_the_pits_the_garage_or_out_of_the_race(game):
    pit = np.array([0, 1, 2, 0, 0, 2], np.int32)
    status = np.array([0, 0, 0, CarStatus.FINISHED, CarStatus.RETIRED, CarStatus.GARAGE], np.int32)
    back = send(game, small_field.frame(pit=pit, status=status))
    assert back.cars.pit.tolist() == [
        *(PitStatus.NONE, PitStatus.PIT_LANE, PitStatus.IN_BOX, PitStatus.NONE, PitStatus.NONE, PitStatus.IN_BOX)
    ]
    assert back.cars.status.tolist() == status.tolist()


def test_penalties_are_counted_though_nobody_says_what_they_cost(game):
    back = send(game, small_field.frame(penalties=np.array([0, 2, 0, 0, 1, 0], np.int32)))
    assert back.cars.penalties.tolist() == [0, 2, 0, 0, 1, 0]
    np.testing.assert_array_equal(back.cars.penalty_s, [0, np.nan, 0, 0, np.nan, 0])


def test_a_lapped_car_has_no_gap_in_seconds():
    info, vehicles, packet = scoring(small_field.frame())
    vehicles["laps_behind_leader"][4:] = 1
    source = Rf2()
    back = source.feed(bytes(packet), 0.0)
    np.testing.assert_array_equal(back.cars.gap_leader_s, [0, 2, 4, 6, np.nan, np.nan])
    assert int(info["session"]) == 10


def test_gaps_are_said_in_a_race_only(game):
    back = send(game, small_field.frame(described=small_field.session(kind=SessionKind.PRACTICE)))
    assert Capability.GAPS not in back.capabilities
    assert np.isnan(back.cars.gap_leader_s).all()
    assert back.cars.grid_position.tolist() == [0] * 6


def test_where_all_drive_in_one_class_it_goes_without_saying(game):
    back = send(game, small_field.frame(class_name=("",) * 6, class_position=np.arange(1, 7, dtype=np.int32)))
    assert back.cars.class_name == ("",) * 6
    assert back.cars.class_position.tolist() == [1, 2, 3, 4, 5, 6]


def test_flags_are_read(game):
    blue = small_field.session(flags=frozenset({Flag.BLUE, Flag.RED}))
    assert send(game, small_field.frame(described=blue)).session.flags == {Flag.BLUE, Flag.RED}
    caution = small_field.session(safety_car=SafetyCar.FULL)
    session = send(game, small_field.frame(61, described=caution)).session
    assert (session.safety_car, session.flags) == (SafetyCar.FULL, {Flag.YELLOW})


def test_a_yellow_sector_becomes_a_zone_once_cars_have_shown_where_sectors_begin(game):
    def at(distance: float, sector: int, second: float, **described) -> Frame:
        where = {"lap_distance_m": np.full(6, distance), "sector": np.full(6, sector, np.int32)}
        return small_field.frame(second, described=small_field.session(**described), **where)

    yellow = {
        "zones": (Zone(0.3, 0.7, Flag.YELLOW),),
        "sector_starts_m": (1200.0, 2800.0),
    }
    unknown = send(game, at(100, 0, 60, **yellow))
    assert (unknown.session.flags, unknown.session.zones) == ({Flag.YELLOW}, ())
    driven = (at(1190, 0, 61), at(1210, 1, 62), at(2790, 1, 63), at(2804, 2, 64))
    assert send(game, *driven).session.sector_starts_m == (1210.0, 2804.0)
    [zone] = send(game, at(3000, 2, 65, **yellow)).session.zones
    assert (zone.start, zone.end, zone.flag) == (pytest.approx(0.3025), pytest.approx(0.701), Flag.YELLOW)


def test_names_in_windows_western_letters_are_read_too():
    _, vehicles, packet = scoring(small_field.frame())
    vehicles["driver"][0] = "José Muñoz".encode("cp1252")
    vehicles["driver"][1] = "王小明".encode()
    back = Rf2().feed(bytes(packet), 0.0)
    assert back.cars.name[:2] == ("José Muñoz", "王小明")


def test_cars_keep_their_telemetry_whatever_order_it_comes_in():
    frame = small_field.frame()
    source = Rf2()
    for packet in Rf2Encoder().encode(frame):
        if packet[:1] == b"T":
            vehicles = np.ndarray((6,), TELEMETRY_OF_A_VEHICLE, packet, 1)
            shuffled = vehicles[[3, 1, 5, 0, 2]].copy()  # and one is missing: its place comes from the scoring
            packet = b"T" + shuffled.tobytes()
        back = source.feed(packet, 0.0) or None
    np.testing.assert_allclose(back.cars.x, frame.cars.x)
    np.testing.assert_allclose(back.cars.speed_mps, frame.cars.speed_mps)
    assert back.player.gear == 4
    assert back.cars.tyre[4] == ""


def test_scoring_alone_makes_frames_for_who_only_watches(game):
    source, encoder = game
    watching = dataclasses.replace(small_field.frame(), player=None, player_row=None)
    [packet] = [packet for packet in encoder.encode(watching) if packet[:1] == b"S"]
    back = source.feed(packet, 0.0)
    assert (back.player, back.player_row, back.session.spectating) == (None, None, True)
    assert len(back.cars) == 6
    assert not back.capabilities & {Capability.INPUTS, Capability.FUEL, Capability.TYRE_WEAR}
    np.testing.assert_allclose(back.cars.x, watching.cars.x)


def test_a_pause_is_said_and_is_no_new_session(game):
    driving = send(game, small_field.frame(60))
    paused = send(game, small_field.frame(60, described=small_field.session(paused=True)), small_field.frame(60.02))
    assert paused.session.uid == driving.session.uid
    source, encoder = game
    packets = encoder.encode(small_field.frame(61, described=small_field.session(paused=True)))
    assert [source.feed(packet, 9.0) for packet in packets][-1] is not None or source.health.frames
    assert source._memory.session.paused


@pytest.mark.parametrize(
    "after",
    [
        small_field.frame(10),
        small_field.frame(61, described=small_field.session(kind=SessionKind.QUALIFYING)),
        small_field.frame(61, described=small_field.session(track_name="Another Park")),
    ],
    ids=["restarted", "next session", "another track"],
)
def test_a_new_session_voids_what_was_known(game, after: Frame):
    before = send(game, small_field.frame(60), small_field.frame(60.02))
    back = send(game, after, at=5.0)
    assert back.session.uid != before.session.uid
