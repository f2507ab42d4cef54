"""How license is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.database import Database
from chassis.service import Service, on_transaction
from services.license.lease import LeaseSigner
from services.license.reactions import REACTIONS
from services.license.routes import ROUTES
from services.license.settings import LicenseSettings
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore


def build(settings: LicenseSettings) -> Service:
    signer = LeaseSigner(settings.lease_signing_key)
    return Service(
        "license",
        settings,
        database=Database(settings.database_url, pool_size=settings.database_pool_size),
        routes=ROUTES,
        reactions=REACTIONS,
        dependencies={
            "licenses": on_transaction(LicenseStore),
            "plan_rows": on_transaction(PlanStore),
            "signer": Provide(lambda: signer, sync_to_thread=False),
        },
        summary="Plans, licences and devices.",
    )
