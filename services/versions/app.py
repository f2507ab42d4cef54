"""How versions is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.database import Database
from chassis.service import Service
from services.versions.routes import ROUTES
from services.versions.settings import VersionsSettings
from services.versions.store import ReleaseStore


def build(settings: VersionsSettings) -> Service:
    return Service(
        "versions",
        settings,
        database=Database(settings.database_url, pool_size=settings.database_pool_size),
        routes=ROUTES,
        dependencies={"releases": Provide(ReleaseStore, sync_to_thread=False)},
        summary="Releases of the desktop client.",
    )
