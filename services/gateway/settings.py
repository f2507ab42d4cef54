"""What the gateway asks of its environment, beside what every service does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chassis.settings import Secret, ServiceSettings
from services.gateway.cors import Cors


class GatewaySettings(ServiceSettings, frozen=True, kw_only=True):
    auth_url: Annotated[str, Meta(description="where auth listens, http://host:port")]
    license_url: Annotated[str, Meta(description="where license listens, http://host:port")]
    tracks_url: Annotated[str, Meta(description="where tracks listens, http://host:port")]
    versions_url: Annotated[str, Meta(description="where versions listens, http://host:port")]
    allowed_hosts: str = ""  # the names that we answer to, with commas between; none: to any
    cors_origins: str = ""  # whose pages may ask us from a browser, https://…, with commas between; none: nobody's
    rate_limit_scale: Annotated[float, Meta(ge=0, le=1e6)] = 1.0  # times the numbers in limits.py; 0: no limits
    valkey_url: Secret = Secret("")  # redis://:password@host:port; all gateways count together there

    def __post_init__(self) -> None:
        ServiceSettings.__post_init__(self)
        try:
            Cors(self.cors_origins)
        except ValueError as error:
            raise ValueError(f"CORS_ORIGINS is wrong: {error}") from None
