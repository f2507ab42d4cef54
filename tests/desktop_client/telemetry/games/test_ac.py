"""Assetto Corsa: from a frame to its pages and back, and how its sessions, laps and sectors are followed."""

import csv
import dataclasses
import math
import os
import random
from pathlib import Path

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.race.dash import dash
from desktop_client.race.lifecycle import Race
from desktop_client.race.track_map import track_map
from desktop_client.telemetry.frame import Capability, Flag, Frame, Part, PitStatus, SessionKind
from desktop_client.telemetry.games.ac import Ac
from desktop_client.telemetry.games.kunos_fields import ACC_GRAPHICS
from desktop_client.telemetry.shared_memory import MemoryListener

TRACKS = Path(os.environ.get("RACEOVERLAY_TRACKS", Path(__file__).parents[5] / "shared" / "tracks")) / "ac_gym"
ROW = small_field.PLAYER
MUTATIONS = 20_000


def send(source: Ac, encoder: AcEncoder, *frames: Frame, at: float = 0.0) -> Frame:
    back = None
    for step, frame in enumerate(frames):
        for packet in encoder.encode(frame):
            back = source.feed(packet, at + step / 60) or back
    assert back is not None
    return back


def test_the_drivers_own_car_comes_back():
    source, sent = Ac(), small_field.frame()
    back = send(source, AcEncoder(), sent)
    assert len(back.cars) == 1
    assert back.player_row == 0
    assert back.cars.name == (sent.cars.name[ROW],)
    for name in ("position", "lap", "lap_distance_m", "total_distance_m", "x", "y", "z", "speed_mps", "lap_time_s"):
        assert getattr(back.cars, name)[0] == pytest.approx(getattr(sent.cars, name)[ROW], rel=1e-6, abs=1e-3), name
    assert back.cars.heading_rad[0] == pytest.approx(sent.cars.heading_rad[ROW], abs=1e-5)
    for name in ("throttle", "brake", "clutch", "steer", "gear", "rpm", "max_rpm", "drs_open", "drs_available"):
        assert getattr(back.player, name) == getattr(sent.player, name), name
    assert back.player.fuel == sent.player.fuel
    assert back.player.energy.store == 0.5
    assert back.player.acceleration_mps2 == pytest.approx((3.0, -7.0))
    assert back.player.brake_bias == pytest.approx(0.56)
    assert back.player.damage[Part.BODY_FRONT] == pytest.approx(0.5)
    for ours, theirs in zip(back.player.wheels, sent.player.wheels, strict=True):
        assert ours.tread_c == pytest.approx(theirs.tread_c)
        for name in ("surface_c", "inner_c", "pressure_kpa", "wear", "brake_c"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-4), name
    assert (source.health.absurd, source.health.refused) == (0, {})


def test_the_session_comes_back():
    flags = frozenset({Flag.BLUE})
    back = send(Ac(), AcEncoder(), small_field.frame(described=small_field.session(flags=flags))).session
    assert (back.game, back.kind, back.track_id, back.track_length_m) == ("ac", SessionKind.RACE, "Kestrel Park", 4000)
    assert (back.total_laps, back.time_left_s, back.flags) == (12, 1800, flags)
    assert (back.air_temperature_c, back.track_temperature_c, back.weather.wind_mps) == (21, 30, 5)


def test_what_the_game_cannot_say_is_not_promised():
    back = send(Ac(), AcEncoder(), small_field.frame())
    assert not back.capabilities & {Capability.OPPONENTS, Capability.OPPONENT_POSITION, Capability.GAPS}
    assert not back.capabilities & {Capability.LAP_VALIDITY, Capability.CLASSES, Capability.FORECAST}
    assert back.capabilities == Ac.capabilities


def test_the_car_points_where_it_goes():
    source, encoder = Ac(), AcEncoder()
    before = send(source, encoder, small_field.frame(60.0))
    after = send(source, encoder, small_field.frame(60.02), at=0.02)
    direction = math.atan2(after.cars.y[0] - before.cars.y[0], after.cars.x[0] - before.cars.x[0])
    assert after.cars.heading_rad[0] == pytest.approx(direction, abs=0.01)


@pytest.mark.parametrize(("track", "runs_clockwise"), [("monza", True), ("imola", False), ("ks_laguna_seca", False)])
def test_the_games_own_tracks_run_the_way_that_the_real_circuits_run(track: str, runs_clockwise: bool):
    """The racing lines were exported from the game as (z, x)."""
    path = TRACKS / f"{track}-racing_line.csv"
    if not path.exists():
        pytest.skip(f"the racing line {path} is not on this machine")
    with path.open() as file:
        line = np.array([[float(value) for value in row] for row in list(csv.reader(file))[1:]])
    source, encoder = Ac(), AcEncoder()
    driven = []
    for z, x in line[:: len(line) // 100]:
        sent = small_field.frame(x=np.full(6, x), y=np.full(6, -z))
        encoder.encode(sent)
        assert encoder._graphics["coordinates"].tolist() == pytest.approx([x, 12.0, z])
        back = send(source, encoder, sent)
        driven.append((back.cars.x[0], back.cars.y[0]))
    x, y = np.array(driven).T
    area = 0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    assert (area < 0) == runs_clockwise


def test_a_car_without_drs_and_battery_has_none_to_speak_of():
    plain = small_field.player(drs_open=None, energy=None, tyre_compound="ST")
    player = send(Ac(), AcEncoder(), dataclasses.replace(small_field.frame(), player=plain)).player
    assert (player.drs_open, player.drs_available, player.energy, player.tyre_compound) == (None, None, None, "ST")


@pytest.mark.parametrize("told", ["since the line", "of the sector", "nothing"])
def test_sectors_are_timed_whichever_way_the_game_tells_them(told: str):
    source, encoder = Ac(), AcEncoder()

    def at(lap: int, sector: int, lap_time: float, last_sector: float, last_lap: float = math.nan) -> Frame:
        encoder._graphics["last_sector_ms"] = round(last_sector * 1000)
        columns = {"lap": lap, "sector": sector, "lap_time_s": lap_time, "last_lap_s": last_lap}
        filled = {name: np.full(6, value) for name, value in columns.items()}
        filled["lap"], filled["sector"] = filled["lap"].astype(np.int32), filled["sector"].astype(np.int32)
        return send(source, encoder, small_field.frame(60, **filled), at=lap * 100 + lap_time)

    second = {"since the line": 55.5, "of the sector": 30.25, "nothing": 0.0}[told]
    at(1, 0, 1.0, 0.0)
    at(1, 1, 25.25, 25.25)
    third = at(1, 2, 55.5, second)
    np.testing.assert_allclose(third.cars.sector_s, [[25.25, 30.25, np.nan]])
    finished = at(2, 0, 0.01, second, 80.0)
    np.testing.assert_allclose(finished.cars.last_sector_s, [[25.25, 30.25, 24.5]])
    np.testing.assert_allclose(finished.cars.best_sector_s, [[25.25, 30.25, 24.5]])
    assert np.isnan(finished.cars.sector_s).all()


def test_a_lap_that_was_joined_in_its_middle_has_no_sectors():
    source, encoder = Ac(), AcEncoder()
    for lap_time, sector in ((40.0, 1), (60.0, 2)):
        columns = {"lap_time_s": np.full(6, lap_time), "sector": np.full(6, sector, np.int32)}
        back = send(source, encoder, small_field.frame(60, **columns))
    assert np.isnan(back.cars.sector_s).all()


def test_on_the_grid_the_line_lies_ahead():
    source, encoder = Ac(), AcEncoder()

    def at(share: float, lap_time: float) -> float:
        columns = {"lap_distance_m": np.full(6, share * 4000), "lap_time_s": np.full(6, lap_time)}
        frame = small_field.frame(60, lap=np.ones(6, np.int32), **columns)
        return float(send(source, encoder, frame).cars.lap_distance_m[0])

    assert at(0.98, 0.0) == pytest.approx(-80, abs=0.01)
    assert at(0.99, 1.5) == pytest.approx(-40, abs=0.01)
    assert at(0.01, 3.0) == pytest.approx(40, abs=0.01)
    assert at(0.98, 70.0) == pytest.approx(3920, abs=0.01)


@pytest.mark.parametrize(("pit", "status"), [(0, PitStatus.NONE), (1, PitStatus.PIT_LANE), (2, PitStatus.IN_BOX)])
def test_the_pit_lane_and_the_box_are_told_apart(pit: int, status: PitStatus):
    assert send(Ac(), AcEncoder(), small_field.frame(pit=np.full(6, pit, np.int32))).cars.pit[0] == status


def test_a_pause_is_said_though_the_physics_stand_still_and_is_no_new_session():
    source, encoder = Ac(), AcEncoder()
    driving = send(source, encoder, small_field.frame())
    packets = encoder.encode(small_field.frame(described=small_field.session(paused=True)))
    [graphics] = [packet for packet in packets if packet[:1] == b"G"]
    paused = source.feed(graphics, 5.0)
    assert paused.session.paused
    assert paused.session.uid == driving.session.uid


@pytest.mark.parametrize(
    "after",
    [
        small_field.session(kind=SessionKind.QUALIFYING),
        small_field.session(track_id="Another Park"),
        small_field.session(time_left_s=3600.0),
    ],
    ids=["another kind", "another track", "restarted"],
)
def test_a_new_session_voids_what_was_known(after):
    source, encoder = Ac(), AcEncoder()
    before = send(source, encoder, small_field.frame())
    back = send(source, encoder, small_field.frame(described=after), at=60.0)
    assert back.session.uid != before.session.uid
    assert back.session_time_s < 1


def test_widgets_show_what_the_game_sent():
    source, encoder, race = Ac(), AcEncoder(), Race()
    for step in range(30):
        race.take(send(source, encoder, small_field.frame(60 + step / 60), at=step / 60))
    view = dash(race.frame, race)
    assert (view.gear, view.speed, view.position, view.lap, view.total_laps) == ("4", 180, 3, 2, 12)
    [dot] = track_map(race.frame, race).dots
    assert (dot.x, dot.y) == (round(race.frame.cars.x[0]), round(race.frame.cars.y[0]))


def test_frames_come_out_of_files_that_stand_for_the_games_memory(tmp_path):
    source, encoder, frames, now = Ac(), AcEncoder(), [], 10.0
    hear = lambda packet, at: frames.append(source.feed(packet, at))  # noqa: E731 one expression for both
    listeners = [MemoryListener(inlet, hear, folder=tmp_path, clock=lambda: now) for inlet in source.inlets]
    for name, block in encoder.blocks(small_field.frame()).items():
        (tmp_path / name.rpartition("\\")[2]).write_bytes(block)
    for listener in listeners:
        listener.glance()
        listener.stop()
    assert [frame is not None for frame in frames] == [False, False, True]
    assert frames[-1].player.gear == 4


def page(letter: bytes) -> bytes:
    [packet] = [packet for packet in AcEncoder().encode(small_field.frame()) if packet[:1] == letter]
    return packet


def graphics_of_competizione() -> bytes:
    newer = np.zeros((), ACC_GRAPHICS)
    newer["step"], newer["car_count"] = 1, 20
    return b"G" + newer.tobytes()[: len(page(b"G")) - 1]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "foreign"),
        (b"U" + bytes(100), "foreign"),
        (page(b"P")[:-1], "wrong_size"),
        (page(b"G") + b"\0", "wrong_size"),
        (graphics_of_competizione(), "another_game"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(packet: bytes, reason: str):
    source = Ac()
    assert source.feed(packet, 0.0) is None
    assert (source.health.refused, source.health.decoded) == ({reason: 1}, 0)


def test_mutated_pages_raise_nothing_and_never_give_absurd_values():
    chance, source = random.Random(333), Ac()
    encoder = AcEncoder()
    packets = [packet for step in range(5) for packet in encoder.encode(small_field.frame(60 + step / 60))]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for fed in range(MUTATIONS):
            frame = source.feed(mutated(packets[fed % len(packets)], chance), fed / 100)
            if frame is not None:
                check_sane(frame)
    assert source.health.decoded + source.health.refused.total() == MUTATIONS
    assert set(source.health.refused) <= {"foreign", "wrong_size", "another_game"}
    assert source.health.frames > MUTATIONS / 10
    assert source.health.absurd > 0


def check_sane(frame: Frame) -> None:
    cars, player = frame.cars, frame.player
    for name, bound in (("x", 1e5), ("y", 1e5), ("z", 1e4), ("speed_mps", 150), ("lap_distance_m", 1e5)):
        assert not (np.abs(getattr(cars, name)) > bound).any(), name
    for name in ("last_lap_s", "best_lap_s", "lap_time_s"):
        value = getattr(cars, name)[0]
        assert math.isnan(value) or 0 < value <= 86_400, name
    assert player.fuel is None or 0 <= player.fuel.amount <= 1000
    assert math.isnan(player.throttle) or 0 <= player.throttle <= 1
    assert math.isnan(player.rpm) or abs(player.rpm) <= 30_000


def mutated(packet: bytes, chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.3:
        return packet
    changed = bytearray(packet)
    if kind < 0.7:
        for _ in range(chance.randint(1, 16)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif kind < 0.75:
        del changed[chance.randrange(len(changed)) :]
    elif kind < 0.95:
        at = chance.randrange(1, len(changed) - 4)
        changed[at : at + 4] = chance.choice((b"\xff" * 4, b"\0\0\x80\x7f", b"\xff\xff\xff\x7f", b"\0\0\0\x80"))
    else:
        changed[1:] = chance.randbytes(len(changed) - 1)
    return bytes(changed)
