"""What a licence is, and who gets a seat on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contracts.license import Device, LeasePayload, Plan
from contracts.problem import Problem
from services.license.domain.standing import Standing


class DeviceLimitReached(Problem):
    """All device seats of this plan are taken; remove a device first."""

    status = 409


class DeviceUnknown(Problem):
    """That device is not activated on this account."""

    status = 404


class DeviceKeyMismatch(Problem):
    """A device of that id is activated with another key; remove it first."""

    status = 409


class NoLicense(Problem):
    """The licence of this account is not open yet; try again in a moment."""

    status = 503


@dataclass(frozen=True)
class ActiveDevice:
    id: str
    name: str
    platform: str
    public_key: str
    activated_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class License:
    id: UUID
    user_id: UUID
    standing: Standing
    devices: tuple[ActiveDevice, ...]

    @property
    def plan(self) -> Plan:
        """What the account has, also while it is suspended; what may be used now is standing.entitlements."""
        return self.standing.plan

    @property
    def max_devices(self) -> int:
        return self.plan.max_devices

    def device(self, device_id: str) -> ActiveDevice | None:
        return next((device for device in self.devices if device.id == device_id), None)

    def activate(self, wanted: Device, now: datetime) -> tuple[License, ActiveDevice, bool]:
        """Give `wanted` a seat: the licence afterwards, the device, and whether the seat is a new one.

        A device that already has a seat keeps it, also when all seats are taken.

        Raises:
            DeviceKeyMismatch, DeviceLimitReached.
        """
        known = self.device(wanted.id)
        if known is not None and known.public_key != wanted.public_key:
            raise DeviceKeyMismatch
        if known is None and len(self.devices) >= self.max_devices:
            raise DeviceLimitReached(f"{len(self.devices)} of {self.max_devices} devices are activated.")
        device = ActiveDevice(
            id=wanted.id,
            name=wanted.name,
            platform=wanted.platform,
            public_key=wanted.public_key,
            activated_at=known.activated_at if known else now,
            last_seen_at=now,
        )
        others = tuple(other for other in self.devices if other.id != wanted.id)
        return replace(self, devices=(*others, device)), device, known is None

    def lease_for(self, device: ActiveDevice, now: datetime) -> LeasePayload:
        """What may be promised to that device until the plan's offline days are over."""
        return LeasePayload(
            license_id=self.id,
            user_id=self.user_id,
            device_id=device.id,
            device_key=device.public_key,
            plan=self.plan.id,
            entitlements=self.standing.entitlements,
            issued_at=now,
            expires_at=now + timedelta(days=self.plan.offline_days),
        )
