"""What may be promised to a device, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.license import LeasePayload
from services.license.domain.devices import ActiveDevice
from services.license.domain.licenses import License

SHORTEST = timedelta(hours=1)
GRACE = timedelta(hours=24)
"""How long a session that is running when the lease ends may go on: the longest race there is."""


def lease_for(license: License, device: ActiveDevice, now: datetime) -> LeasePayload:
    """A lease promises what may be used now, for the plan's offline days; no longer than until time alone may change
    that, such as the end of a plan that was cancelled."""
    standing = license.standing
    expires_at = now + timedelta(days=license.plan.offline_days)
    if standing.reconsider_at is not None:
        expires_at = max(now + SHORTEST, min(expires_at, standing.reconsider_at))
    return LeasePayload(
        license_id=license.id,
        user_id=license.user_id,
        device_id=device.id,
        device_key=device.public_key,
        plan=license.plan.id,
        entitlements=standing.entitlements,
        issued_at=now,
        expires_at=expires_at,
        code=standing.code,
        renew_after=now + (expires_at - now) / 3,
        grace_until=expires_at + GRACE,
        components=device.components,
    )
