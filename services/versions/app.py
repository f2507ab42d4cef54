"""How versions is put together."""

from __future__ import annotations

from chassis.database import Database
from chassis.service import Service, on_transaction
from services.versions.routes import ROUTES
from services.versions.settings import VersionsSettings
from services.versions.store import ReleaseStore


def build(settings: VersionsSettings) -> Service:
    return Service(
        "versions",
        settings,
        database=Database(settings.database_url, pool_size=settings.database_pool_size),
        routes=ROUTES,
        dependencies={"releases": on_transaction(ReleaseStore)},
        summary="Releases of the desktop client.",
    )
