"""The pages of Assetto Corsa and its successor: their layout, and how whole ones are taken out of memory."""

import numpy as np
import pytest
import small_field

from desktop_client.demo.wire.ac import AcEncoder
from desktop_client.telemetry.games.kunos_fields import (
    AC_GRAPHICS,
    AC_PHYSICS,
    AC_STATIC,
    ACC_GRAPHICS,
    ACC_PHYSICS,
    ACC_STATIC,
)
from desktop_client.telemetry.games.kunos_wire import (
    GRAPHICS_PAGE,
    STATIC_PAGE,
    ConstantReader,
    StepReader,
    is_of_competizione,
    text,
    write_text,
)
from desktop_client.telemetry.games.packing import offset_in


def test_pages_have_the_sizes_that_the_games_publish():
    assert (AC_PHYSICS.itemsize, AC_GRAPHICS.itemsize, AC_STATIC.itemsize) == (580, 296, 684)
    assert (ACC_PHYSICS.itemsize, ACC_GRAPHICS.itemsize, ACC_STATIC.itemsize) == (800, 1588, 820)


@pytest.mark.parametrize(
    ("layout", "offsets"),
    [
        (ACC_PHYSICS, {"gear": 16, "heading": 208, "brake_c": 348, "clutch": 364, "tyre_c": 696, "g_vibration": 792}),
        (ACC_PHYSICS, {"driven_by_ai": 416, "local_velocity": 568, "current_max_rpm": 588, "brake_pressure": 716}),
        (ACC_GRAPHICS, {"completed_laps": 132, "compound": 176, "replay_speed": 244, "coordinates": 256}),
        (ACC_GRAPHICS, {"player_id": 1216, "lap_is_valid": 1408, "gap_behind_ms": 1584}),
        (ACC_STATIC, {"car": 68, "sector_count": 400, "max_rpm": 412, "ers_max_j": 592, "wet_tyres": 754}),
        (AC_GRAPHICS, {"compound": 176, "lap_share": 248, "coordinates": 252}),
    ],
)
def test_fields_stand_where_the_games_put_them(layout: np.dtype, offsets: dict[str, int]):
    assert {name: offset_in(layout, name) for name in offsets} == offsets


def test_texts_have_two_bytes_a_character_on_every_platform():
    page = np.zeros((), AC_STATIC)
    write_text(page["track"], "Nürburgring 王")
    assert page["track"].tobytes()[:4] == b"N\0\xfc\0"[:2] + b"\xfc\0"
    assert text(page["track"]) == "Nürburgring 王"
    write_text(page["track"], "x" * 100)
    assert text(page["track"]) == "x" * 32


def test_a_text_cut_within_a_character_loses_only_that_one():
    characters = np.frombuffer("ab🏁".encode("utf-16-le")[:-2], "<u2")
    assert text(characters) == "ab"


def test_a_page_is_taken_when_its_step_has_changed():
    encoder, reader = AcEncoder(), StepReader(AC_GRAPHICS.itemsize)
    page = memoryview(encoder.blocks(small_field.frame())[GRAPHICS_PAGE])
    assert len(list(reader.read(page))) == 1
    assert list(reader.read(page)) == []
    assert len(list(reader.read(memoryview(encoder.blocks(small_field.frame())[GRAPHICS_PAGE])))) == 1


def test_a_page_that_changes_while_it_is_copied_is_not_taken():
    class Written(bytearray):
        """Memory whose step goes up whenever it is looked at."""

        def __getitem__(self, at):
            self[0:4] = (int.from_bytes(bytes(self)[:4], "little") + 1).to_bytes(4, "little")
            return bytes(self)[at]

    assert list(StepReader(8).read(Written(8))) == []


def test_a_page_without_steps_is_taken_when_it_has_changed():
    reader = ConstantReader(AC_STATIC.itemsize)
    assert list(reader.read(memoryview(bytes(AC_STATIC.itemsize)))) == []
    page = memoryview(AcEncoder().blocks(small_field.frame())[STATIC_PAGE])
    assert len(list(reader.read(page))) == 1
    assert list(reader.read(page)) == []


def test_a_block_that_is_too_short_gives_nothing():
    for reader in (StepReader(100), ConstantReader(100)):
        assert list(reader.read(memoryview(b"\1" * 99))) == []


def test_the_two_games_are_told_apart_by_their_graphics_page():
    older, newer = np.zeros((), AC_GRAPHICS), np.zeros((), ACC_GRAPHICS)
    assert is_of_competizione(older.tobytes()) is is_of_competizione(newer.tobytes()) is None
    older["coordinates"], newer["car_count"] = (0.5, 1, 2), 1
    assert (is_of_competizione(older.tobytes()), is_of_competizione(newer.tobytes())) == (False, True)
    older["coordinates"], newer["car_count"] = (-731.25, 1, 2), 60
    assert (is_of_competizione(older.tobytes()), is_of_competizione(newer.tobytes())) == (False, True)
