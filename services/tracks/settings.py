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
    raw_laps_days: Annotated[float, Meta(ge=0)] = 30.0  # how long a lap as it was sent is kept after its verdict
    maps_cdn_url: str = ""  # where maps/ of the bucket is public; the daily allowance does not count what is read there

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.maps_cdn_url and not self.maps_cdn_url.startswith(("https://", "http://127.0.0.1")):
            raise ValueError("MAPS_CDN_URL is wrong: an address that begins with https:// is expected")
