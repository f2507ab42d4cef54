from __future__ import annotations

from pathlib import Path

import pytest

from desktop_client.given_laps import FILE_NAME, MOST_KEPT, GivenLaps

ME, MAP = "driver", ("gt7", "layout")


def test_laps_are_counted_for_each_driver_and_map_and_also_after_the_next_start(tmp_path: Path) -> None:
    given = GivenLaps(tmp_path)
    given.load()
    for _ in range(3):
        given.add(ME, *MAP)
    given.add("another", *MAP)
    assert not given.is_saved
    given.save()
    again = GivenLaps(tmp_path)
    again.load()
    assert (again.count(ME, *MAP), again.count("another", *MAP), again.count(ME, "f1", "layout")) == (3, 1, 0)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"a": "b"}', b"\xff"])
def test_a_damaged_file_is_not_believed(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    given = GivenLaps(tmp_path)
    given.load()
    assert given.count(ME, *MAP) == 0


def test_a_file_that_cannot_be_written_costs_nothing_but_the_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    given = GivenLaps(tmp_path / "file")
    given.add(ME, *MAP)
    given.save()
    assert given.count(ME, *MAP) == 1


def test_what_was_given_to_longest_ago_is_forgotten_first(tmp_path: Path) -> None:
    given = GivenLaps(tmp_path)
    given.add(ME, "f1", "first")
    given.add(ME, "f1", "second")
    given.add(ME, "f1", "first")
    for number in range(MOST_KEPT - 1):
        given.add(ME, "f1", str(number))
    assert (given.count(ME, "f1", "first"), given.count(ME, "f1", "second")) == (2, 0)
