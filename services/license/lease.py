"""Signing offline leases: Ed25519, over a domain of its own, so that no signature of ours can pass for another kind."""

from __future__ import annotations

import base64
import binascii
import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.settings import MissingSettings
from contracts.license import LEASE_DOMAIN, Lease, LeasePayload


class LeaseSigner:
    def __init__(self, seed: str) -> None:
        """`seed` is 32 bytes in base64.

        Raises:
            MissingSettings: it is not.
        """
        try:
            raw = base64.b64decode(seed, validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) != 32:
            raise MissingSettings("LEASE_SIGNING_KEY is wrong: it must be base64 of exactly 32 bytes.")
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = hashlib.sha256(public).hexdigest()[:16]

    def sign(self, payload: LeasePayload) -> Lease:
        body = msgspec.json.encode(payload)
        signature = self._key.sign(LEASE_DOMAIN + b"\0" + body)
        return Lease(token=f"{_text(body)}.{_text(signature)}", key_id=self.key_id, expires_at=payload.expires_at)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
