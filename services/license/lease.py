"""Signing offline leases: Ed25519, over a domain of its own, so that no signature of ours can pass for another kind.

Keys are changed without anybody noticing: a client says which keys it can check, and gets a lease by the current one
or, while it knows only that, by one of before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.settings import MissingSettings
from contracts.license import LEASE_DOMAIN, Lease, LeasePayload


class LeaseKey:
    """One key: `id` names it in leases, `public` is what clients are shipped with, in base64."""

    def __init__(self, seed: str, variable: str = "LEASE_SIGNING_KEY") -> None:
        """`seed` is 32 bytes in base64, and `variable` where it comes from.

        Raises:
            MissingSettings: it is not.
        """
        try:
            raw = base64.b64decode(seed, validate=True)
        except binascii.Error:
            raw = b""
        if len(raw) != 32:
            raise MissingSettings(f"{variable} is wrong: it must be base64 of exactly 32 bytes.")
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(public).hexdigest()[:16]
        self.public = base64.b64encode(public).decode()

    def sign(self, payload: LeasePayload) -> Lease:
        body = msgspec.json.encode(payload)
        signature = self._key.sign(LEASE_DOMAIN + b"\0" + body)
        return Lease(token=f"{_text(body)}.{_text(signature)}", key_id=self.id, expires_at=payload.expires_at)


class LeaseSigner:
    def __init__(self, current: LeaseKey, previous: tuple[LeaseKey, ...] = ()) -> None:
        self._current, self._previous = current, previous

    def sign(self, payload: LeasePayload, accepts: Collection[str] = ()) -> Lease:
        """`accepts` are the ids of the keys that the client can check; none named: any."""
        if accepts and self._current.id not in accepts:
            for key in self._previous:
                if key.id in accepts:
                    return key.sign(payload)
        return self._current.sign(payload)


def keys_in(seeds: str, variable: str) -> tuple[LeaseKey, ...]:
    """Several seeds between commas. Raises MissingSettings."""
    return tuple(LeaseKey(seed.strip(), variable) for seed in seeds.split(",") if seed.strip())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
