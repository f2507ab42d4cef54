"""What can be asked of versions over HTTP."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from chassis.problems import documented
from contracts.problem import InvalidRequest
from contracts.versions import Channel, Platform, ReleaseList, UpdateOffer
from services.versions.domain import Version, offer
from services.versions.store import ReleaseStore

Current = Annotated[str | None, QueryParameter(max_length=32, description="the version that asks, such as 1.2.3")]
InstallId = Annotated[str | None, QueryParameter(max_length=64, description="names the installation, not the person")]


@get("/versions/latest", responses=documented(InvalidRequest))
async def latest(
    releases: NamedDependency[ReleaseStore],
    channel: FromQuery[Channel] = "stable",
    platform: FromQuery[Platform | None] = None,
    current: Current = None,
    install_id: InstallId = None,
) -> UpdateOffer:
    """Is there something newer for me?"""
    has = Version.parse(current, field="query.current") if current else None
    return offer(await releases.newest(channel, platform), has)


@get("/versions")
async def release_notes(releases: NamedDependency[ReleaseStore]) -> ReleaseList:
    """What was released, newest first."""
    return ReleaseList(releases=await releases.all())


ROUTES = [latest, release_notes]
