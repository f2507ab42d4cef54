"""What a device is, and when two of them are one: the key tells, and most of the parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.hardware import Resemblance, resemblance
from contracts.license import Device
from contracts.problem import Problem

SILENT_AFTER = timedelta(days=60)
"""A device that renewed no lease for so long gives its seat to whoever needs one."""


class DeviceLimitReached(Problem):
    """All device seats of this plan are taken; remove a device first."""

    status = 409


class DeviceUnknown(Problem):
    """That device is not activated on this account."""

    status = 404


class DeviceKeyMismatch(Problem):
    """A device of that id is activated with another key; remove it first."""

    status = 409


class DeviceCloned(Problem):
    """This key belongs to another computer: the disk was copied. Activate this one as a new device, with a new key."""

    status = 409


class DeviceUnproven(Problem):
    """This device did not prove that it holds its key."""

    status = 403


@dataclass(frozen=True)
class ActiveDevice:
    """A seat that is taken. `is_named`: the driver chose the name; `is_proven`: the key was proved once."""

    id: str
    name: str
    platform: str
    public_key: str
    components: tuple[str, ...]
    activated_at: datetime
    last_seen_at: datetime
    is_named: bool = False
    is_proven: bool = False

    def is_silent(self, now: datetime) -> bool:
        return now - self.last_seen_at >= SILENT_AFTER

    def refuse_if_not(self, wanted: Device) -> None:
        """Raise unless `wanted`, which comes with this device's id, is this device.

        A part that was changed does not matter, nor does half of them: only where most differ it is another computer.

        Raises:
            DeviceKeyMismatch, DeviceCloned.
        """
        if wanted.public_key != self.public_key:
            raise DeviceKeyMismatch
        if resemblance(self.components, wanted.components) is Resemblance.OTHER:
            raise DeviceCloned


def same_computer(devices: Iterable[ActiveDevice], components: tuple[str, ...]) -> ActiveDevice | None:
    """The device that sits in the computer with these parts, whatever its key: it was set up anew.

    Where there are several, the one that was seen last.
    """
    same = (each for each in devices if resemblance(each.components, components) is Resemblance.SAME)
    return max(same, key=lambda each: (each.last_seen_at, each.id), default=None)
