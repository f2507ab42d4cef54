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
    pids: dict[str, int]

    def browser(self) -> aiohttp.ClientSession:
        """A plain HTTPS client that trusts this cloud's certificate authority and nobody else."""
        trust = ssl.create_default_context(cafile=str(self.ca))
        return aiohttp.ClientSession(self.gateway, connector=aiohttp.TCPConnector(ssl=trust))

    async def code_for(self, email: str) -> str:
        """The code in the newest mail to that address, once it has come."""
        return await eventually(lambda: asyncio.to_thread(self._newest_code, email))

    def _newest_code(self, email: str) -> str | None:
        for path in sorted(self.mail_dir.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True):
            mail: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail["To"] == email:
                text = mail.get_body(("plain",)).get_content()
                return next(line for line in text.splitlines() if line.strip().isdigit()).strip()
        return None

    async def new_driver(self, name: str) -> tuple[str, str]:
        """Sign up and prove the address by mail; returns address and password."""
        email, password = f"{name}.{secrets.token_hex(4)}@raceoverlay.example", secrets.token_urlsafe(16)
        async with self.browser() as http:
            async with http.post("/auth/register", json={"email": email, "password": password}) as answer:
                assert answer.status == 202, await answer.text()
            code = await self.code_for(email)
            async with http.post("/auth/verify", json={"email": email, "code": code}) as answer:
                assert answer.status == 204, await answer.text()
        return email, password
