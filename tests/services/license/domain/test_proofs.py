from __future__ import annotations

import base64
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.license import proof_statement
from services.license.domain.devices import DeviceUnproven
from services.license.domain.proofs import is_proven

KEY = Ed25519PrivateKey.generate()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
USER, DEVICE, TOKEN = UUID(int=7), "device-001", "header.claims.signature"


def signed(statement: bytes, key: Ed25519PrivateKey = KEY) -> str:
    return base64.b64encode(key.sign(statement)).decode()


PROOF = signed(proof_statement(DEVICE, USER, TOKEN))


def test_the_device_s_own_signature_is_a_proof_in_either_alphabet() -> None:
    assert is_proven(DEVICE, PUBLIC, USER, TOKEN, PROOF)
    url_safe = PROOF.replace("+", "-").replace("/", "_").rstrip("=")
    assert is_proven(DEVICE, PUBLIC.rstrip("=").replace("+", "-").replace("/", "_"), USER, TOKEN, url_safe)


def test_nothing_said_is_no_proof_and_no_refusal() -> None:
    assert not is_proven(DEVICE, PUBLIC, USER, TOKEN, None)


@pytest.mark.parametrize(
    ("device", "user", "token"),
    [("device-002", USER, TOKEN), (DEVICE, UUID(int=8), TOKEN), (DEVICE, USER, "header.claims.another")],
)
def test_a_proof_for_something_else_is_refused(device: str, user: UUID, token: str) -> None:
    with pytest.raises(DeviceUnproven):
        is_proven(device, PUBLIC, user, token, PROOF)


@pytest.mark.parametrize(
    "proof",
    [
        signed(proof_statement(DEVICE, USER, TOKEN), Ed25519PrivateKey.generate()),
        signed(b"raceoverlay.lease.v1\0" + proof_statement(DEVICE, USER, TOKEN)),
        "A" * 86,
        PROOF[:-4],
        "_" * 87,
        "",
    ],
    ids=["of another key", "of another kind", "made up", "cut", "too long", "empty"],  # keys are new in each process
)
def test_what_is_no_signature_of_the_statement_is_refused(proof: str) -> None:
    with pytest.raises(DeviceUnproven):
        is_proven(DEVICE, PUBLIC, USER, TOKEN, proof)


def test_a_key_that_is_none_proves_nothing() -> None:
    for key in ("A" * 43, "_" * 43, "short"):
        with pytest.raises(DeviceUnproven):
            is_proven(DEVICE, key, USER, TOKEN, PROOF)
