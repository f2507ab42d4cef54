"""The sizes of Automobilista 2's packets, where their fields stand, and what the single bits mean."""

import numpy as np
import pytest

from desktop_client.telemetry.frame import CarStatus, Flag, PitStatus, SessionKind
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games.ams2_anonymous import anonymised
from desktop_client.telemetry.games.ams2_bits import GameState
from desktop_client.telemetry.games.ams2_wire import LAYOUTS, Kind, open_packet, text


def test_the_packets_have_their_sizes():
    assert sorted(LAYOUTS) == [
        (Kind.TELEMETRY, 555), (Kind.TELEMETRY, 559), (Kind.RACE, 308), (Kind.PARTICIPANTS, 1136),
        (Kind.TIMINGS, 1059), (Kind.TIMINGS, 1063), (Kind.GAME_STATE, 24), (Kind.TIME_STATS, 1040),
        (Kind.VEHICLES, 1164), (Kind.VEHICLES, 1452),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "size", "offsets"),
    [
        (
            Kind.TELEMETRY,
            559,
            {
                "viewed": 12, "oil_c": 18, "fuel_capacity": 28, "fuel_share": 32, "rpm": 40, "gears": 45,
                "odometer_km": 48, "local_acceleration": 100, "tyre_c": 176, "tyre_wear": 196, "brake_c": 208,
                "carcass_k": 232, "left_k": 256, "ride_height": 296, "tyre_kpa": 352, "wings": 368,
                "engine_damage": 372, "compound": 378, "turbo": 538, "place": 542, "brake_bias": 554, "tick": 555,
            },
        ),
        (Kind.RACE, 308, {"track_length": 44, "location": 48, "translated_variation": 240, "laps_or_time": 304}),
        (Kind.PARTICIPANTS, 1136, {"name": 16, "nationality": 1040, "index": 1104}),
        (Kind.TIMINGS, 1063, {"count": 12, "time_left": 17, "cars": 33, "own_slot": 1057, "tick": 1059}),
        (Kind.GAME_STATE, 24, {"build": 12, "state": 14, "air_c": 15, "rain": 17, "wind_y": 21}),
        (Kind.TIME_STATS, 1040, {"changed_at": 12, "cars": 16}),
    ],
)  # fmt: skip
def test_the_fields_stand_where_the_games_header_puts_them(kind: Kind, size: int, offsets: dict[str, int]):
    fields = LAYOUTS[kind, size].fields
    assert {name: fields[name][1] for name in offsets} == offsets


def test_a_car_of_the_timings_has_32_bytes_and_so_has_one_of_the_statistics():
    car, stats = LAYOUTS[Kind.TIMINGS, 1063]["cars"].base, LAYOUTS[Kind.TIME_STATS, 1040]["cars"].base
    assert (car.itemsize, stats.itemsize) == (32, 32)
    offsets = {name: car.fields[name][1] for name in ("lap_distance", "sector", "pit", "race_state", "lap_time")}
    assert offsets == {"lap_distance": 12, "sector": 15, "pit": 17, "race_state": 20, "lap_time": 22}


@pytest.mark.parametrize(
    ("byte", "state", "kind"),
    [
        (0x52, GameState.PLAYING, SessionKind.RACE),
        (0x53, GameState.PAUSED, SessionKind.RACE),
        (0x32, GameState.PLAYING, SessionKind.QUALIFYING),
        (0x42, GameState.PLAYING, SessionKind.RACE),
        (0x62, GameState.PLAYING, SessionKind.TIME_TRIAL),
        (0x01, GameState.FRONT_END, SessionKind.UNKNOWN),
        (5 << 3 | 2, GameState.PLAYING, SessionKind.RACE),
        (3 << 3 | 2, GameState.PLAYING, SessionKind.QUALIFYING),
        (1 << 3 | 3, GameState.PAUSED, SessionKind.PRACTICE),
    ],
)
def test_game_and_session_share_a_byte_in_either_way(byte: int, state: GameState, kind: SessionKind):
    assert (bits.game_state(byte), bits.session_kind(byte)) == (state, kind)


def test_a_place_has_quarters_of_a_metre_in_the_byte_of_the_sector():
    whole = np.array([[-13, 40, 7]], dtype=np.int16)
    x, z = bits.place(whole, np.array([0b11_10_00_01], dtype=np.uint8))
    assert (x[0], z[0]) == (-12.25, 7.5)
    assert bits.sector(np.array([0b11_10_00_01, 0b10, 0b11], dtype=np.uint8)).tolist() == [1, 2, -1]


def test_a_car_in_its_garage_is_there_whatever_race_it_is_in():
    states = np.array([1, 2, 2, 3, 4, 5, 6], dtype=np.uint8)
    modes = np.array([0, 0, 4, 4, 0, 2, 0], dtype=np.uint8)
    assert bits.car_status(states, modes).tolist() == [
        CarStatus.RUNNING, CarStatus.RUNNING, CarStatus.GARAGE, CarStatus.FINISHED,
        CarStatus.DISQUALIFIED, CarStatus.RETIRED, CarStatus.RETIRED,
    ]  # fmt: skip
    assert bits.pit_status(modes).tolist() == [0, 0, PitStatus.IN_BOX, PitStatus.IN_BOX, 0, PitStatus.IN_BOX, 0]


def test_an_invalid_lap_is_seen_in_either_of_its_bits():
    assert bits.lap_is_valid(np.array([2, 0x82, 0x0A, 6], dtype=np.uint8)).tolist() == [True, False, False, True]


def test_flags_have_their_colours_in_the_lower_half():
    assert bits.flags(0x16) == {Flag.YELLOW}
    assert bits.flags(0x0B) == {Flag.CHEQUERED}
    assert bits.flags(0x0F) == bits.flags(0) == frozenset()


@pytest.mark.parametrize(
    ("raw", "name"), [(b"Ann\0junk", "Ann"), ("Zoë".encode(), "Zoë"), (b"Jos\xe9", "José"), (b"", ""), (b"\0", "")]
)
def test_names_end_at_their_zero_and_are_read_whatever_they_are_written_in(raw: bytes, name: str):
    assert text(raw) == name


def participants(part: int, names: list[bytes]) -> bytes:
    packet = np.zeros((), LAYOUTS[Kind.PARTICIPANTS, 1136])
    packet["header"]["part"], packet["header"]["kind"] = part, Kind.PARTICIPANTS
    packet["name"][: len(names)] = names
    return packet.tobytes()


def test_an_anonymous_recording_has_drivers_by_their_slots():
    renamed = open_packet(anonymised(participants(2, [b"A Person", b"", b"Another"])), LAYOUTS[Kind.PARTICIPANTS, 1136])
    assert renamed["name"][:4].tolist() == [b"Driver 16", b"", b"Driver 18", b""]
    assert b"Person" not in renamed.tobytes()


def test_what_holds_no_names_is_kept_and_what_nobody_knows_is_left_out():
    state = bytes(10) + bytes([Kind.GAME_STATE]) + bytes(13)
    assert anonymised(state) == state
    assert anonymised(bytes(5)) == anonymised(state + b"\0") == b""
