"""What is a kept lease worth, here and now? A ladder: the first rung that does not hold answers. Pure."""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contracts.hardware import Resemblance, resemblance
from contracts.license import LEASE_DOMAIN, Lease, LeasePayload

LEEWAY: Final = timedelta(minutes=5)
"""So far a clock may go back: that much computers correct themselves."""

Keys = Mapping[str, Ed25519PublicKey]
"""The keys that a lease may be signed with, by their ids."""


class Rung(enum.StrEnum):
    """Why a lease is worth nothing, or that it is worth something; the order is that of the ladder."""

    MISSING = "lease_missing"
    KEY_UNKNOWN = "lease_key_unknown"
    ALTERED = "lease_altered"
    OTHER_DEVICE = "lease_of_another_device"
    OTHER_ACCOUNT = "lease_of_another_account"
    CLOCK_SET_BACK = "clock_set_back"
    EXPIRED = "lease_expired"
    IN_GRACE = "lease_in_grace"
    VALID = "valid"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who asks, where and when. `newest` is the latest time that this computer has been seen to live in.

    `driving_since` is when the session began that is driven now. `device_key` is None where the device has none.
    """

    device_key: str | None
    components: tuple[str, ...]
    user_id: UUID
    now: datetime
    newest: datetime | None = None
    driving_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """`payload` is there from the rung on where the signature held; `behind` is how far the clock was set back."""

    rung: Rung
    payload: LeasePayload | None = None
    behind: timedelta = timedelta()

    @property
    def holds(self) -> bool:
        return self.rung in (Rung.VALID, Rung.IN_GRACE)


class Untrue(Exception):
    """The lease does not say what was signed."""


def judge(lease: Lease | None, keys: Keys, here: Circumstances) -> Judgement:
    if lease is None:
        return Judgement(Rung.MISSING)
    if lease.key_id not in keys:
        return Judgement(Rung.KEY_UNKNOWN)
    try:
        payload = signed(lease, keys)
    except Untrue:
        return Judgement(Rung.ALTERED)
    if payload.device_key != here.device_key:
        return Judgement(Rung.OTHER_DEVICE, payload)
    if resemblance(payload.components, here.components) is Resemblance.OTHER:
        return Judgement(Rung.OTHER_DEVICE, payload)
    if payload.user_id != here.user_id:
        return Judgement(Rung.OTHER_ACCOUNT, payload)
    latest = max(payload.issued_at, here.newest or payload.issued_at)
    if here.now < latest - LEEWAY:
        return Judgement(Rung.CLOCK_SET_BACK, payload, latest - here.now)
    if here.now < payload.expires_at:
        return Judgement(Rung.VALID, payload)
    began_before = here.driving_since is not None and here.driving_since < payload.expires_at
    if began_before and payload.grace_until is not None and here.now < payload.grace_until:
        return Judgement(Rung.IN_GRACE, payload)
    return Judgement(Rung.EXPIRED, payload)


def signed(lease: Lease, keys: Keys) -> LeasePayload:
    """What was signed.

    Raises:
        Untrue: by none of `keys`, or not this.
    """
    key = keys.get(lease.key_id)
    if key is None:
        raise Untrue
    body, _, signature = lease.token.partition(".")
    said = _bytes(body)
    try:
        key.verify(_bytes(signature), LEASE_DOMAIN + b"\0" + said)
        payload = msgspec.json.decode(said, type=LeasePayload)
    except (InvalidSignature, msgspec.DecodeError):
        raise Untrue from None
    if payload.expires_at != lease.expires_at:
        raise Untrue
    return payload


def _bytes(text: str) -> bytes:
    """Only the one spelling that the signer uses: base64 has others, and a changed letter should be a changed lease."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Untrue from None
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise Untrue
    return raw
