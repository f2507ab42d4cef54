"""A running tracks service, and short ways to ask it things."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
import msgspec
import numpy as np
from issuer import Issuer
from laps import circuit, upload_of

from chassis.service import Service
from contracts.tracks import UploadStatus


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict:
        return msgspec.json.decode(self.raw)

    @property
    def upload(self) -> UploadStatus:
        assert self.status in (200, 202), self.raw
        return msgspec.json.decode(self.raw, type=UploadStatus)


@dataclass
class Tracks:
    address: str
    http: aiohttp.ClientSession
    issuer: Issuer
    service: Service
    driver: UUID = field(default_factory=uuid4)

    async def ask(self, method: str, path: str, *, driver: UUID | None = None, **more: object) -> Answer:
        headers = {"accept-encoding": "identity"} | self.issuer.bearer(driver or self.driver)
        headers |= more.pop("headers", {})  # type: ignore[arg-type]
        async with self.http.request(method, self.address + path, headers=headers, **more) as answer:  # type: ignore[arg-type]
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()
            )

    async def get(self, path: str, *, driver: UUID | None = None, **headers: str) -> Answer:
        return await self.ask("GET", path, driver=driver, headers=_headers(headers))

    async def send(
        self,
        xy: np.ndarray | None = None,
        *,
        driver: UUID | None = None,
        headers: dict[str, str] | None = None,
        **said: object,
    ) -> Answer:
        """Upload a lap (the synthetic circuit unless said) and wait for the verdict."""
        body = msgspec.json.encode(upload_of(circuit() if xy is None else xy, **said))
        headers = {"content-type": "application/json", "prefer": "wait=10"} | (headers or {})
        return await self.ask("POST", "/tracks/upload", driver=driver, data=body, headers=headers)

    async def send_raw(self, body: bytes) -> Answer:
        return await self.ask("POST", "/tracks/upload", data=body, headers={"content-type": "application/json"})


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}
