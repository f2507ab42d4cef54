"""What tracks asks of its environment, beside what every service does."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chassis.settings import DatabaseSettings, Secret


class TracksSettings(DatabaseSettings, frozen=True, kw_only=True):
    s3_endpoint: Annotated[str, Meta(description="the object storage, http(s)://host:port")]
    s3_access_key: Annotated[Secret, Meta(description="the access key of the object storage")]
    s3_secret_key: Annotated[Secret, Meta(description="the secret key of the object storage")]
    s3_bucket: Annotated[str, Meta(description="the bucket that laps and maps are kept in")]
    s3_region: str = "us-east-1"
