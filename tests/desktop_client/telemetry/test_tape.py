"""Recording and replaying: what comes out is what went in, and damage costs only what it touched."""

import os
import struct
from pathlib import Path

import pytest

from desktop_client.telemetry import tape as tape_file
from desktop_client.telemetry.player import play
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import NotATape, Recording
from desktop_client.telemetry.tape import MAGIC, Kind, pack_packet, pack_record, read_record

PACKETS = [bytes([number]) * (number * 7 % 40 + 1) for number in range(12)]


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """Twelve packets a tenth of a second apart, with half a minute of silence in the middle."""
    path = tmp_path / "race.rotape"
    with Recorder(path, "f1", started_at=1_790_000_000.0, at=100.0) as recorder:
        for number, packet in enumerate(PACKETS):
            recorder.write(packet, 100 + number / 10 + (30 if number >= 6 else 0))
    return path


def test_a_tape_gives_back_every_packet_at_its_time(tape: Path):
    recording = Recording(tape)
    heard = list(recording)
    assert [one.packet for one in heard] == PACKETS
    assert [one.offset for one in heard[:3]] == pytest.approx([0, 0.1, 0.2])
    assert (recording.game, recording.started_at) == ("f1", 1_790_000_000.0)
    assert recording.damage is None
    assert recording.silence_s == pytest.approx(30.1)


def test_a_tape_may_be_played_more_than_once(tape: Path):
    recording = Recording(tape)
    assert list(recording) == list(recording)


def test_a_tape_cut_off_anywhere_gives_all_that_came_before_and_says_so(tape: Path, tmp_path: Path):
    whole = tape.read_bytes()
    cut = tmp_path / "cut.rotape"
    kept_before = 0
    for length in range(_after_opening(tape), len(whole)):
        cut.write_bytes(whole[:length])
        recording = Recording(cut)
        kept = [heard.packet for heard in recording]
        assert kept == PACKETS[: len(kept)]
        assert len(kept) >= kept_before
        assert recording.damage is not None
        assert str(cut) in recording.damage
        kept_before = len(kept)
    assert kept_before == len(PACKETS)


def test_a_tape_cut_off_before_its_opening_is_no_tape(tape: Path, tmp_path: Path):
    whole = tape.read_bytes()
    cut = tmp_path / "cut.rotape"
    for length in range(_after_opening(tape)):
        cut.write_bytes(whole[:length])
        with pytest.raises(NotATape):
            Recording(cut)


def test_a_flipped_bit_ends_the_tape_there_and_never_gives_a_wrong_packet(tape: Path, tmp_path: Path):
    whole = tape.read_bytes()
    flipped = tmp_path / "flipped.rotape"
    for at in range(_after_opening(tape), len(whole)):
        flipped.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        recording = Recording(flipped)
        kept = [heard.packet for heard in recording]
        assert kept == PACKETS[: len(kept)]
        assert recording.damage is not None


def test_a_record_of_the_wrong_shape_is_damage_even_with_the_right_checksum(tape: Path):
    for kind in (Kind.GAP, Kind.END):
        tape.write_bytes(MAGIC + pack_record(Kind.OPENING, 0, b'{"game": "f1"}') + pack_record(kind, 1.0, b"short"))
        recording = Recording(tape)
        assert list(recording) == []
        assert recording.damage is not None


def test_a_whole_block_of_memory_takes_little_room_and_comes_back_to_the_byte(tmp_path: Path):
    path, blocks = tmp_path / "memory.rotape", [bytes([number]) * 300_000 + b"end" for number in range(5)]
    with Recorder(path, "lmu", started_at=0.0, at=0.0) as recorder:
        for number, block in enumerate(blocks):
            recorder.write(block, number / 50)
    recording = Recording(path)
    assert [heard.packet for heard in recording] == blocks
    assert recording.damage is None
    assert path.stat().st_size < 20_000


def test_a_deflated_packet_that_would_burst_is_damage(tape: Path, monkeypatch):
    packet = bytes(200_000)
    tape.write_bytes(MAGIC + pack_record(Kind.OPENING, 0, b'{"game": "f1"}') + pack_packet(0.0, packet))
    assert [heard.packet for heard in Recording(tape)] == [packet]
    monkeypatch.setattr(tape_file, "LONGEST_PACKET", len(packet) - 1)
    recording = Recording(tape)
    assert list(recording) == []
    assert "longer than any can be" in (recording.damage or "")


def test_a_packet_that_does_not_inflate_is_damage_even_with_the_right_checksum(tape: Path):
    tape.write_bytes(MAGIC + pack_record(Kind.OPENING, 0, b'{"game": "f1"}') + pack_record(Kind.DEFLATED, 0, b"no"))
    recording = Recording(tape)
    assert list(recording) == []
    assert "deflated" in (recording.damage or "")


def test_a_tape_says_how_long_it_is_without_being_read(tape: Path, tmp_path: Path):
    assert Recording(tape).length_s() == pytest.approx(31.1)
    tape.write_bytes(tape.read_bytes()[:-3])
    assert Recording(tape).length_s() is None
    (tmp_path / "raw.bin").write_bytes(struct.pack("<fI", 1.0, 3) + b"abc")
    assert Recording(tmp_path / "raw.bin").length_s() is None


def test_a_packet_is_found_again_where_it_was_heard(tape: Path, tmp_path: Path):
    raw = tmp_path / "raw.bin"
    raw.write_bytes(b"".join(struct.pack("<fI", 1.0, len(packet)) + packet for packet in PACKETS))
    for path in (tape, raw):
        recording = Recording(path)
        with path.open("rb") as file:
            assert [recording.packet_at(file, heard.where) for heard in reversed(list(recording))] == PACKETS[::-1]


def test_a_recorder_writes_over_nothing(tape: Path):
    before = tape.read_bytes()
    with pytest.raises(FileExistsError):
        Recorder(tape, "f1", started_at=0.0, at=0.0)
    assert tape.read_bytes() == before


def test_a_crash_loses_no_more_than_the_last_second(tmp_path: Path):
    path = tmp_path / "crash.rotape"
    recorder = Recorder(path, "f1", started_at=0.0, at=0.0)
    for number in range(100):
        recorder.write(b"x" * 10, number / 10)
    on_disk = len(list(Recording(path)))  # nothing has closed or flushed the file
    recorder.close()
    assert 100 - on_disk <= 11


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_ends_the_recording_with_a_sentence_and_nothing_else(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(Path, "open", lambda path, mode: os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb"))
    recorder = Recorder(tmp_path / "full.rotape", "f1", started_at=0.0, at=0.0)
    for number in range(30):
        recorder.write(b"x" * 1000, float(number))
    recorder.close()
    assert "No space left" in recorder.failure


def test_a_raw_capture_is_timed_by_its_session_clock_which_a_flashback_turns_back(tmp_path: Path):
    path = tmp_path / "raw.bin"
    times = [80.0, 80.5, 81.0, 60.0, 60.5]
    path.write_bytes(b"".join(struct.pack("<fI", time, 3) + b"abc" for time in times))
    recording = Recording(path)
    assert [heard.offset for heard in recording] == [0, 0.5, 1.0, 1.0, 1.5]
    assert (recording.game, recording.damage) == (None, None)


def test_a_raw_capture_cut_off_gives_what_came_before_and_says_so(tmp_path: Path):
    path = tmp_path / "raw.bin"
    whole = struct.pack("<fI", 1.0, 3) + b"abc"
    for length in range(len(whole) + 1, 2 * len(whole)):
        path.write_bytes((whole + whole)[:length])
        recording = Recording(path)
        assert [heard.packet for heard in recording] == [b"abc"]
        assert recording.damage is not None


@pytest.mark.parametrize("content", [b"", b"short", b"not a recording at all", b"\0" * 64])
def test_another_file_is_no_recording(tmp_path: Path, content: bytes):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(NotATape, match=r"notes\.txt"):
        Recording(path)


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_a_recording_plays_at_its_own_pace_and_long_silences_shortened(tape: Path):
    watch, heard = Watch(), []
    await play(Recording(tape), lambda packet, at: heard.append(at), 1.0, watch, watch.sleep)
    assert heard[:6] == pytest.approx([1000 + n / 10 for n in range(6)])
    assert heard[6] == pytest.approx(heard[5] + 1.0)
    assert heard[11] == pytest.approx(heard[6] + 0.5)


async def test_a_recording_plays_twice_as_fast_when_asked(tape: Path):
    watch, heard = Watch(), []
    await play(Recording(tape), lambda packet, at: heard.append(at), 2.0, watch, watch.sleep)
    assert heard[5] - heard[0] == pytest.approx(0.25)


async def test_without_a_pace_a_recording_keeps_its_own_times_and_waits_for_nothing(tape: Path):
    heard = []
    await play(Recording(tape), lambda packet, at: heard.append((packet, at)), speed=None)
    assert heard == [(one.packet, one.offset) for one in Recording(tape)]


def test_a_real_race_recorded_and_replayed_is_the_same_to_the_byte(melbourne: list[bytes], tmp_path: Path):
    path = tmp_path / "melbourne.rotape"
    with Recorder(path, "f1", started_at=0.0, at=0.0) as recorder:
        for number, packet in enumerate(melbourne):
            recorder.write(packet, number / 340)
    assert [heard.packet for heard in Recording(path)] == melbourne


def _after_opening(tape: Path) -> int:
    with tape.open("rb") as file:
        file.seek(len(MAGIC))
        read_record(file)
        return file.tell()
