"""The demo's packets beside those of the real game, and through the adapter back to the truth they came from."""

import copy
import json
import math
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_client.demo.broadcast import RATE_HZ, Broadcast
from desktop_client.demo.entries import ENTRIES, PLAYER
from desktop_client.demo.race import Phase, Race
from desktop_client.telemetry.frame import Frame, SessionKind
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.games.f1_wire import FORMATS, LAYOUTS, Packet, PacketId, open_packet, read_header

CAPTURES = Path(os.environ.get("RACEOVERLAY_CAPTURES", Path(__file__).parents[3] / "../shared/captures"))
CARS = len(ENTRIES)
STEP_S = 1 / 15


def captured(name: str) -> Path:
    path = CAPTURES / "f1" / name
    if not path.is_file():
        pytest.skip(f"no recordings of the real game at {CAPTURES}")
    return path


def recorded_season_of_2026() -> Iterator[bytes]:
    data = captured("f1_2026_f1packets.bin").read_bytes()
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<4xI", data, at)
        yield data[at + 8 : at + 8 + length]
        at += 8 + length


@pytest.fixture(scope="module")
def golden_sizes() -> dict[tuple[int, int], int]:
    sizes = {(2026, read_header(packet).packet_id): len(packet) for packet in recorded_season_of_2026()}
    for line in captured("pitsngiggles_bodies.jsonl").read_text().splitlines():
        body = json.loads(line)
        sizes[body["packet_format"], body["packet_id"]] = body["full_len"]
    return sizes


@pytest.fixture(scope="module")
def golden() -> dict[PacketId, list[Packet]]:
    """Every twentieth packet of each kind from the recorded race."""
    kinds: dict[PacketId, list[bytes]] = {}
    for packet in recorded_season_of_2026():
        kinds.setdefault(PacketId(read_header(packet).packet_id), []).append(packet)
    return {kind: [open_packet(p, LAYOUTS[2026, kind]) for p in found[::20]] for kind, found in kinds.items()}


def opened(datagram: bytes) -> tuple[PacketId, Packet]:
    header = read_header(datagram)
    kind = PacketId(header.packet_id)
    return kind, open_packet(datagram, LAYOUTS[header.packet_format, kind])


@pytest.fixture(scope="module")
def under_way() -> Race:
    """A race in its second minute; to be copied, not to be driven."""
    race = Race(seed=3, laps=3)
    race.advance(90, longest_step=STEP_S)
    return race


@pytest.fixture(scope="module")
def sent(under_way: Race) -> dict[PacketId, list[Packet]]:
    """Two seconds of the 2026 format in the middle of a race."""
    broadcast = Broadcast(copy.deepcopy(under_way), 2026)
    kinds: dict[PacketId, list[Packet]] = {}
    for _ in range(2 * RATE_HZ):
        for datagram in broadcast.tick():
            kind, packet = opened(datagram)
            kinds.setdefault(kind, []).append(packet)
    return kinds


@pytest.mark.parametrize("packet_format", FORMATS)
def test_every_packet_has_the_size_of_the_real_one(
    packet_format: int, golden_sizes: dict[tuple[int, int], int]
) -> None:
    broadcast = Broadcast(Race(seed=3, laps=1), packet_format)
    compared = set()
    for _ in range(6):
        for datagram in broadcast.tick():
            key = (packet_format, read_header(datagram).packet_id)
            if key in golden_sizes:
                assert len(datagram) == golden_sizes[key], key
                compared.add(key)
    assert len(compared) >= 2


def test_the_rhythm_is_that_of_the_game(sent: dict[PacketId, list[Packet]]) -> None:
    a_second = {kind: len(packets) / 2 for kind, packets in sent.items()}
    every_frame = (PacketId.MOTION, PacketId.LAPS, PacketId.TELEMETRY, PacketId.ACTIVE_AERO)
    assert all(a_second[kind] == 60 for kind in every_frame)
    assert a_second[PacketId.STATUS] == 30
    assert a_second[PacketId.HISTORY] == 20
    assert a_second[PacketId.DAMAGE] == 10
    assert a_second[PacketId.SESSION] == 2
    assert a_second[PacketId.PARTICIPANTS] == 0.5


@pytest.mark.parametrize(
    "kind",
    [PacketId.MOTION, PacketId.LAPS, PacketId.TELEMETRY, PacketId.STATUS, PacketId.PARTICIPANTS, PacketId.ACTIVE_AERO],
    ids=lambda kind: kind.name,
)
def test_empty_slots_are_empty_as_the_game_leaves_them(
    kind: PacketId, sent: dict[PacketId, list[Packet]], golden: dict[PacketId, list[Packet]]
) -> None:
    real, ours = golden[kind][-1]["cars"][-1], sent[kind][-1]["cars"][CARS:]
    for slot in ours:
        assert slot.tobytes() == real.tobytes()


CONSTANT = {
    PacketId.LAPS: ("result_status", "penalties_s", "safety_car_delta", "pit_stop_should_serve_penalty"),
    PacketId.STATUS: ("fuel_mix", "fuel_capacity", "idle_rpm", "max_gears", "drs_allowed", "network_paused"),
    PacketId.TELEMETRY: ("drs",),
    PacketId.PARTICIPANTS: ("my_team", "network_id", "colour_count", "your_telemetry", "tech_level"),
    PacketId.DAMAGE: ("brake_damage", "drs_fault", "engine_blown"),
    PacketId.ACTIVE_AERO: ("regulations_2026", "wrong_way"),
}


@pytest.mark.parametrize("kind", CONSTANT, ids=lambda kind: kind.name)
def test_what_the_game_keeps_constant_is_the_same_here(
    kind: PacketId, sent: dict[PacketId, list[Packet]], golden: dict[PacketId, list[Packet]]
) -> None:
    for name in CONSTANT[kind]:
        real = {value for packet in golden[kind] for value in np.unique(packet["cars"][name][:CARS])}
        ours = {value for packet in sent[kind] for value in np.unique(packet["cars"][name][:CARS])}
        assert ours == real, name


RANGES = {
    PacketId.TELEMETRY: {
        "speed": (0, 345),
        "clutch": (0, 100),
        "throttle": (0, 1),
        "brake": (0, 1),
        "steer": (-1, 1),
        "gear": (1, 8),
        "rpm": (3900, 13000),
        "rev_lights_percent": (0, 100),
        "rev_lights_bits": (0, 32767),
        "brake_temperature": (50, 1250),
        "tyre_surface_temperature": (55, 130),
        "tyre_inner_temperature": (70, 120),
        "tyre_pressure": (20, 26),
        "engine_temperature": (100, 120),
    },
    PacketId.STATUS: {
        "fuel_in_tank": (0, 110),
        "fuel_remaining_laps": (-3, 3),
        "visual_tyre": (16, 18),
        "ers_store": (0, 4e6),
        "ers_deploy_mode": (0, 3),
        "ers_harvested_mguk": (0, 9e6),
        "ers_deployed": (0, 9e6),
        "engine_power_ice": (0, 8e5),
        "fia_flag": (-1, 4),
    },
    PacketId.LAPS: {
        "position": (1, 22),
        "lap": (1, 5),
        "sector": (0, 2),
        "pit_status": (0, 2),
        "driver_status": (0, 4),
        "grid_position": (1, 22),
        "delta_leader_ms": (0, 59_999),
        "sector1_ms": (0, 59_999),
        "speed_trap_fastest": (200, 345),
    },
    PacketId.MOTION: {
        "g_lateral": (-6000, 6000),
        "g_longitudinal": (-6000, 2500),
        "pitch": (-0.2, 0.2),
        "roll": (-0.2, 0.2),
        "yaw": (-math.pi, math.pi),
    },
    PacketId.DAMAGE: {"tyre_wear": (0, 100), "tyre_damage": (0, 100)},
}


@pytest.mark.parametrize("kind", RANGES, ids=lambda kind: kind.name)
def test_values_lie_where_the_games_own_lie(
    kind: PacketId, sent: dict[PacketId, list[Packet]], golden: dict[PacketId, list[Packet]]
) -> None:
    for name, (low, high) in RANGES[kind].items():
        for packet in (*golden[kind], *sent[kind]):
            values = packet["cars"][name][:CARS]
            assert low <= values.min(), name
            assert values.max() <= high, name


def test_directions_turn_the_way_they_turn_in_the_game(
    sent: dict[PacketId, list[Packet]], golden: dict[PacketId, list[Packet]]
) -> None:
    for packet in (*golden[PacketId.MOTION], *sent[PacketId.MOTION][::10]):
        cars = packet["cars"][:CARS]
        assert cars["yaw"] == pytest.approx(np.arctan2(cars["forward_x"], cars["forward_z"]), abs=0.02)
        assert cars["right_x"] == pytest.approx(-cars["forward_z"].astype(float), abs=1500)
        assert cars["right_z"] == pytest.approx(cars["forward_x"].astype(float), abs=1500)
        speed = np.hypot(cars["velocity_x"], cars["velocity_z"])
        along = (cars["velocity_x"] * cars["forward_x"] + cars["velocity_z"] * cars["forward_z"]) / 32767
        assert along == pytest.approx(speed, rel=0.03, abs=0.1)


def test_bends_push_the_way_they_push_in_the_game(
    sent: dict[PacketId, list[Packet]], golden: dict[PacketId, list[Packet]]
) -> None:
    def agreement(packets: dict[PacketId, list[Packet]]) -> float:
        motion, telemetry = (
            {int(p["header"]["overall_frame_identifier"]): p["cars"][:CARS] for p in packets[kind]}
            for kind in (PacketId.MOTION, PacketId.TELEMETRY)
        )
        both = sorted(motion.keys() & telemetry.keys())
        force = np.concatenate([motion[frame]["g_lateral"].astype(float) for frame in both])
        wheel = np.concatenate([telemetry[frame]["steer"] for frame in both])
        return float(np.corrcoef(force, wheel)[0, 1])

    assert agreement(golden) < -0.7
    assert agreement(sent) < -0.7


def last_frame(broadcast: Broadcast, ticks: int) -> Frame:
    source = F1()
    frame = None
    for tick in range(ticks):
        for datagram in broadcast.tick():
            frame = source.feed(datagram, tick / RATE_HZ) or frame
    assert not source.health.refused
    assert frame is not None
    return frame


def known(times: np.ndarray) -> object:
    """Equal to the millisecond; 0 is what the race says, and not-a-number the frame, where there is no time yet."""
    return pytest.approx(np.where(times > 0, times, np.nan), abs=0.0011, nan_ok=True)


@pytest.mark.parametrize("packet_format", FORMATS)
def test_the_adapter_reads_back_what_the_race_knows(packet_format: int, under_way: Race) -> None:
    broadcast = Broadcast(copy.deepcopy(under_way), packet_format)
    frame = last_frame(broadcast, ticks=62)
    race, cars = broadcast.race, frame.cars
    driving, timing = race.driving, race.timing

    assert frame.session.track_name == "Kestrel Park"
    assert frame.session.track_id == "120"
    assert frame.session.kind is SessionKind.RACE
    assert frame.session.total_laps == 3
    assert frame.session.track_length_m == pytest.approx(race.circuit.length_m, abs=1)
    assert frame.session_time_s == pytest.approx(race.now, abs=1e-4)
    assert cars.name == tuple(entry.name for entry in ENTRIES)
    assert cars.number.tolist() == [entry.number for entry in ENTRIES]
    assert "" not in cars.team

    x, y, z = race.circuit.place(driving.distance, driving.offset)
    assert cars.x == pytest.approx(x, abs=0.001)
    assert cars.y == pytest.approx(y, abs=0.001)
    assert cars.z == pytest.approx(z, abs=0.001)
    assert cars.total_distance_m == pytest.approx(driving.distance, abs=0.001)
    assert cars.lap_distance_m == pytest.approx(driving.lap_distance, abs=0.001)
    assert cars.speed_mps == pytest.approx(driving.speed, abs=0.5 / 3.6 + 1e-9)

    assert cars.position.tolist() == timing.position.tolist()
    assert cars.lap.tolist() == timing.lap.tolist()
    assert cars.sector.tolist() == timing.sector.tolist()
    assert cars.pit.tolist() == race.stints.status.tolist()
    assert cars.lap_valid.tolist() == timing.valid.tolist()
    assert cars.tyre == tuple("SMH"[compound] for compound in race.stints.compound)
    assert cars.lap_time_s == pytest.approx(race.now - timing.lap_started, abs=0.0011)
    assert cars.last_lap_s == known(timing.last_lap)
    assert cars.best_lap_s == known(timing.best_lap)
    to_leader, to_front = race.gaps()
    assert cars.gap_leader_s == pytest.approx(to_leader, abs=0.0011)
    behind = timing.position > 1
    assert cars.gap_ahead_s[behind] == pytest.approx(to_front[behind], abs=0.0011)

    assert frame.player_row == PLAYER
    player = frame.player
    assert player is not None
    assert player.throttle == pytest.approx(race.cockpit.throttle[PLAYER], abs=1e-6)
    assert player.steer == pytest.approx(race.cockpit.steer[PLAYER], abs=1e-6)
    assert player.gear == race.cockpit.gear[PLAYER]
    assert player.fuel.amount == pytest.approx(race.stints.fuel_kg[PLAYER], abs=0.01)


def test_on_the_grid_the_way_to_the_line_is_still_ahead() -> None:
    frame = last_frame(Broadcast(Race(seed=3, laps=3), 2025), ticks=3)
    assert frame.cars.lap_distance_m.max() < 0
    assert frame.cars.lap.tolist() == [1] * CARS


def test_after_the_flag_come_the_results_a_silence_and_another_session() -> None:
    broadcast = Broadcast(Race(seed=3, laps=1), 2025)
    race = broadcast.race
    while not (race.phase is Phase.FINISHING and race.timing.finished.all()):
        race.advance(STEP_S, longest_step=STEP_S)
    told: list[bytes] = []
    results: list[Packet] = []
    while not broadcast.races_finished:
        for datagram in broadcast.tick():
            kind, packet = opened(datagram)
            if kind is PacketId.EVENT:
                told.append(bytes(packet["code"]))
            elif kind is PacketId.CLASSIFICATION:
                results.append(packet)
    assert told == [b"SEND"]
    cars = results[0]["cars"][:CARS]
    assert sorted(cars["position"].tolist()) == list(range(1, CARS + 1))
    assert cars["laps"].tolist() == [1] * CARS
    assert cars["race_time"][np.argsort(cars["position"])].tolist() == sorted(cars["race_time"].tolist())

    silent = 0
    while not (datagrams := broadcast.tick()):
        silent += 1
    assert 4 <= silent / RATE_HZ <= 6
    assert read_header(datagrams[0]).session_uid != race.uid
    codes = [bytes(packet["code"]) for kind, packet in map(opened, datagrams) if kind is PacketId.EVENT]
    assert codes == [b"SSTA"]
