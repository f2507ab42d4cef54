"""Who gets a seat on a licence, and whose seat is free again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.license import Device
from services.license.domain.devices import ActiveDevice, DeviceLimitReached, DeviceUnproven, same_computer
from services.license.domain.licenses import License

ACTIVATED = "device_activated"
DEACTIVATED = "device_deactivated"
REPLACED = "device_replaced"
SILENT = "device_silent"


@dataclass(frozen=True)
class Seating:
    """`license` is as it is afterwards, `left` who sat there before; `reasons` are what there is to tell."""

    license: License
    device: ActiveDevice
    left: tuple[ActiveDevice, ...] = ()
    reasons: tuple[str, ...] = ()


def seat(license: License, wanted: Device, now: datetime, *, is_proven: bool) -> Seating:
    """Give `wanted` a seat.

    A device that has one keeps it, also when all are taken. The same computer with another key, after its system was
    set up anew, has its own seat again. Where no seat is free, those that were silent for long are; more devices than
    seats, after a downgrade, stay as they are.

    Raises:
        DeviceKeyMismatch, DeviceCloned: the device of that id is another.
        DeviceUnproven: it proved its key before, and does not now.
        DeviceLimitReached.
    """
    known = license.device(wanted.id)
    if known is not None:
        known.refuse_if_not(wanted)
        if known.is_proven and not is_proven:
            raise DeviceUnproven
        return _seated(license, _updated(known, wanted, now, is_proven), ())
    earlier = same_computer(license.devices, wanted.components)
    if earlier is not None:
        return _seated(license, _updated(earlier, wanted, now, is_proven), (REPLACED,), (earlier,))
    silent = silent_on(license, now) if len(license.devices) >= license.max_devices else ()
    taken = len(license.devices) - len(silent)
    if taken >= license.max_devices:
        raise DeviceLimitReached(f"{taken} of {license.max_devices} devices are activated.")
    return _seated(license, _new(wanted, now, is_proven), ((SILENT, ACTIVATED) if silent else (ACTIVATED,)), silent)


def silent_on(license: License, now: datetime) -> tuple[ActiveDevice, ...]:
    return tuple(device for device in license.devices if device.is_silent(now))


def _new(wanted: Device, now: datetime, is_proven: bool) -> ActiveDevice:
    return ActiveDevice(
        id=wanted.id,
        name=wanted.name,
        platform=wanted.platform,
        public_key=wanted.public_key,
        components=wanted.components,
        activated_at=now,
        last_seen_at=now,
        is_proven=is_proven,
    )


def _updated(known: ActiveDevice, wanted: Device, now: datetime, is_proven: bool) -> ActiveDevice:
    """The parts are followed one change at a time; a name that the driver chose stays."""
    return replace(
        known,
        id=wanted.id,
        name=known.name if known.is_named else wanted.name,
        platform=wanted.platform,
        public_key=wanted.public_key,
        components=wanted.components or known.components,
        last_seen_at=max(now, known.last_seen_at),
        is_proven=is_proven,
    )


def _seated(
    license: License, device: ActiveDevice, reasons: tuple[str, ...], left: tuple[ActiveDevice, ...] = ()
) -> Seating:
    gone = {each.id for each in (*left, device)}
    others = tuple(each for each in license.devices if each.id not in gone)
    return Seating(replace(license, devices=(*others, device)), device, left, reasons)
