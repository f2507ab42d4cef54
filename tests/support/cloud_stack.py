"""What var/devstack.json says of a running cloud, and a person who signs up there as people do."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from waiting import eventually


class CloudStack(msgspec.Struct, frozen=True):
    """Read by the names that are promised; what is not needed here is left out."""

    ready: bool
    gateway: str
    ca: Path
    nats: str
    postgres: dict[str, str]
    mail_dir: Path
    demo: dict[str, str]
    services: dict[str, str]
    pids: dict[str, int | None]
    s3: dict[str, str] = {}
    stripe: dict[str, Any] | None = None

    def browser(self) -> aiohttp.ClientSession:
        """A plain HTTPS client that trusts this cloud's certificate authority and nobody else."""
        trust = ssl.create_default_context(cafile=str(self.ca))
        return aiohttp.ClientSession(self.gateway, connector=aiohttp.TCPConnector(ssl=trust))

    async def code_for(self, email: str) -> str:
        """The code in the newest mail to that address, once it has come."""
        return await eventually(lambda: asyncio.to_thread(self._newest_code, email))

    def _newest_code(self, email: str) -> str | None:
        return self._codes().get(email)

    def _codes(self) -> dict[str, str]:
        """The code in the newest mail to each address."""
        codes = {}
        for path in sorted(self.mail_dir.glob("*.eml")):  # by the time of their coming
            mail: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
            lines = [line.strip() for line in mail.get_body(("plain",)).get_content().splitlines()]
            if code := next((line for line in lines if line.isdigit()), None):
                codes[mail["To"]] = code
        return codes

    async def new_driver(self, name: str) -> tuple[str, str]:
        """Sign up and prove the address by mail; returns address and password."""
        (driver,) = await self.new_drivers(name)
        return driver

    async def new_drivers(self, *names: str) -> list[tuple[str, str]]:
        """The same for many at once."""
        drivers = [(f"{name}.{secrets.token_hex(4)}@raceoverlay.example", secrets.token_urlsafe(16)) for name in names]
        at_once = asyncio.Semaphore(8)  # hashing takes its time
        async with self.browser() as http:

            async def post(path: str, expected: int, **body: str) -> None:
                async with at_once, http.post(path, json=body) as answer:
                    assert answer.status == expected, await answer.text()

            await asyncio.gather(*(post("/auth/register", 202, email=e, password=p) for e, p in drivers))

            async def codes() -> dict[str, str] | None:
                found = await asyncio.to_thread(self._codes)
                return found if all(email in found for email, _ in drivers) else None

            sent = await eventually(codes, within=60)
            await asyncio.gather(*(post("/auth/verify", 204, email=e, code=sent[e]) for e, _ in drivers))
        return drivers
