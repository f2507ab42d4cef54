"""What license asks of its environment, beside what every service does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chassis.settings import DatabaseSettings, Secret


class LicenseSettings(DatabaseSettings, frozen=True, kw_only=True):
    lease_signing_key: Annotated[Secret, Meta(description="the seed that signs offline leases, 32 bytes in base64")]
