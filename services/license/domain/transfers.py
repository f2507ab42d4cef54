"""How often may a driver give a seat to another computer? Often enough for life, too seldom for a club.

A removal counts when it is made. It is given back when the same computer comes again, and it costs nothing where no
other can take the seat, or could have had it anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.hardware import Resemblance, resemblance
from contracts.license import Device
from contracts.problem import Problem
from services.license.domain.devices import ActiveDevice
from services.license.domain.licenses import License

ALLOWED = 3
WITHIN = timedelta(days=30)


class TransfersUsedUp(Problem):
    """Too many devices were removed for others lately; the next can be removed later."""

    status = 409


@dataclass(frozen=True)
class Removal:
    """A removal that counts."""

    device_id: str
    public_key: str
    components: tuple[str, ...]
    removed_at: datetime

    def is_of(self, wanted: Device) -> bool:
        same = resemblance(self.components, wanted.components)
        return same is Resemblance.SAME or (self.public_key == wanted.public_key and same is not Resemblance.OTHER)


@dataclass(frozen=True)
class Allowance:
    """`left` removals may still be made; at `next_at` there is one more, None where none is missing."""

    left: int
    next_at: datetime | None


def allowance(removals: Sequence[Removal], now: datetime) -> Allowance:
    counted = sorted(each.removed_at for each in removals if now - each.removed_at < WITHIN)
    return Allowance(max(0, ALLOWED - len(counted)), counted[0] + WITHIN if counted else None)


def remove(license: License, device: ActiveDevice, removals: Sequence[Removal], now: datetime) -> Removal | None:
    """What the removal of `device` is written down as, or None where it does not count.

    Raises:
        TransfersUsedUp: with the time in seconds until one more is allowed.
    """
    if len(license.devices) > license.max_devices or device.is_silent(now):
        return None
    allowed = allowance(removals, now)
    if not allowed.left and allowed.next_at is not None:
        raise TransfersUsedUp(
            f"{ALLOWED} devices were removed within {WITHIN.days} days; the next can be removed from"
            f" {allowed.next_at:%Y-%m-%d %H:%M} UTC on.",
            retry_after=max(1, round((allowed.next_at - now).total_seconds())),
        )
    return Removal(device.id, device.public_key, device.components, now)


def undone(removals: Sequence[Removal], wanted: Device) -> tuple[Removal, ...]:
    """The removals that are none, because the same computer is there again."""
    return tuple(each for each in removals if each.is_of(wanted))
