"""Real files of the simulator's: a dump of its live memory, telemetry from the disk, and one frame of a real race."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_client.demo.wire.iracing import variable_headers
from desktop_client.race.dead_reckoning import DeadReckoning
from desktop_client.telemetry.frame import Capability, CarStatus, Flag, Frame, SessionKind, Sky
from desktop_client.telemetry.games.iracing import IRacing
from desktop_client.telemetry.games.iracing_anonymous import anonymised
from desktop_client.telemetry.games.iracing_file import packets_of_file
from desktop_client.telemetry.games.iracing_layout import TYPES
from desktop_client.telemetry.games.iracing_wire import Reader, text_packet, values_packet, variables_packet
from desktop_client.telemetry.recognise import open_recording


def play(packets: list[bytes]) -> tuple[IRacing, list[Frame]]:
    source = IRacing()
    found = [source.feed(packet, 0.0) for packet in packets]
    assert source.health.refused.total() == 0
    assert source.health.decoded == len(packets)
    return source, [frame for frame in found if frame is not None]


def test_a_dump_of_the_live_memory_is_read_as_the_memory_would_be(iracing_live: Path):
    from_memory = list(Reader().read(memoryview(iracing_live.read_bytes())))
    from_file = [packet for _, packet in packets_of_file(iracing_live)]
    assert [packet[:4] for packet in from_file] == [b"irV:", b"irT:", b"irB:", b"irB:", b"irB:"]
    assert from_memory == [*from_file[:2], from_file[-1]]
    source, frames = play(from_file)
    assert source.health.absurd == 0
    assert [round(60 * frame.session_time_s) for frame in frames] == [3187, 3188, 3189]
    session = frames[-1].session
    assert (session.track_id, session.track_length_m) == ("239", 5750)
    assert (session.kind, session.weather.sky) == (SessionKind.PRACTICE, Sky.OVERCAST)
    assert session.weather.wind_from_rad == pytest.approx(0, abs=1e-6), "the text says: from the east"
    assert (session.in_garage, frames[-1].player) == (True, None)
    assert frames[-1].capabilities >= {Capability.DRS, Capability.ENERGY, Capability.SPOTTER}


def test_a_file_of_telemetry_has_the_cars_place_and_it_moves_where_it_points(iracing_disk: Path):
    packets = list(packets_of_file(iracing_disk))
    source, frames = play([packet for _, packet in packets])
    assert (len(frames), packets[-1][0]) == (390, pytest.approx(389 / 60))
    assert source.health.absurd == 0
    assert Capability.WORLD_POSITION in frames[0].capabilities
    assert not frames[0].capabilities & {Capability.OPPONENTS, Capability.GAPS}
    first, last = frames[0].cars, frames[-1].cars
    driven = last.lap_distance_m[0] - first.lap_distance_m[0]
    east, north = last.x[0] - first.x[0], last.y[0] - first.y[0]
    assert np.hypot(east, north) == pytest.approx(driven, abs=0.05)
    assert driven > 1
    assert np.cos(np.arctan2(north, east) - last.heading_rad[0]) > 0.999
    assert np.hypot(first.x[0], first.y[0]) < 1000


def test_the_way_that_is_reckoned_from_its_speed_is_the_one_that_its_places_say(iracing_disk: Path):
    """The only thing to hold the sign of the speed to the left against: were it another, the way would be worse."""
    _, frames = play([packet for _, packet in packets_of_file(iracing_disk)])

    def farthest_off(to_the_left: float) -> float:
        reckoning, off = DeadReckoning(), 0.0
        for frame in frames:
            forwards, left = frame.player.velocity_mps
            player = replace(frame.player, velocity_mps=(forwards, to_the_left * left))
            x, y = reckoning.move(replace(frame, player=player), 0)
            east, north = frame.cars.x[0] - frames[0].cars.x[0], frame.cars.y[0] - frames[0].cars.y[0]
            off = max(off, float(np.hypot(x - east, y - north)))
        return off

    assert farthest_off(1.0) < 0.012
    assert farthest_off(-1.0) > 0.018


def test_the_drivers_car_in_a_file_of_telemetry(iracing_disk: Path):
    _, frames = play([packet for _, packet in packets_of_file(iracing_disk)])
    player = frames[-1].player
    assert (player.fuel.amount, player.fuel.capacity) == (pytest.approx(59.9967, abs=1e-3), pytest.approx(146.667))
    assert (player.max_rpm, player.brake_bias, player.gear) == (13_000, pytest.approx(0.525), 1)
    front_left, front_right, *_ = player.wheels
    for wheel in (front_left, front_right):
        assert wheel.tread_c[0] > wheel.tread_c[2], "camber heats the inner edge"
        assert 0 < wheel.wear < 0.05


def test_a_game_s_own_file_is_played_like_a_recording(iracing_disk: Path):
    recording, game = open_recording(iracing_disk)
    heard = list(recording)
    assert (game, len(heard), recording.damage) == ("iracing", 392, None)
    assert recording.length_s() == heard[-1].offset == pytest.approx(389 / 60)
    with iracing_disk.open("rb") as file:
        for number in (0, 1, 2, 200, 391):
            assert recording.packet_at(file, heard[number].where) == heard[number].packet


def test_without_names_a_text_says_all_but_who_they_are(iracing_disk: Path):
    packets = [packet for _, packet in packets_of_file(iracing_disk)]
    _, named = play(packets)
    _, nameless = play([anonymised(packet) for packet in packets])
    assert nameless[-1].cars.name == ("Driver 0",)
    assert named[-1].cars.name[0].encode("cp1252") not in b"".join(anonymised(packet) for packet in packets)
    assert nameless[-1].session == named[-1].session
    assert anonymised(b"irT:") == anonymised(b"whatever") == b""


@pytest.fixture(scope="module")
def sebring(captures: Path) -> tuple[dict, dict, Frame]:
    """One frame of a real race: what another reader of the memory found in it, and what ours makes of the same."""
    folder = captures / "iracing"
    found = sorted(folder.glob("*_telemetry.json"))
    if not found:
        pytest.skip(f"no recorded frame lies in {folder}")
    told = json.loads(found[0].read_text())
    session = json.loads(next(folder.glob("*_session.json")).read_text())
    fields = [(name, TYPES[variable["varType"]], (variable["length"],)) for name, variable in told.items()]
    buffer = np.zeros((), np.dtype(fields))
    for name, variable in told.items():
        value = variable["value"]
        buffer[name] = np.array(value, np.int64).astype(np.uint32) if variable["varType"] == 3 else value
    headers = variable_headers(buffer.dtype)
    variables = variables_packet(headers, buffer.dtype.itemsize, 60)
    checksum = int.from_bytes(variables[4:8], "little")
    text = "---\n" + "".join(_text(session, 0))
    _, frames = play([variables, text_packet(text.encode("cp1252"), 1), values_packet(checksum, 1, buffer.tobytes())])
    return {name: variable["value"] for name, variable in told.items()}, session, frames[0]


def _text(node: object, depth: int) -> list[str]:
    """The simulator's way of writing a tree."""
    lines: list[str] = []
    for key, value in node.items() if isinstance(node, dict) else ():
        head = f"{' ' * depth}{key}:"
        if isinstance(value, dict):
            lines += [f"{head}\n", *_text(value, depth + 1)]
        elif isinstance(value, list):
            lines.append(f"{head}\n")
            for item in value:
                first, *rest = _text(item, depth + 2)
                lines += [f"{' ' * depth}- {first.lstrip()}", *rest]
        else:
            lines.append(f"{head} {'' if value is None else value}\n")
    return lines


def test_a_real_race_has_thirty_drivers_in_one_class(sebring):
    told, session, frame = sebring
    entered = [driver for driver in session["DriverInfo"]["Drivers"] if not driver["CarIsPaceCar"]]
    cars = frame.cars
    assert cars.name == tuple(driver["UserName"] for driver in entered)
    assert cars.slot.tolist() == [driver["CarIdx"] for driver in entered]
    assert cars.licence == tuple(driver["LicString"] for driver in entered)
    assert cars.rating.tolist() == [driver["IRating"] if driver["IRating"] > 0 else -1 for driver in entered]
    assert set(cars.class_name) == {""}
    assert frame.session.kind is SessionKind.RACE
    assert frame.session.time_left_s == told["SessionTimeRemain"][0]
    assert frame.session.flags == {Flag.WHITE}
    assert frame.session.replay


def test_a_real_race_is_in_the_order_and_at_the_places_that_the_arrays_say(sebring):
    told, _, frame = sebring
    cars = frame.cars
    slot = cars.slot
    assert cars.position.tolist() == np.array(told["CarIdxPosition"])[slot].tolist()
    share = np.array(told["CarIdxLapDistPct"])[slot]
    there = share >= 0
    np.testing.assert_allclose(cars.lap_distance_m[there], share[there] * 5790, rtol=1e-6)
    assert np.isnan(cars.lap_distance_m[~there]).all()
    assert (cars.status[~there] == CarStatus.GARAGE).all()
    leader = int(np.flatnonzero(cars.position == 1)[0])
    assert cars.gap_leader_s[leader] == 0
    second = int(np.flatnonzero(cars.position == 2)[0])
    assert cars.gap_ahead_s[second] == cars.gap_leader_s[second] == pytest.approx(2.612, abs=1e-3)
    assert np.nanmin(cars.best_lap_s) == pytest.approx(121.9, abs=1.5)
