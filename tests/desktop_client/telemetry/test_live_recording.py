"""Recording what is heard while it is heard: from before it was known which game it is, and never in the way."""

import os
import threading
import time
from pathlib import Path

import pytest

from desktop_client.telemetry import live_recording, scribe
from desktop_client.telemetry.live_recording import BEFORE_S, CannotRecord, LiveRecording
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.scribe import Scribe


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "race.rotape"


def test_the_tape_is_of_the_game_that_speaks_first_from_before_it_spoke(path: Path):
    recording, now = LiveRecording(path), time.monotonic()
    for number in range(5):
        recording.overhear("f1", b"f1 %d" % number, now + number)
        recording.overhear("gt7", b"gt7 %d" % number, now + number)
    assert "Waiting for a game" in recording.state()
    assert recording.speaks("f1") is None
    assert recording.speaks("f1") is None
    recording.overhear("f1", b"f1 5", now + 5)
    recording.overhear("gt7", b"gt7 5", now + 5)
    assert recording.speaks("gt7") is None
    assert recording.close() == f"Recorded 6 packets to {path}."
    tape = Recording(path)
    assert [heard.packet for heard in tape] == [b"f1 %d" % number for number in range(6)]
    assert [heard.offset for heard in tape] == pytest.approx(range(6))
    assert (tape.game, tape.damage) == ("f1", None)
    assert abs((tape.started_at or 0) - time.time()) < 5


def test_only_the_last_seconds_before_the_first_frame_are_kept(path: Path):
    recording = LiveRecording(path)
    for number in range(100):
        recording.overhear("f1", b"%d" % number, float(number))
    recording.speaks("f1")
    recording.close()
    assert [int(heard.packet) for heard in Recording(path)] == list(range(99 - int(BEFORE_S), 100))


def test_a_game_of_large_packets_does_not_fill_the_memory_before_it_speaks(path: Path, monkeypatch):
    monkeypatch.setattr(live_recording, "MOST_BYTES_BEFORE", 1000)
    recording = LiveRecording(path)
    for number in range(100):
        recording.overhear("lmu", bytes([number]) * 300, number / 60)
    recording.speaks("lmu")
    recording.close()
    assert [heard.packet[0] for heard in Recording(path)] == [97, 98, 99]


def test_a_game_that_is_known_is_recorded_from_the_first_packet(path: Path):
    recording = LiveRecording(path, "f1")
    recording.overhear("f1", b"menu", time.monotonic())
    recording.close()
    assert [heard.packet for heard in Recording(path)] == [b"menu"]


def test_where_no_game_spoke_there_is_no_file(path: Path):
    recording = LiveRecording(path)
    recording.overhear("f1", b"menu", 0.0)
    assert recording.close() == f"Nothing was recorded to {path}: no game spoke."
    assert not path.exists()


def test_what_cannot_be_written_is_said_before_anything_is_heard(path: Path):
    path.write_bytes(b"something dear")
    with pytest.raises(CannotRecord, match="exists already"):
        LiveRecording(path)
    assert path.read_bytes() == b"something dear"
    with pytest.raises(CannotRecord, match="cannot be written"):
        LiveRecording(path.parent / "no such folder" / "x.rotape")


def test_what_has_become_impossible_meanwhile_is_said_once(path: Path):
    recording = LiveRecording(path)
    path.write_bytes(b"came between")
    recording.overhear("f1", b"packet", 0.0)
    assert "exists already" in (recording.speaks("f1") or "")
    assert recording.speaks("f1") is None
    recording.overhear("f1", b"packet", 1.0)
    assert "Nothing was recorded" in recording.close()
    assert path.read_bytes() == b"came between"


class SlowRecorder(Recorder):
    """A disk that takes nothing until it is let."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "f1", 0.0, 0.0)
        self.may_write = threading.Event()

    def write(self, packet: bytes, at: float) -> None:
        self.may_write.wait(20)
        super().write(packet, at)


def test_a_slow_disk_holds_up_nobody_and_loses_nothing_that_it_can_catch_up_with(path: Path):
    recorder = SlowRecorder(path)
    writer = Scribe(recorder)
    for number in range(500):
        writer.write(b"%d" % number, number / 60)
    recorder.may_write.set()
    writer.close()
    assert [int(heard.packet) for heard in Recording(path)] == list(range(500))
    assert writer.summary() == f"Recorded 500 packets to {path}."


def test_a_disk_that_cannot_follow_costs_packets_and_not_memory(path: Path, monkeypatch):
    monkeypatch.setattr(scribe, "MOST_WAITING", 1000)
    recorder = SlowRecorder(path)
    writer = Scribe(recorder)
    for _ in range(50):
        writer.write(bytes(100), 0.0)
    recorder.may_write.set()
    writer.close()
    assert writer.lost == 50 - 11
    assert writer.summary().endswith("39 packets were lost: the disk is too slow.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_the_recording_and_the_status_page_says_so(path: Path, monkeypatch):
    monkeypatch.setattr(Path, "open", lambda path, mode: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
    recording = LiveRecording(path, "f1")
    for number in range(30):
        recording.overhear("f1", bytes(1000), float(number))
    assert "No space left" in recording.close()
    assert "No space left" in recording.state()
