"""The devices that have a seat, and the leases that let them work offline."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.problems import documented
from contracts.event import now
from contracts.identity import Identity
from contracts.license import (
    Activate,
    ActivatedDevice,
    Activation,
    DeviceList,
    DeviceReference,
    Lease,
)
from contracts.problem import InvalidRequest, Unauthenticated
from services.license.domain.licenses import (
    ActiveDevice,
    DeviceKeyMismatch,
    DeviceLimitReached,
    DeviceUnknown,
    License,
    NoLicense,
)
from services.license.lease import LeaseSigner
from services.license.store.licenses import LicenseStore

_BEARER = [{"bearer": []}]


@post(
    "/license/activate",
    status_code=HTTP_200_OK,
    guards=[signed_in],
    security=_BEARER,
    responses=documented(Unauthenticated, InvalidRequest, DeviceLimitReached, DeviceKeyMismatch, NoLicense),
)
async def activate(
    data: JSONBody[Activate],
    identity: NamedDependency[Identity],
    licenses: NamedDependency[LicenseStore],
    signer: NamedDependency[LeaseSigner],
) -> Activation:
    """Give this device a seat. Asking again for the same device is free."""
    license = await _own(licenses, identity)
    license, device, is_new = license.activate(data.device, now())
    await licenses.keep_device(license, device, data.device)
    if is_new:
        licenses.record_change(license, "device_activated")
    return Activation(
        device=_shown(device),
        plan=license.plan.id,
        active_devices=len(license.devices),
        max_devices=license.max_devices,
        lease=signer.sign(license.lease_for(device, now())),
    )


@post(
    "/license/deactivate",
    status_code=HTTP_204_NO_CONTENT,
    guards=[signed_in],
    security=_BEARER,
    responses=documented(Unauthenticated, InvalidRequest, DeviceUnknown, NoLicense),
)
async def deactivate(
    data: JSONBody[DeviceReference], identity: NamedDependency[Identity], licenses: NamedDependency[LicenseStore]
) -> None:
    """Free the seat of a device."""
    license = await _own(licenses, identity)
    if license.device(data.device_id) is None:
        raise DeviceUnknown
    await licenses.remove_device(license, data.device_id)
    licenses.record_change(license, "device_deactivated")


@get("/license/devices", guards=[signed_in], security=_BEARER, responses=documented(Unauthenticated, NoLicense))
async def devices(identity: NamedDependency[Identity], licenses: NamedDependency[LicenseStore]) -> DeviceList:
    """The devices that have a seat."""
    license = await licenses.of(identity.user_id)
    if license is None:
        raise NoLicense
    return DeviceList(devices=tuple(map(_shown, license.devices)), max_devices=license.max_devices)


@post(
    "/license/lease",
    status_code=HTTP_200_OK,
    guards=[signed_in],
    security=_BEARER,
    responses=documented(Unauthenticated, InvalidRequest, DeviceUnknown, NoLicense),
)
async def lease(
    data: JSONBody[DeviceReference],
    identity: NamedDependency[Identity],
    licenses: NamedDependency[LicenseStore],
    signer: NamedDependency[LeaseSigner],
) -> Lease:
    """A fresh offline lease for an activated device."""
    license = await _own(licenses, identity)
    device = license.device(data.device_id)
    if device is None:
        raise DeviceUnknown
    await licenses.seen(license, device.id, now())
    return signer.sign(license.lease_for(device, now()))


async def _own(licenses: NamedDependency[LicenseStore], identity: NamedDependency[Identity]) -> License:
    license = await licenses.of(identity.user_id, to_change=True)
    if license is None:
        raise NoLicense(retry_after=1)
    return license


def _shown(device: ActiveDevice) -> ActivatedDevice:
    return ActivatedDevice(
        id=device.id,
        name=device.name,
        platform=device.platform,
        activated_at=device.activated_at,
        last_seen_at=device.last_seen_at,
    )


ROUTES = [activate, deactivate, devices, lease]
