"""What a licence is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contracts.license import Plan
from contracts.problem import Problem
from services.license.domain.devices import ActiveDevice
from services.license.domain.standing import Standing


class NoLicense(Problem):
    """The licence of this account is not open yet; try again in a moment."""

    status = 503


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
