"""Going through a recording: at any pace, with pauses, forwards and back."""

import struct
from pathlib import Path

import pytest

from desktop_client.telemetry import player, reel
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.player import Player, play
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.reel import Reel
from desktop_client.telemetry.replay import Recording

STEP_S = 0.1
SILENCE_S = 30.0


def numbered(number: int) -> bytes:
    return b"number.." + struct.pack("<I", number)


def number_in(packet: bytes) -> int:
    return struct.unpack_from("<I", packet, 8)[0]


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    """A hundred packets a tenth of a second apart, with half a minute of silence after the first fifty.

    All are of one kind, but for a `who` now and then, which only those that come after it make sense of.
    """
    with Recorder(tmp_path / "race.rotape", "f1", started_at=0.0, at=0.0) as recorder:
        for number in range(100):
            at = number * STEP_S + (SILENCE_S if number >= 50 else 0.0)
            if number % 40 == 0:
                recorder.write(b"who is driving, as of %d" % number, at)
            recorder.write(numbered(number), at)
    return Recording(tmp_path / "race.rotape")


class Cinema:
    """A player with a clock that a test moves, and what it showed."""

    def __init__(self, recording: Recording, speed: float = 1.0) -> None:
        self.now = 1000.0
        self.shown: list[bytes] = []
        self.jumps = 0
        self.player = Player(recording, self._feed, self._restart, speed, lambda: self.now)

    def wait(self, seconds: float) -> list[int]:
        """The numbers that were shown in so many seconds."""
        before, until = len(self.shown), self.now + seconds
        while True:
            pause = self.player.step()
            if pause is None or self.now + pause > until:
                self.now = until
                return self.numbers(before)
            self.now += pause

    def numbers(self, since: int = 0) -> list[int]:
        return [number_in(packet) for packet in self.shown[since:] if packet.startswith(b"number")]

    def _feed(self, packet: bytes, at: float) -> None:
        assert at == self.now
        self.shown.append(packet)

    def _restart(self) -> None:
        self.jumps += 1
        self.shown.append(b"restart")


@pytest.fixture
def cinema(recording: Recording) -> Cinema:
    return Cinema(recording)


def test_packets_come_when_they_are_due_and_a_long_silence_is_shortened(cinema: Cinema):
    assert cinema.wait(1.05) == list(range(11))
    assert cinema.wait(4.0) == list(range(11, 50))
    assert cinema.player.position == pytest.approx(34.15, abs=0.01)
    assert cinema.wait(0.8) == []
    assert cinema.wait(0.1) == [50]


def test_it_ends_and_stays_at_the_end(cinema: Cinema):
    assert cinema.wait(60)[-1] == 99
    assert cinema.player.has_ended
    assert cinema.player.position == pytest.approx(39.9)
    assert cinema.player.step() is None
    assert cinema.jumps == 0


def test_nothing_moves_while_it_is_paused(cinema: Cinema):
    cinema.wait(1.05)
    cinema.player.pause()
    assert cinema.wait(500) == []
    assert cinema.player.position == pytest.approx(1.05)
    cinema.player.resume()
    cinema.player.resume()
    assert cinema.wait(0.1) == [11]


def test_the_pace_can_be_changed_while_it_plays(cinema: Cinema):
    assert cinema.wait(1.05)[-1] == 10
    cinema.player.speed = 10.0
    assert cinema.wait(0.1) == list(range(11, 21))
    cinema.player.speed = 0.5
    assert cinema.wait(0.2) == [21]
    assert cinema.player.speed == 0.5


def test_resuming_what_is_not_paused_changes_nothing(cinema: Cinema):
    cinema.wait(1.05)
    cinema.player.resume()
    assert cinema.player.position == pytest.approx(1.05)


@pytest.mark.parametrize("paused", [False, True])
def test_a_jump_forwards_shows_what_must_be_known_there_and_goes_on_from_there(cinema: Cinema, paused: bool):
    cinema.wait(0.55)
    if paused:
        cinema.player.pause()
    before = len(cinema.shown)
    cinema.player.seek(SILENCE_S + 8.55)
    assert cinema.shown[before:] == [b"restart", *(b"who is driving, as of %d" % n for n in (0, 80)), numbered(85)]
    assert cinema.player.position == pytest.approx(SILENCE_S + 8.55)
    assert cinema.wait(0.1) == ([] if paused else [86])


def test_a_jump_back_starts_afresh(cinema: Cinema):
    cinema.wait(20)
    cinema.player.seek(1.0)
    assert cinema.jumps == 1
    assert cinema.shown[-2:] == [b"who is driving, as of 0", numbered(9)]
    assert cinema.wait(0.15) == [10, 11]


def test_after_the_end_it_can_be_seen_again(cinema: Cinema):
    cinema.wait(60)
    cinema.player.seek(0.0)
    assert not cinema.player.has_ended
    assert cinema.wait(0.25) == [0, 1, 2]


def test_a_jump_past_the_end_is_the_end(cinema: Cinema):
    cinema.player.seek(1e9)
    assert cinema.wait(1.0) == []
    assert cinema.player.has_ended
    assert cinema.player.position == pytest.approx(39.9)
    assert cinema.numbers()[-1] == 99


def test_a_jump_into_a_silence_does_not_sit_it_out(cinema: Cinema):
    cinema.player.seek(10.0)
    assert cinema.wait(1.05) == [50]


def test_a_far_jump_into_what_was_never_read_leaves_the_loop_time_for_others(cinema: Cinema, monkeypatch):
    monkeypatch.setattr(player, "PACKETS_READ_AT_A_BREATH", 10)
    cinema.player.seek(SILENCE_S + 8.55)
    assert cinema.jumps == 0, "it is on its way"
    assert cinema.player.position == pytest.approx(SILENCE_S + 8.55)
    turns = 1
    while not cinema.jumps:
        assert cinema.player.step() is not None
        turns += 1
    assert turns == 9
    assert cinema.numbers() == [85]
    assert cinema.wait(0.1) == [86]


def test_packets_that_are_overdue_come_in_breaths(recording: Recording, monkeypatch):
    monkeypatch.setattr(player, "PACKETS_AT_A_BREATH", 7)
    cinema = Cinema(recording)
    cinema.now += 3.0
    assert cinema.player.step() == 0.0
    assert len(cinema.shown) == 7


async def test_a_recording_may_be_played_from_a_time_on_as_fast_as_possible(recording: Recording):
    heard: list[tuple[bytes, float]] = []
    await play(recording, lambda packet, at: heard.append((packet, at)), speed=None, start=SILENCE_S + 9.75)
    assert [packet for packet, _ in heard[-2:]] == [numbered(98), numbered(99)]
    assert heard[-2][1] == pytest.approx(SILENCE_S + 9.8)
    assert [packet[:3] for packet, _ in heard] == [b"who", b"who", b"num", b"num", b"num"]


def test_a_reel_gives_any_packet_in_any_order_whatever_it_has_read(recording: Recording):
    whole = list(recording)
    opened = Reel(recording)
    for number in (50, 3, 102, 0, 102, 77):
        assert opened.offset(number) == whole[number].offset
        assert opened.packet(number) == whole[number].packet
    assert opened.offset(103) is None
    opened.close()


def test_what_must_be_known_is_the_same_with_and_without_marks(recording: Recording, monkeypatch):
    plain = Reel(recording)
    monkeypatch.setattr(reel, "MARK_EVERY", 16)
    marked = Reel(recording)
    for number in (0, 1, 15, 16, 17, 50, 103):
        assert [opened.reads_to(1e9, 1000) for opened in (plain, marked)] == [True, True]
        with monkeypatch.context() as unmarked:
            unmarked.setattr(reel, "MARK_EVERY", 8192)
            expected = plain.context_of(number)
        assert marked.context_of(number) == expected


def test_a_game_that_scrambles_its_packets_gets_those_of_the_last_seconds(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(reel, "MOST_KINDS", 5)
    with Recorder(tmp_path / "scrambled.rotape", "gt7", started_at=0.0, at=0.0) as recorder:
        for number in range(40):
            recorder.write(struct.pack("<Q", number * 7919), number / 60)
    opened = Reel(Recording(tmp_path / "scrambled.rotape"))
    assert opened.context_of(opened.number_at(30 / 60)) == [25, 26, 27, 28, 29]


def test_a_raw_capture_is_gone_through_just_as_well(tmp_path: Path):
    path = tmp_path / "raw.bin"
    path.write_bytes(b"".join(struct.pack("<fI", n / 4, 12) + numbered(n) for n in range(20)))
    cinema = Cinema(Recording(path))
    cinema.player.seek(3.0)
    assert cinema.wait(0.3) == [12, 13]
    cinema.player.seek(1.0)
    assert cinema.wait(0.3) == [4, 5]


def test_a_recording_that_is_cut_off_is_gone_through_as_far_as_it_goes(recording: Recording):
    recording.path.write_bytes(recording.path.read_bytes()[:-300])
    cinema = Cinema(Recording(recording.path))
    cinema.player.seek(1e9)
    assert cinema.wait(1.0) == []
    assert cinema.player.has_ended
    assert "cut off" in (cinema.player.recording.damage or "")


def test_a_real_race_makes_sense_right_after_a_jump(melbourne_file: Path):
    frames = []
    sources = [F1()]

    def feed(packet: bytes, at: float) -> None:
        if (frame := sources[-1].feed(packet, at)) is not None:
            frames.append(frame)

    now = 0.0
    watched = Player(Recording(melbourne_file), feed, lambda: sources.append(F1()), clock=lambda: now)
    watched.seek(15.0)
    while watched.step() == 0.0:
        assert not frames, "it is on its way"
    now += 0.1
    assert watched.step() is not None
    assert len(frames) >= 5
    assert frames[-1].session.track_name == "Melbourne"
    assert all(frames[-1].cars.name)
    assert frames[-1].player is not None
