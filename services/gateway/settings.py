"""What the gateway asks of its environment, beside what every service does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chassis.settings import ServiceSettings


class GatewaySettings(ServiceSettings, frozen=True, kw_only=True):
    auth_url: Annotated[str, Meta(description="where auth listens, http://host:port")]
    license_url: Annotated[str, Meta(description="where license listens, http://host:port")]
    tracks_url: Annotated[str, Meta(description="where tracks listens, http://host:port")]
    versions_url: Annotated[str, Meta(description="where versions listens, http://host:port")]
