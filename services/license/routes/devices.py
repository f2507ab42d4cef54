"""The devices that have a seat, and the leases that let them work offline."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from chassis.guards import signed_in
from chassis.identity import bearer_token
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
    RenameDevice,
    RenewLease,
)
from contracts.problem import InvalidRequest, Unauthenticated
from services.license.domain.devices import (
    ActiveDevice,
    DeviceCloned,
    DeviceKeyMismatch,
    DeviceLimitReached,
    DeviceUnknown,
    DeviceUnproven,
)
from services.license.domain.leases import lease_for
from services.license.domain.licenses import License, NoLicense
from services.license.domain.proofs import is_proven
from services.license.domain.seats import DEACTIVATED, seat
from services.license.domain.transfers import TransfersUsedUp, allowance, remove, undone
from services.license.lease import LeaseSigner
from services.license.store.devices import DeviceStore
from services.license.store.licenses import LicenseStore

Who = NamedDependency[Identity]
Licenses = NamedDependency[LicenseStore]
Devices = NamedDependency[DeviceStore]
DeviceIdInPath = Annotated[
    str, PathParameter(pattern=r"^[A-Za-z0-9._:-]{8,128}(?!\n)$", description="a device that has a seat")
]


def _presented_token(request: Request[Any, Any, Any]) -> str:
    return bearer_token(request.headers.get("authorization"))


_SIGNED_IN: dict[str, Any] = {"guards": [signed_in], "security": [{"bearer": []}]}
_WITH_TOKEN = {"access_token": Provide(_presented_token, sync_to_thread=False)}
_REFUSALS = (Unauthenticated, InvalidRequest, NoLicense)


@post(
    "/license/activate",
    status_code=HTTP_200_OK,
    dependencies=_WITH_TOKEN,
    responses=documented(*_REFUSALS, DeviceLimitReached, DeviceKeyMismatch, DeviceCloned, DeviceUnproven),
    **_SIGNED_IN,
)
async def activate(
    data: JSONBody[Activate],
    identity: Who,
    access_token: NamedDependency[str],
    licenses: Licenses,
    devices: Devices,
    signer: NamedDependency[LeaseSigner],
) -> Activation:
    """Give this device a seat. Asking again for the same device is free, also after its system was set up anew."""
    license = await _own(licenses, identity)
    proven = is_proven(data.device.id, data.device.public_key, identity.user_id, access_token, data.proof)
    seating = seat(license, data.device, now(), is_proven=proven)
    await devices.keep(seating)
    await devices.give_back(license, undone(await devices.removals(license, now()), data.device))
    for reason in seating.reasons:
        licenses.record_change(seating.license, reason)
    return _activation(
        seating.license, seating.device, signer.sign(lease_for(license, seating.device, now()), data.accepts)
    )


@post(
    "/license/deactivate",
    status_code=HTTP_204_NO_CONTENT,
    responses=documented(*_REFUSALS, DeviceUnknown, TransfersUsedUp),
    **_SIGNED_IN,
)
async def deactivate(data: JSONBody[DeviceReference], identity: Who, licenses: Licenses, devices: Devices) -> None:
    """Free the seat of a device. A few times a month it may go to another computer."""
    license = await _own(licenses, identity)
    device = _seated(license, data.device_id)
    removal = remove(license, device, await devices.removals(license, now()), now())
    if removal is not None:
        await devices.note(license, removal)
    await devices.remove(license, device)
    licenses.record_change(license, DEACTIVATED)


@get("/license/devices", responses=documented(Unauthenticated, NoLicense), **_SIGNED_IN)
async def list_devices(identity: Who, licenses: Licenses, devices: Devices) -> DeviceList:
    """The devices that have a seat, and how many may still be removed for others."""
    license = await licenses.of(identity.user_id)
    if license is None:
        raise NoLicense
    allowed = allowance(await devices.removals(license, now()), now())
    return DeviceList(tuple(map(_shown, license.devices)), license.max_devices, allowed.left, allowed.next_at)


@put("/license/devices/{device_id:str}", responses=documented(*_REFUSALS, DeviceUnknown), **_SIGNED_IN)
async def rename(
    device_id: DeviceIdInPath, data: JSONBody[RenameDevice], identity: Who, licenses: Licenses, devices: Devices
) -> ActivatedDevice:
    """Call a device as the driver likes; what the computer calls itself does not change that."""
    license = await _own(licenses, identity)
    device = _seated(license, device_id)
    await devices.rename(license, device, data.name)
    return _shown(device, data.name)


@post(
    "/license/lease",
    status_code=HTTP_200_OK,
    dependencies=_WITH_TOKEN,
    responses=documented(*_REFUSALS, DeviceUnknown, DeviceUnproven),
    **_SIGNED_IN,
)
async def lease(
    data: JSONBody[RenewLease],
    identity: Who,
    access_token: NamedDependency[str],
    licenses: Licenses,
    devices: Devices,
    signer: NamedDependency[LeaseSigner],
) -> Lease:
    """A fresh offline lease for an activated device."""
    license = await _own(licenses, identity)
    device = _seated(license, data.device_id)
    proven = is_proven(device.id, device.public_key, identity.user_id, access_token, data.proof)
    if device.is_proven and not proven:
        raise DeviceUnproven
    await devices.seen(license, device, now())
    return signer.sign(lease_for(license, device, now()), data.accepts)


async def _own(licenses: LicenseStore, identity: Identity) -> License:
    license = await licenses.of(identity.user_id, to_change=True)
    if license is None:
        raise NoLicense(retry_after=1)
    return license


def _seated(license: License, device_id: str) -> ActiveDevice:
    device = license.device(device_id)
    if device is None:
        raise DeviceUnknown
    return device


def _activation(license: License, device: ActiveDevice, lease: Lease) -> Activation:
    return Activation(_shown(device), license.plan.id, len(license.devices), license.max_devices, lease)


def _shown(device: ActiveDevice, name: str | None = None) -> ActivatedDevice:
    return ActivatedDevice(
        id=device.id,
        name=name or device.name,
        platform=device.platform,
        activated_at=device.activated_at,
        last_seen_at=device.last_seen_at,
    )


ROUTES = [activate, deactivate, list_devices, rename, lease]
