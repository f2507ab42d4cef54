"""Plans, licences and devices: the bodies under /license, and the events that license publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.event import Event

DeviceId = Annotated[str, msgspec.Meta(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9._:-]+(?!\n)$")]
DeviceName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
PlatformName = Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+(?!\n)$")]
PublicKeyText = Annotated[str, msgspec.Meta(min_length=43, max_length=44, pattern=r"^[A-Za-z0-9+/_-]{43}=?(?!\n)$")]
LEASE_DOMAIN = b"raceoverlay.lease.v1"
ComponentHash = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9+/=:._-]+(?!\n)$")]


class Plan(msgspec.Struct, frozen=True):
    """A plan is a row, not code. `offline_days` is how long a lease lets a device work without a network."""

    id: str
    name: str
    max_devices: int
    offline_days: int
    entitlements: tuple[str, ...]
    channels: tuple[str, ...]


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The device that asks to be activated. `public_key` is its Ed25519 key in base64 (32 bytes);
    `components` are hashes of hardware parts, never the parts themselves."""

    id: DeviceId
    name: DeviceName
    platform: PlatformName
    public_key: PublicKeyText
    components: Annotated[tuple[ComponentHash, ...], msgspec.Meta(max_length=16)] = ()


class Activate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    device: Device


class DeviceReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of deactivate and lease."""

    device_id: DeviceId


class Lease(msgspec.Struct, frozen=True):
    """A signed promise that lets the device work offline until `expires_at`.

    `token` is `base64url(payload) "." base64url(signature)`: Ed25519 over the domain `raceoverlay.lease.v1`, a zero
    byte, and the payload, which is the JSON of `LeasePayload`.
    """

    token: str
    key_id: str
    expires_at: datetime


class LeasePayload(msgspec.Struct, frozen=True):
    """What a lease says. It is bound to the device by the device's own public key."""

    license_id: UUID
    user_id: UUID
    device_id: str
    device_key: str
    plan: str
    entitlements: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


class ActivatedDevice(msgspec.Struct, frozen=True):
    id: str
    name: str
    platform: str
    activated_at: datetime
    last_seen_at: datetime


class Activation(msgspec.Struct, frozen=True):
    device: ActivatedDevice
    plan: str
    active_devices: int
    max_devices: int
    lease: Lease


class DeviceList(msgspec.Struct, frozen=True):
    devices: tuple[ActivatedDevice, ...]
    max_devices: int


class PlanList(msgspec.Struct, frozen=True):
    plans: tuple[Plan, ...]


class LicenseStatus(msgspec.Struct, frozen=True):
    """The answer to "may I?": always 200; a "no" is `valid: false` with a stable `code`.

    Codes: `valid`, `no_license` (the account's plan has not opened yet), `device_not_activated`.
    """

    valid: bool
    code: str
    plan: str | None
    entitlements: tuple[str, ...]
    max_devices: int
    active_devices: int
    subscription_status: str | None = None
    renews_at: datetime | None = None
    grace_until: datetime | None = None


class LicenseChanged(Event, frozen=True, kw_only=True, tag="license.changed"):
    """Plan, status or devices of a licence changed; `reason` is the code of why."""

    user_id: UUID
    license_id: UUID
    plan: str
    entitlements: tuple[str, ...]
    reason: str


EVENTS = (LicenseChanged,)
