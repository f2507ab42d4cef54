"""Licences with devices on them, for the rules about seats."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from contracts.license import Device, Plan
from services.license.domain.devices import ActiveDevice
from services.license.domain.licenses import License
from services.license.domain.standing import Code, Standing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
USER = UUID(int=7)
PARTS = ("machine", "product", "model", "disk", "network")


def wanted(number: int, **changed: str) -> Device:
    """Device `number` as it asks for a seat; `changed` are parts that it has instead of its first ones."""
    parts = {**dict.fromkeys(PARTS, str(number)), **changed}
    components = tuple(f"v2.{kind}:{value}" for kind, value in parts.items())
    return Device(f"device-{number:03}", f"Rig {number}", "linux", f"{number:043}", components)


def a_device(number: int) -> ActiveDevice:
    """The same device on its seat, since NOW."""
    told = wanted(number)
    return ActiveDevice(told.id, told.name, told.platform, told.public_key, told.components, NOW, NOW)


def a_license(*devices: ActiveDevice, seats: int = 2, **standing: object) -> License:
    plan = Plan("pro", "Pro", seats, 7, ("widgets", "history"), ("stable",), at_expiry="free")
    stands = {"is_valid": True, "code": Code.VALID, "entitlements": plan.entitlements, **standing}
    return License(UUID(int=3), USER, Standing(plan, **stands), devices)  # type: ignore[arg-type]
