"""The one door to object storage, which speaks S3. What goes wrong behind it leaves as Unavailable."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import aiohttp
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from chassis.settings import Secret
from contracts.problem import Unavailable

_JSON_UNDER_GZIP = {"ContentType": "application/json", "ContentEncoding": "gzip"}
_FOR_EVER = {"CacheControl": "public, max-age=31536000, immutable"}
_MAPS = "maps/"  # named by their content, and no secret
_CONFIG = AioConfig(
    s3={"addressing_style": "path"},
    signature_version="s3v4",
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 3, "mode": "standard"},
    max_pool_connections=20,
    # Stores other than Amazon's do not all know the newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class StorageSettings(Protocol):
    """Where the bucket is, and what opens it."""

    @property
    def s3_endpoint(self) -> str: ...
    @property
    def s3_access_key(self) -> Secret: ...
    @property
    def s3_secret_key(self) -> Secret: ...
    @property
    def s3_bucket(self) -> str: ...
    @property
    def s3_region(self) -> str: ...
    @property
    def maps_cdn_url(self) -> str: ...


class ObjectMissing(Exception):
    """There is no object at that path."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object, when it was put last, and its size in bytes."""

    path: str
    put_at: datetime
    size: int


class Objects:
    """Documents of one bucket: gzipped JSON, read and written whole."""

    def __init__(self, settings: StorageSettings) -> None:
        self._settings = settings
        self._bucket = settings.s3_bucket
        self._held = contextlib.AsyncExitStack()
        self._client: Any = None

    async def open(self) -> None:
        settings = self._settings
        client: Any = get_session().create_client(
            "s3",
            endpoint_url=settings.s3_endpoint,
            region_name=settings.s3_region,
            aws_access_key_id=str(settings.s3_access_key),
            aws_secret_access_key=str(settings.s3_secret_key),
            config=_CONFIG,
        )
        self._client = await self._held.enter_async_context(client)

    async def close(self) -> None:
        self._client = None
        await self._held.aclose()

    def public_url(self, path: str) -> str | None:
        """Where the content delivery network has the map that lies at that path, if there is one."""
        base = self._settings.maps_cdn_url.rstrip("/")
        return f"{base}/{path}" if base and path.startswith(_MAPS) else None

    async def ping(self) -> None:
        """Answer by a real question, or raise Unavailable."""
        with _translated("-"):
            await self._client.head_bucket(Bucket=self._bucket)

    async def put(self, path: str, compressed: bytes) -> None:
        """
        Raises:
            Unavailable: it may or may not have been written.
        """
        said = _JSON_UNDER_GZIP | (_FOR_EVER if path.startswith(_MAPS) else {})
        with _translated(path):
            await self._client.put_object(Bucket=self._bucket, Key=path, Body=compressed, **said)

    async def get(self, path: str) -> bytes:
        """The object as it was put.

        Raises:
            ObjectMissing: there is none.
            Unavailable: storage does not answer.
        """
        with _translated(path):
            answer = await self._client.get_object(Bucket=self._bucket, Key=path)
            async with answer["Body"] as body:
                return await body.read()

    async def listed(self, folder: str, page_size: int = 1000) -> AsyncIterator[tuple[Listed, ...]]:
        """What lies under that folder (`raw/`), page after page, in the order of the paths.

        Raises:
            Unavailable: storage does not answer, or no longer.
        """
        more: dict[str, str] = {}
        while True:
            with _translated(folder):
                page = await self._client.list_objects_v2(Bucket=self._bucket, Prefix=folder, MaxKeys=page_size, **more)
            yield tuple(
                Listed(found["Key"], found["LastModified"], found["Size"]) for found in page.get("Contents", ())
            )
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    async def delete(self, path: str) -> None:
        """Remove it; one that is not there is no reason to complain."""
        with _translated(path):
            await self._client.delete_object(Bucket=self._bucket, Key=path)


@contextlib.contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
            raise ObjectMissing(path) from None
        raise Unavailable("Object storage refused the request.", retry_after=5) from error
    except (BotoCoreError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable("Object storage cannot be reached.", retry_after=2) from error
