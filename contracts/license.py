"""Plans, licences and devices: the bodies under /license, and the events that license publishes."""

from __future__ import annotations

import enum
import hashlib
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
PROOF_DOMAIN = b"raceoverlay.activate.v1"
SignatureText = Annotated[str, msgspec.Meta(min_length=86, max_length=88, pattern=r"^[A-Za-z0-9+/_-]{86}(==)?(?!\n)$")]
KeyId = Annotated[str, msgspec.Meta(min_length=16, max_length=16, pattern=r"^[0-9a-f]{16}(?!\n)$")]
KeyIds = Annotated[tuple[KeyId, ...], msgspec.Meta(max_length=8)]
ComponentHash = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9+/=:._-]+(?!\n)$")]


class Interval(enum.StrEnum):
    MONTH = "month"
    YEAR = "year"


class Price(msgspec.Struct, frozen=True):
    """`amount` is in the currency's smallest unit, before tax; `trial_days` come before the first payment."""

    interval: Interval
    amount: int
    currency: str
    trial_days: int = 0


class Plan(msgspec.Struct, frozen=True):
    """A plan is a row, not code. `offline_days` is how long a lease lets a device work without a network.

    A plan without prices cannot be bought. `at_expiry` is the plan that holds when this one has ended; None: nothing.
    """

    id: str
    name: str
    max_devices: int
    offline_days: int
    entitlements: tuple[str, ...]
    channels: tuple[str, ...]
    prices: tuple[Price, ...] = ()
    at_expiry: str | None = None
    summary: str = ""


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The device that asks to be activated. `public_key` is its Ed25519 key in base64 (32 bytes);
    `components` are hashes of hardware parts, never the parts themselves.

    A component is `kind:hash`, where the hash is salted with the account, so that nobody can see that two accounts
    use one computer. Only components of a kind that both sides name are compared.
    """

    id: DeviceId
    name: DeviceName
    platform: PlatformName
    public_key: PublicKeyText
    components: Annotated[tuple[ComponentHash, ...], msgspec.Meta(max_length=16)] = ()


class Activate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`proof` is the device's signature of `proof_statement`, in base64. A device that has proved its key once must go
    on doing so. `accepts` are the ids of the keys that this client can check a lease with; none named: any."""

    device: Device
    proof: SignatureText | None = None
    accepts: KeyIds = ()


class RenameDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: DeviceName


class DeviceReference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of deactivate."""

    device_id: DeviceId


class RenewLease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`proof` and `accepts` are as in `Activate`."""

    device_id: DeviceId
    proof: SignatureText | None = None
    accepts: KeyIds = ()


def proof_statement(device_id: str, user_id: UUID, access_token: str) -> bytes:
    """What a device signs with its key to prove that it has it.

    It names the access token that it is sent with: nobody can use it with another, and it is worth nothing when that
    is over. So no clock is asked, and a computer whose clock is wrong is activated like any other.
    """
    token = hashlib.sha256(access_token.encode()).hexdigest()
    return b"\0".join((PROOF_DOMAIN, device_id.encode(), str(user_id).encode(), token.encode()))


class Lease(msgspec.Struct, frozen=True):
    """A signed promise that lets the device work offline until `expires_at`.

    `token` is `base64url(payload) "." base64url(signature)`: Ed25519 over the domain `raceoverlay.lease.v1`, a zero
    byte, and the payload, which is the JSON of `LeasePayload`.
    """

    token: str
    key_id: str
    expires_at: datetime


class LeasePayload(msgspec.Struct, frozen=True):
    """What a lease says. It is bound to the device by the device's own public key.

    `entitlements` are what may be used until `expires_at`, and `code` is why (see `LicenseStatus`); `plan` is the plan
    that the account has. From `renew_after` on the client asks for another. A session that was running when the lease
    ended may be driven to its end, until `grace_until`. `components` are the device's: a copied disk is no copy of it.
    """

    license_id: UUID
    user_id: UUID
    device_id: str
    device_key: str
    plan: str
    entitlements: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    code: str = "valid"
    renew_after: datetime | None = None
    grace_until: datetime | None = None
    components: tuple[str, ...] = ()


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
    """`transfers_left` is how many devices may still be removed for others now; at `next_transfer_at` there is one
    more (None: none is missing)."""

    devices: tuple[ActivatedDevice, ...]
    max_devices: int
    transfers_left: int | None = None
    next_transfer_at: datetime | None = None


class PlanList(msgspec.Struct, frozen=True):
    plans: tuple[Plan, ...]


class LicenseStatus(msgspec.Struct, frozen=True):
    """The answer to "may I?": always 200; a "no" is `valid: false` with a stable `code`.

    `plan` is the plan that the account has, also while it is suspended; `entitlements` are what may be used now.
    Codes, from the ladder in services/license/domain/standing.py: `valid`, `grace_past_due` (valid: a payment failed
    and is tried again until `grace_until`), `suspended_unpaid`, `suspended_paused`, `refunded`, `disputed`, `revoked`,
    `expired`, `no_license` (the account's plan has not opened yet), `device_not_activated`. `ends_at`: the plan was
    cancelled, or given for a time; it holds until then.
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
    ends_at: datetime | None = None


class Checkout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plan: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+(?!\n)$")]
    interval: Interval = Interval.MONTH


class Redirect(msgspec.Struct, frozen=True):
    """Where the browser goes next, at Stripe."""

    url: str


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an administrator gives without a payment, until a day or for good. The reason is kept."""

    plan: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+(?!\n)$")]
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
    until: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Revoke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]


class AdminAct(msgspec.Struct, frozen=True):
    """What an administrator did to a licence: `act` is grant or revoke. `by` is None for an operator's shell."""

    at: datetime
    act: str
    plan: str | None = None
    until: datetime | None = None
    reason: str | None = None
    by: UUID | None = None


class SubscriptionState(msgspec.Struct, frozen=True):
    """A subscription as it was looked at last; `id` and `customer` are Stripe's, `status` is Stripe's word."""

    id: str
    customer: str
    plan: str
    status: str
    interval: str | None = None
    started_at: datetime | None = None
    renews_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    first_failed_at: datetime | None = None
    is_refunded: bool = False
    is_disputed: bool = False


class AccountLicense(msgspec.Struct, frozen=True):
    """What administrators see: how an account stands, and why. The newest act and subscription come first."""

    user_id: UUID
    status: LicenseStatus
    subscriptions: tuple[SubscriptionState, ...] = ()
    acts: tuple[AdminAct, ...] = ()


class PaymentSucceeded(Event, frozen=True, kw_only=True, tag="payment.succeeded"):
    """Stripe took a payment for a period. `amount` is in the currency's smallest unit."""

    user_id: UUID
    invoice_id: str
    plan: str
    amount: int
    currency: str
    period_start: datetime
    period_end: datetime


class PaymentFailed(Event, frozen=True, kw_only=True, tag="payment.failed"):
    """A payment did not go through. Nothing is taken away before `grace_until`; None: there is no grace."""

    user_id: UUID
    invoice_id: str
    plan: str
    amount: int
    currency: str
    attempt: int
    next_attempt_at: datetime | None = None
    grace_until: datetime | None = None


class PaymentRefunded(Event, frozen=True, kw_only=True, tag="payment.refunded"):
    """Money went back. `is_full`: all of the payment did, and the plan that it paid for is suspended."""

    user_id: UUID
    charge_id: str
    amount: int
    currency: str
    is_full: bool


class LicenseChanged(Event, frozen=True, kw_only=True, tag="license.changed"):
    """Plan, status or devices of a licence changed; `reason` is the code of why."""

    user_id: UUID
    license_id: UUID
    plan: str
    entitlements: tuple[str, ...]
    reason: str
    code: str = "valid"


EVENTS = (PaymentSucceeded, PaymentFailed, PaymentRefunded, LicenseChanged)
