from __future__ import annotations

from pathlib import Path

import pytest
from signed_leases import LeaseMaker

from desktop_client.lease_keys import PINNED, VARIABLE, trusted


def test_a_build_that_pins_keys_believes_no_other(tmp_path: Path) -> None:
    current, following, other = LeaseMaker(), LeaseMaker(), LeaseMaker()
    file = tmp_path / "keys.txt"
    file.write_text(f"# a word\n{current.public}  # current\n\n{following.public}\n")
    assert list(trusted({VARIABLE: other.public}, file)) == [current.key_id, following.key_id]


def test_a_build_that_pins_none_takes_those_of_its_environment() -> None:
    one, other = LeaseMaker(), LeaseMaker()
    assert PINNED.exists()
    assert list(trusted({VARIABLE: f"{one.public}, {other.public}"})) == [one.key_id, other.key_id]
    assert trusted({}) == {}


@pytest.mark.parametrize("wrong", ["nonsense", "AAAA", "=", "-" * 44, "é"])
def test_what_is_no_key_is_left_out_and_the_others_count(wrong: str) -> None:
    good = LeaseMaker()
    assert list(trusted({VARIABLE: f"{wrong},{good.public}"})) == [good.key_id]


def test_a_file_that_cannot_be_read_pins_nothing(tmp_path: Path) -> None:
    assert trusted({}, tmp_path / "none.txt") == {}
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe")
    assert trusted({}, tmp_path / "binary.txt") == {}
