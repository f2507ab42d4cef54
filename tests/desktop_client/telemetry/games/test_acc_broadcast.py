"""The conversation with Assetto Corsa Competizione's broadcasting: what we say when, and what we make of answers."""

import math
import struct

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.acc import BroadcastingGame, introduction, messages_of, registered, track_data
from desktop_client.telemetry.games.acc import BROADCAST, Acc
from desktop_client.telemetry.games.acc_broadcast import INTERVAL_MS, Conversation, Told
from desktop_client.telemetry.games.acc_messages import (
    CarUpdate,
    Entry,
    EntryList,
    Event,
    Lap,
    Malformed,
    Registered,
    TrackData,
    Update,
    ask_to_register,
    read,
    write_text,
)
from desktop_client.telemetry.games.acc_session import RemainingTime
from desktop_client.telemetry.source import GameSettings, UdpInlet


def test_the_registration_is_what_the_game_expects():
    assert ask_to_register("Zoë", "asd", 250) == (
        b"\x01\x04" + b"\x04\0Zo\xc3\xab" + b"\x03\0asd" + b"\xfa\0\0\0" + b"\0\0"
    )


def test_messages_are_read_as_they_are_written():
    frame = small_field.frame()
    said = [read(message) for message in introduction(frame) + messages_of(frame)]
    assert said[0] == Registered(7, True, "")
    assert said[1] == TrackData("Kestrel Park", 4000)
    assert said[2] == EntryList((0, 1, 2, 3, 4, 5))
    assert said[3] == Entry(0, 255, "Team 0", 10, 0, ("Zoë Driver 0",))
    update = said[9]
    assert isinstance(update, Update)
    assert (update.kind, update.phase, update.time_ms, update.air_c) == (10, 5, 160_000, 21)
    assert (update.rain, update.wetness, update.is_replay) == (0.1, 0.3, False)
    car = said[11]
    assert isinstance(car, CarUpdate)
    assert (car.car_id, car.kmh, car.position, car.laps, car.location) == (1, 180, 2, 1, 1)
    assert car.last == Lap(81.0, (25.0, 25.0, 31.0), False)
    assert (car.current.time_s, math.isnan(car.current.sectors_s[1])) == (48, True)


def test_an_event_and_a_replay_are_read_too():
    assert read(b"\x07\x05" + write_text("Lap") + struct.pack("<ii", 90_000, 3)) == Event(5, 3)
    plain = messages_of(small_field.frame())[0]
    at = 1 + 2 + 2 + 1 + 1 + 4 + 4 + 4 + 3 * 2
    assert read(plain[:at] + b"\x01" + struct.pack("<ff", 1, 2) + plain[at + 1 :]).is_replay


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x63",
        b"\x01\x07\0",
        b"\x04" + struct.pack("<iH", 7, 60_000),
        b"\x05" + struct.pack("<iH", 7, 500) + b"short",
        messages_of(small_field.frame())[0][:-1],
        messages_of(small_field.frame())[1][:40],
        introduction(small_field.frame())[3][:-4],
    ],
)
def test_a_message_that_is_cut_off_or_unknown_is_malformed(message: bytes):
    with pytest.raises(Malformed):
        read(message)


def test_who_is_not_answered_asks_again_in_its_time():
    talk = Conversation("asd")
    asked = [bool(talk.due(tenth / 10)) for tenth in range(50)]
    assert [tenth for tenth, has_asked in enumerate(asked) if has_asked] == [0, 20, 40]
    [question] = Conversation("asd").due(0.0)
    assert question == ask_to_register("RaceOverlay", "asd", INTERVAL_MS)


def test_who_is_refused_asks_seldom_and_says_why():
    source = Acc(GameSettings(password="wrong"))
    game, frame = BroadcastingGame("right"), small_field.frame()
    questions = 0
    for tenth in range(310):
        for question in source.due(tenth / 10):
            questions += 1
            for answer in game.answer(question, frame):
                source.feed(BROADCAST + answer, tenth / 10)
    assert questions == 3
    assert source.health.last_error == "broadcasting refuses us: Wrong connection password"


def test_the_whole_conversation_ends_with_every_car_named():
    source = Acc(GameSettings(password="right"))
    game, back, said = BroadcastingGame("right"), None, []
    for tenth in range(100):
        frame, at = small_field.frame(60 + tenth / 10), tenth / 10
        for question in source.due(at):
            said.append(question[0])
            for answer in game.answer(question, frame):
                back = source.feed(BROADCAST + answer, at) or back
        for message in messages_of(frame):
            back = source.feed(BROADCAST + message, at) or back
    assert said == [1, 11, 10]
    assert back.cars.name == small_field.frame().cars.name
    assert back.session.spectating


def test_a_game_that_was_started_anew_is_asked_to_register_us_again():
    talk = Conversation("")
    talk.due(0.0)
    talk.hear(read(registered(accepted=True)), 0.1)
    talk.wants_track = talk.wants_entries = False
    talk.hear(read(messages_of(small_field.frame())[0]), 4.0)
    assert talk.due(8.9) == ()
    assert talk.due(9.1)[0][0] == 1


def test_an_unknown_car_makes_us_ask_who_it_is():
    source = Acc()
    frame = small_field.frame()
    for message in introduction(frame) + messages_of(frame):
        source.feed(BROADCAST + message, 0.0)
    assert source.due(0.1) == ()
    for message in messages_of(small_field.frame(count=7)):
        source.feed(BROADCAST + message, 0.2)
    assert [question[0] for question in source.due(0.3)] == [10]


def test_a_car_that_is_no_longer_entered_has_left():
    told = Told()
    for message in introduction(small_field.frame()) + messages_of(small_field.frame()):
        told.take(read(message), 0.0)
    told.take(EntryList((1, 2)), 1.0)
    assert told.table()["id"].tolist() == [1, 2]
    assert set(told.entries) == {1, 2}
    assert told.knows_all()


def test_the_best_of_each_sector_is_the_best_that_was_seen():
    told = Told()
    for sectors in ([25.0, 26.0, 27.0], [26.0, 25.0, np.nan]):
        last = np.tile(sectors, (6, 1))
        columns = {"last_sector_s": last, "best_sector_s": np.full((6, 3), np.nan)}
        for message in messages_of(small_field.frame(**columns)):
            told.take(read(message), 0.0)
    np.testing.assert_allclose(told.table()["best_sectors"][0], [25, 25, 27])


def test_there_can_be_no_more_cars_than_any_grid_has():
    told = Told()
    for message in messages_of(small_field.frame(count=300))[1:]:
        told.take(read(message), 0.0)
    assert len(told.table()) == 256


@pytest.mark.parametrize(("ends", "left"), [((1800.0, 1798.0), 1798.0), ((1900.0, 1900.0), 1798.0)])
def test_the_time_left_is_told_from_the_time_of_the_end(ends: tuple[float, float], left: float):
    remaining = RemainingTime()
    first = read(messages_of(small_field.frame())[0])._replace(time_ms=100_000, end_ms=ends[0] * 1000)
    later = first._replace(time_ms=102_000, end_ms=ends[1] * 1000)
    assert remaining.left_s(first) is None
    assert remaining.left_s(later) == left
    assert remaining.left_s(later._replace(end_ms=-1)) is None


def test_the_game_is_where_the_driver_says():
    inlets = [Acc(settings).inlets[-1] for settings in (GameSettings(), GameSettings(host="10.0.0.5", port=9001))]
    assert inlets == [UdpInlet(0, b"U", ("127.0.0.1", 9000)), UdpInlet(0, b"U", ("10.0.0.5", 9001))]


def test_the_tracks_name_is_what_memory_calls_it_too():
    full, short = (
        small_field.session(track_name=name, track_id="spa") for name in ("Circuit de Spa-Francorchamps", "Spa")
    )
    assert track_data(small_field.frame(described=full)) != track_data(small_field.frame(described=short))
    for described in (full, short):
        source = Acc()
        frame = small_field.frame(described=described)
        backs = [source.feed(BROADCAST + m, 0.0) for m in introduction(frame) + messages_of(frame)]
        [back] = [back for back in backs if back is not None]
        assert (back.session.track_id, back.session.track_name) == ("spa", "Circuit de Spa-Francorchamps")
