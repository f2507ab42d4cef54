"""Which plans there are, and how an account stands."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from chassis.guards import requires
from chassis.problems import documented
from contracts.event import now
from contracts.identity import Identity, Scope
from contracts.license import (
    LicenseStatus,
    PlanList,
)
from contracts.problem import InvalidRequest, Unauthenticated
from services.license.domain.standing import judge
from services.license.store.licenses import LicenseStore

_BEARER = [{"bearer": []}]
DeviceQuery = Annotated[
    str | None, QueryParameter(pattern=r"^[A-Za-z0-9._:-]{8,128}(?!\n)$", description="the device that asks")
]


@get("/license/plans")
async def plans(licenses: NamedDependency[LicenseStore]) -> PlanList:
    """The plans that can be had."""
    return PlanList(plans=await licenses.plans())


@get(
    "/license/status",
    guards=[requires(scope=Scope.LICENSE_READ)],
    security=_BEARER,
    responses=documented(Unauthenticated, InvalidRequest),
)
async def status(
    identity: NamedDependency[Identity], licenses: NamedDependency[LicenseStore], device_id: DeviceQuery = None
) -> LicenseStatus:
    """May I? A "no" is an answer with a code, never an error."""
    license = await licenses.of(identity.user_id)
    if license is not None:
        await licenses.seen(license, device_id, now())
    return judge(license, device_id)


ROUTES = [plans, status]
