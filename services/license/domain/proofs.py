"""Does the device hold the key that it names? It signs whose it is and the access token that it comes with."""

from __future__ import annotations

import base64
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.license import proof_statement
from services.license.domain.devices import DeviceUnproven


def is_proven(device_id: str, public_key: str, user_id: UUID, access_token: str, proof: str | None) -> bool:
    """False where nothing is said, as clients of before proofs do.

    Raises:
        DeviceUnproven: what is said is no proof.
    """
    if proof is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(public_key))
        key.verify(_bytes(proof), proof_statement(device_id, user_id, access_token))
    except (InvalidSignature, ValueError):
        raise DeviceUnproven from None
    return True


def _bytes(text: str) -> bytes:
    """Out of base64 of either alphabet, with or without its end."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
