"""May this account, on this device? A ladder of reasons: the first rung that does not hold answers."""

from __future__ import annotations

from contracts.license import LicenseStatus
from services.license.domain.licenses import License


def judge(license: License | None, device_id: str | None) -> LicenseStatus:
    """The answer to an account, for a device where one is named."""
    if license is None:
        return LicenseStatus(
            valid=False, code="no_license", plan=None, entitlements=(), max_devices=0, active_devices=0
        )
    if device_id is not None and license.device(device_id) is None:
        return _status(license, valid=False, code="device_not_activated")
    return _status(license, valid=True, code="valid")


def _status(license: License, *, valid: bool, code: str) -> LicenseStatus:
    return LicenseStatus(
        valid=valid,
        code=code,
        plan=license.plan.id,
        entitlements=license.plan.entitlements if valid else (),
        max_devices=license.max_devices,
        active_devices=len(license.devices),
    )
