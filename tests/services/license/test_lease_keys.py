from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.settings import MissingSettings
from desktop_client.lease_keys import trusted
from services.license.lease import LeaseKey, keys_in
from services.license.lease_keys import lines

SEEDS = [base64.b64encode(bytes([number]) * 32).decode() for number in range(4)]


def test_what_is_printed_is_what_a_client_is_shipped_with(tmp_path: Path) -> None:
    environment = {
        "LEASE_SIGNING_KEY": SEEDS[0],
        "LEASE_NEXT_KEY": SEEDS[1],
        "LEASE_PREVIOUS_KEYS": f"{SEEDS[2]}, {SEEDS[3]}",
    }
    file = tmp_path / "lease_keys.txt"
    file.write_text("\n".join(lines(environment)))
    assert list(trusted({}, file)) == [LeaseKey(seed).id for seed in SEEDS]
    assert not any(seed in file.read_text() for seed in SEEDS)


def test_the_command_prints_no_secret_and_needs_no_service() -> None:
    command = [sys.executable, "-m", "services.license.lease_keys"]
    printed = subprocess.run(command, env={"LEASE_SIGNING_KEY": SEEDS[0]}, capture_output=True, text=True, check=True)
    assert printed.stdout == f"{LeaseKey(SEEDS[0]).public}  # {LeaseKey(SEEDS[0]).id}, current\n"
    missing = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "LEASE_SIGNING_KEY is not set" in missing.stderr


@pytest.mark.parametrize("wrong", ["AAAA", "nonsense", SEEDS[0] + "x"])
def test_a_key_of_the_wrong_form_is_named(wrong: str) -> None:
    with pytest.raises(MissingSettings, match="LEASE_PREVIOUS_KEYS is wrong") as refusal:
        keys_in(f"{SEEDS[0]},{wrong}", "LEASE_PREVIOUS_KEYS")
    assert wrong not in str(refusal.value)
