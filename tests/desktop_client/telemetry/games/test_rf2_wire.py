"""How whole packets are taken out of rFactor 2's buffers and Le Mans Ultimate's block."""

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.lmu import LmuEncoder
from desktop_client.demo.wire.rf2 import Rf2Encoder
from desktop_client.telemetry.games.lmu import Lmu
from desktop_client.telemetry.games.lmu_wire import LMU_BLOCK, LMU_LAYOUT, LmuReader
from desktop_client.telemetry.games.packing import offset_in
from desktop_client.telemetry.games.rf2 import Rf2
from desktop_client.telemetry.games.rf2_fields import (
    SCORING_INFO,
    SCORING_OF_A_VEHICLE,
    TELEMETRY_OF_A_VEHICLE,
    WHEEL,
)
from desktop_client.telemetry.games.rf2_wire import (
    EXTENDED_LAYOUT,
    SCORING_BUFFER,
    SCORING_LAYOUT,
    TELEMETRY_BUFFER,
    TELEMETRY_LAYOUT,
    scoring_reader,
    telemetry_reader,
)
from desktop_client.telemetry.shared_memory import MemoryListener


def test_structures_have_the_sizes_that_the_games_headers_compile_to():
    assert [layout.itemsize for layout in (WHEEL, TELEMETRY_OF_A_VEHICLE, SCORING_OF_A_VEHICLE, SCORING_INFO)] == [
        *(260, 1888, 584, 548)
    ]
    assert (SCORING_LAYOUT.itemsize, TELEMETRY_LAYOUT.itemsize) == (75_312, 241_680)
    assert LMU_LAYOUT.itemsize == 324_820


@pytest.mark.parametrize(
    ("layout", "offsets"),
    [
        (TELEMETRY_OF_A_VEHICLE, {"position": 160, "orientation": 232, "gear": 352, "fuel": 524, "dents": 544}),
        (TELEMETRY_OF_A_VEHICLE, {"front_compound": 620, "delta_best": 696, "virtual_energy": 776, "wheels": 848}),
        (SCORING_OF_A_VEHICLE, {"lap_distance": 104, "in_pits": 198, "place": 199, "position": 264, "steam_id": 536}),
        (SCORING_INFO, {"vehicle_count": 104, "phase": 108, "raining": 220, "wetness": 332, "cloud_coverage": 350}),
        (LMU_LAYOUT, {"info": 1632, "scoring": 2192, "active_vehicles": 128_464, "telemetry": 128_468}),
        (EXTENDED_LAYOUT, {"version": 8, "in_realtime": 8256, "session_started_ticks": 8260}),
    ],
)
def test_fields_stand_where_the_games_headers_put_them(layout: np.dtype, offsets: dict[str, int]):
    assert {name: offset_in(layout, name) for name in offsets} == offsets


def test_only_the_vehicles_in_use_are_copied():
    blocks = Rf2Encoder().blocks(small_field.frame(count=6))
    [scoring] = scoring_reader().read(memoryview(blocks[SCORING_BUFFER]))
    [telemetry] = telemetry_reader().read(memoryview(blocks[TELEMETRY_BUFFER]))
    assert (len(scoring), len(telemetry)) == (548 + 6 * 584, 6 * 1888)


def test_a_buffer_that_has_not_changed_gives_nothing():
    encoder, reader = Rf2Encoder(), scoring_reader()
    block = memoryview(encoder.blocks(small_field.frame())[SCORING_BUFFER])
    assert len(list(reader.read(block))) == 1
    assert list(reader.read(block)) == []
    assert len(list(reader.read(memoryview(encoder.blocks(small_field.frame(61.0))[SCORING_BUFFER])))) == 1


def test_a_buffer_that_is_being_written_to_gives_nothing_until_it_is_whole():
    block = bytearray(Rf2Encoder().blocks(small_field.frame())[TELEMETRY_BUFFER])
    reader = telemetry_reader()
    block[0:4] = (7).to_bytes(4, "little")
    assert list(reader.read(memoryview(block))) == []
    block[4:8] = (7).to_bytes(4, "little")
    assert len(list(reader.read(memoryview(block)))) == 1


def test_a_copy_in_which_lmus_clock_moved_is_thrown_away(monkeypatch: pytest.MonkeyPatch):
    from desktop_client.telemetry.games import lmu_wire

    block = bytearray(LmuEncoder().blocks(small_field.frame())[LMU_BLOCK])
    clock_at = offset_in(LMU_LAYOUT, "telemetry") + offset_in(TELEMETRY_OF_A_VEHICLE, "elapsed_time")
    copy = lmu_wire._telemetry

    def torn(memory: memoryview) -> bytes:
        packet = copy(memory)
        block[clock_at] ^= 1  # the game writes on while we copy
        return packet

    reader = LmuReader()
    monkeypatch.setattr(lmu_wire, "_telemetry", torn)
    assert [packet[:1] for packet in reader.read(memoryview(block))] == [b"S"]
    monkeypatch.setattr(lmu_wire, "_telemetry", copy)
    assert [packet[:1] for packet in reader.read(memoryview(block))] == [b"T"]
    assert list(reader.read(memoryview(block))) == []


@pytest.mark.parametrize("size", [0, 4, 500, 128_466])
def test_a_block_that_is_too_short_gives_nothing(size: int):
    for reader in (scoring_reader(), telemetry_reader(), LmuReader()):
        assert list(reader.read(memoryview(bytes(size)))) == []


def test_a_number_of_vehicles_that_cannot_be_is_taken_for_the_most_there_can_be():
    block = bytearray(TELEMETRY_LAYOUT.itemsize)
    block[12:16] = (2**31 - 1).to_bytes(4, "little")
    block[0] = block[4] = 1
    [packet] = telemetry_reader().read(memoryview(block))
    assert len(packet) == 128 * 1888


@pytest.mark.parametrize(("source", "encoder"), [(Rf2(), Rf2Encoder()), (Lmu(), LmuEncoder())])
def test_frames_come_out_of_files_that_stand_for_the_games_memory(tmp_path, source, encoder):
    frames = []
    now = 10.0

    def hear(packet: bytes, at: float) -> None:
        frame = source.feed(packet, at)
        if frame is not None:
            frames.append(frame)

    listeners = [MemoryListener(inlet, hear, folder=tmp_path, clock=lambda: now) for inlet in source.inlets]
    for second in (60.0, 60.02, 60.04):
        for name, block in encoder.blocks(small_field.frame(second)).items():
            with (tmp_path / name).open("r+b" if (tmp_path / name).exists() else "wb") as file:
                file.write(block)
        for listener in listeners:
            listener.glance()
        now += 3.0
    for listener in listeners:
        listener.stop()
    assert [round(frame.session_time_s, 2) for frame in frames][-1] == 160.04
    assert len(frames) >= 3
    assert frames[-1].cars.name[0] == "Zoë Driver 0"
    assert not source.health.refused
