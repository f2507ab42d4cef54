from __future__ import annotations

import base64
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.hardware import Resemblance, resemblance
from contracts.license import proof_statement
from desktop_client.device import ThisDevice, load_device
from desktop_client.vault import FileVault

MINE, YOURS = UUID(int=1), UUID(int=2)
PARTS = (("machine", "an id that nobody should see"), ("disk", "DISK-1"), ("network", "aa:00:00:00:00:01"))


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ThisDevice:
    monkeypatch.setattr("desktop_client.device._parts", lambda: PARTS)
    return load_device(FileVault(tmp_path))


def test_what_is_told_of_the_parts_is_neither_they_nor_the_same_to_two_accounts(device: ThisDevice) -> None:
    mine, yours = device.described_to(MINE), device.described_to(YOURS)
    assert mine == device.described_to(MINE)
    assert not set(mine.components) & set(yours.components)
    assert [component.partition(":")[0] for component in mine.components] == ["v2.machine", "v2.disk", "v2.network"]
    assert not any(value in str(mine) for _, value in PARTS)
    assert resemblance(mine.components, device.components_for(MINE)) is Resemblance.SAME


def test_it_proves_its_key_for_one_account_and_one_token(device: ThisDevice) -> None:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(device.public_key))
    proof = base64.b64decode(device.proof(MINE, "token"))
    key.verify(proof, proof_statement(device.id, MINE, "token"))
    for statement in (proof_statement(device.id, YOURS, "token"), proof_statement(device.id, MINE, "another")):
        with pytest.raises(InvalidSignature):
            key.verify(proof, statement)


def test_the_key_is_not_in_what_it_shows_of_itself(device: ThisDevice, tmp_path: Path) -> None:
    kept = FileVault(tmp_path).read("device_key") or ""
    assert kept
    assert kept not in repr(device)
