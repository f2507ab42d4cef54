"""What is copied out of the simulator's memory, and when."""

import struct
from pathlib import Path

import numpy as np
import pytest

from desktop_client.demo.wire.iracing import BUFFER_LAYOUT, IRacingEncoder, variable_headers
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.iracing import IRacing
from desktop_client.telemetry.games.iracing_file import contents_of, packets_of_file
from desktop_client.telemetry.games.iracing_layout import VAR_HEADER, BadLayout, layout_of
from desktop_client.telemetry.games.iracing_wire import (
    BUFFER,
    HEADER,
    HEADER_SIZE,
    MEMORY_SIZE,
    Reader,
    buffers,
    read_header,
)
from desktop_client.telemetry.shared_memory import MemoryListener


@pytest.fixture
def race(race_under_way: list[Frame]) -> list[Frame]:
    return race_under_way


def kinds(packets: list[bytes]) -> list[bytes]:
    return [packet[:4] for packet in packets]


def test_sizes_are_those_of_the_published_header():
    assert (HEADER.size, BUFFER.size, HEADER_SIZE, VAR_HEADER.itemsize) == (48, 16, 112, 144)
    assert MEMORY_SIZE == 1_191_936


def test_variables_and_text_are_copied_once_and_every_buffer_once(race: list[Frame]):
    encoder, reader = IRacingEncoder(), Reader()
    block = encoder.block(race[0])
    assert kinds(list(reader.read(memoryview(block)))) == [b"irV:", b"irT:", b"irB:"]
    assert kinds(list(reader.read(memoryview(block)))) == []
    block = encoder.block(race[1])
    assert kinds(list(reader.read(memoryview(block)))) == [b"irB:"]


def test_another_text_is_copied_when_its_counter_moves(race: list[Frame]):
    encoder, reader = IRacingEncoder(), Reader()
    block = bytearray(encoder.block(race[0]))
    list(reader.read(memoryview(block)))
    struct.pack_into("<i", block, 12, 77)
    assert kinds(list(reader.read(memoryview(block)))) == [b"irT:"]


def test_whoever_connects_again_is_told_everything_anew(race: list[Frame]):
    encoder, reader = IRacingEncoder(), Reader()
    block = bytearray(encoder.block(race[0]))
    list(reader.read(memoryview(block)))
    struct.pack_into("<i", block, 4, 0)
    assert kinds(list(reader.read(memoryview(block)))) == []
    struct.pack_into("<i", block, 4, 1)
    assert kinds(list(reader.read(memoryview(block)))) == [b"irV:", b"irT:", b"irB:"]


def test_a_buffer_that_was_written_into_meanwhile_is_not_believed(race: list[Frame], monkeypatch):
    encoder, reader = IRacingEncoder(), Reader()
    for frame in race[:2]:
        block = bytearray(encoder.block(frame))
    asked: list[int] = []

    def moving_on(memory: memoryview, header: object) -> list[tuple[int, int]]:
        """The newest buffer gets another tick between the first look and the second."""
        asked.append(1)
        found = buffers(memory, header)  # type: ignore[arg-type]
        return found if len(asked) == 1 else [(found[0][0] + 4, found[0][1]), *found[1:]]

    monkeypatch.setattr("desktop_client.telemetry.games.iracing_wire.buffers", moving_on)
    packets = list(reader.read(memoryview(block)))
    assert kinds(packets) == [b"irV:", b"irT:", b"irB:"]
    (tick,) = struct.unpack_from("<i", packets[-1], 8)
    assert tick == 1, "the buffer before the newest"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (24, 0),
        (24, 1_000_000),
        (28, -5),
        (28, 2**31 - 1),
        (32, 0),
        (32, 9),
        (36, 0),
        (36, 2**30),
        (16, -1),
        (20, 2**30),
    ],
)
def test_a_header_that_cannot_be_gives_nothing(race: list[Frame], at: int, value: int):
    block = bytearray(IRacingEncoder().block(race[0]))
    struct.pack_into("<i", block, at, value)
    assert read_header(block) is None
    assert list(Reader().read(memoryview(block))) == []
    assert list(Reader().read(memoryview(b""))) == []


def test_a_layout_with_a_variable_beyond_its_buffer_is_refused():
    headers = np.frombuffer(variable_headers(BUFFER_LAYOUT), VAR_HEADER).copy()
    for field, value in (("offset", BUFFER_LAYOUT.itemsize), ("type", 6), ("count", 0), ("offset", -1)):
        broken = headers.copy()
        broken[field][3] = value
        with pytest.raises(BadLayout):
            layout_of(broken.tobytes(), BUFFER_LAYOUT.itemsize)
    with pytest.raises(BadLayout):
        layout_of(headers.tobytes()[:-1], BUFFER_LAYOUT.itemsize)
    with pytest.raises(BadLayout):
        layout_of(headers[1:].tobytes(), BUFFER_LAYOUT.itemsize)  # without the session's clock


def test_of_a_variable_sampled_six_times_the_newest_is_taken():
    headers = np.zeros(2, VAR_HEADER)
    headers["name"], headers["type"], headers["count"] = [b"SessionTime", b"Speed"], [5, 4], [1, 6]
    headers["offset"] = [0, 8]
    layout = layout_of(headers.tobytes(), 32)
    buffer = np.zeros(32, np.uint8)
    buffer[8:].view("<f4")[:] = [1, 2, 3, 4, 5, 6]
    assert np.ndarray((), layout.scalars, buffer)["Speed"] == 6


def test_a_file_that_is_not_iracings_is_none_of_its_files(captures: Path, tmp_path: Path):
    empty = tmp_path / "empty.ibt"
    empty.write_bytes(b"")
    for path in (captures / "iracing" / "teamjorge_invalid_test_file.ibt", empty):
        assert contents_of(path) is None
        assert list(packets_of_file(path)) == []


def test_a_block_that_is_mapped_is_heard_frame_by_frame(race: list[Frame], tmp_path: Path):
    source, encoder = IRacing(), IRacingEncoder()
    mapped = tmp_path / "IRSDKMemMapFileName"
    mapped.write_bytes(encoder.block(race[0]))
    heard: list[Frame | None] = []
    [inlet] = source.inlets
    listener = MemoryListener(inlet, lambda packet, at: heard.append(source.feed(packet, at)), folder=tmp_path)
    listener.glance()
    for sent in race[1:5]:
        with mapped.open("r+b") as file:  # the block stays where it is, as a mapping does
            file.write(encoder.block(sent))
        listener.glance()
        listener.glance()
    listener.stop()
    frames = [frame for frame in heard if frame is not None]
    assert [frame.session_time_s for frame in frames] == [sent.session_time_s for sent in race[:5]]
    assert (source.health.decoded, source.health.refused) == (7, {})
