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
from contracts.license import LicenseStatus, PlanList
from contracts.problem import InvalidRequest, Unauthenticated
from services.license.domain.standing import answer
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore

_BEARER = [{"bearer": []}]
DeviceQuery = Annotated[
    str | None, QueryParameter(pattern=r"^[A-Za-z0-9._:-]{8,128}(?!\n)$", description="the device that asks")
]


@get("/license/plans")
async def plans(plan_rows: NamedDependency[PlanStore]) -> PlanList:
    """The plans that can be had, and what they cost."""
    return PlanList(plans=await plan_rows.all())


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
    if license is None:
        return answer(None, 0, is_activated=False)
    await licenses.seen(license, now())
    is_activated = device_id is None or license.device(device_id) is not None
    return answer(license.standing, len(license.devices), is_activated=is_activated)


ROUTES = [plans, status]
