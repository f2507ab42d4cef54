"""Leases as a cloud signs them, with a key of the test's own."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.license import LEASE_DOMAIN, Lease, LeasePayload


class LeaseMaker:
    def __init__(self, key: Ed25519PrivateKey | None = None) -> None:
        self._key = key or Ed25519PrivateKey.generate()
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = hashlib.sha256(public).hexdigest()[:16]
        self.public = base64.b64encode(public).decode()

    @property
    def keys(self) -> dict[str, Ed25519PublicKey]:
        """What a client that trusts this cloud knows."""
        return {self.key_id: self._key.public_key()}

    def lease(
        self,
        user_id: UUID,
        device_key: str,
        issued_at: datetime,
        *,
        days: float = 7,
        plan: str = "pro",
        entitlements: tuple[str, ...] = ("widgets", "history"),
        code: str = "valid",
        components: tuple[str, ...] = (),
    ) -> Lease:
        expires_at = issued_at + timedelta(days=days)
        payload = LeasePayload(
            license_id=UUID(int=3),
            user_id=user_id,
            device_id="device-of-the-test",
            device_key=device_key,
            plan=plan,
            entitlements=entitlements,
            issued_at=issued_at,
            expires_at=expires_at,
            code=code,
            renew_after=issued_at + timedelta(days=days) / 3,
            grace_until=expires_at + timedelta(days=1),
            components=components,
        )
        return self.signed(msgspec.json.encode(payload), expires_at)

    def signed(self, body: bytes, expires_at: datetime) -> Lease:
        """A lease whose payload is `body`, whatever that is."""
        signature = self._key.sign(LEASE_DOMAIN + b"\0" + body)
        return Lease(f"{_text(body)}.{_text(signature)}", self.key_id, expires_at)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
