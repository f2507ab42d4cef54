"""A running license, and devices that ask it for a seat."""

from __future__ import annotations

import base64
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from issuer import Issuer
from waiting import eventually

from chassis.bus import Bus
from contracts.auth import UserDeleted, UserRegistered
from contracts.event import subject_of
from contracts.license import LicenseChanged, proof_statement
from services.license.settings import LicenseSettings

SEED = secrets.token_bytes(32)
"""What leases are signed with here."""
PARTS = ("machine", "product", "model", "disk", "network")


@dataclass
class License:
    address: str
    http: aiohttp.ClientSession
    issuer: Issuer
    bus: Bus
    settings: LicenseSettings

    async def ask(
        self, method: str, path: str, user: UUID, body: object = None, *, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"authorization": f"Bearer {token}"} if token else self.issuer.bearer(user)
        async with self.http.request(method, f"{self.address}/license/{path}", json=body, headers=headers) as answer:
            raw = await answer.read()
            return answer.status, msgspec.json.decode(raw) if raw else {}

    async def tell(self, event: UserRegistered | UserDeleted) -> None:
        await self.bus.jetstream.publish(subject_of(event), msgspec.json.encode(event))

    async def driver(self) -> UUID:
        """An account whose free plan has opened."""
        user = uuid4()
        await self.tell(UserRegistered(user_id=user))

        async def open_() -> bool:
            return (await self.ask("GET", "status", user))[1]["valid"]

        await eventually(open_)
        return user

    async def changes(self, user: UUID, count: int) -> list[LicenseChanged]:
        """The first `count` changes that were published of this account's licence."""
        found: list[LicenseChanged] = []

        async def enough() -> bool:
            found.clear()
            state = (await self.bus.jetstream.stream_info("LICENSE")).state
            for sequence in range(max(1, state.first_seq), state.last_seq + 1):
                message = await self.bus.jetstream.get_msg("LICENSE", sequence)
                change = msgspec.json.decode(message.data or b"", type=LicenseChanged)
                if change.user_id == user:
                    found.append(change)
            return len(found) >= count

        await eventually(enough)
        return found

    async def sql(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """What license's own database answers."""
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            return await connection.fetch(statement, *arguments)
        finally:
            await connection.close()


def device(number: int = 1) -> dict[str, object]:
    """As a client of before says it: a key that nobody has, and no parts."""
    key = base64.b64encode(number.to_bytes(32, "big")).decode()
    return {"id": f"device-{number:03}", "name": f"Rig {number}", "platform": "linux", "public_key": key}


class Rig:
    """A computer with a key and parts of its own; `parts` may be changed, and `key` thrown away."""

    def __init__(self, license: License, number: int, **parts: str) -> None:
        self._license, self._number = license, number
        self.parts = {**dict.fromkeys(PARTS, str(number)), **parts}
        self.set_up_anew()

    def set_up_anew(self) -> None:
        """What a system that is installed once more is: another key, and another installation."""
        self.key = Ed25519PrivateKey.generate()
        self.parts["machine"] = self.key.public_key().public_bytes_raw().hex()[:8]

    @property
    def id(self) -> str:
        return f"rig-{self._number}-{self.key.public_key().public_bytes_raw().hex()[:8]}"

    def described(self) -> dict[str, object]:
        public = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        components = [f"v2.{kind}:{value}" for kind, value in self.parts.items()]
        name = f"Rig {self._number}"
        return {"id": self.id, "name": name, "platform": "linux", "public_key": public, "components": components}

    def proof(self, user: UUID, token: str) -> str:
        return base64.b64encode(self.key.sign(proof_statement(self.id, user, token))).decode()

    async def activate(self, user: UUID, **more: object) -> tuple[int, dict[str, Any]]:
        token = self._license.issuer.token(user)
        body = {"device": self.described(), "proof": self.proof(user, token), **more}
        return await self._license.ask("POST", "activate", user, _without_none(body), token=token)

    async def renew(self, user: UUID, **more: object) -> tuple[int, dict[str, Any]]:
        token = self._license.issuer.token(user)
        body = {"device_id": self.id, "proof": self.proof(user, token), **more}
        return await self._license.ask("POST", "lease", user, _without_none(body), token=token)


def _without_none(body: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if value is not None}


@contextlib.asynccontextmanager
async def asked_over(address: str, issuer: Issuer, settings: LicenseSettings) -> AsyncIterator[License]:
    """A running license at `address`, with a bus to tell it things."""
    bus = Bus(settings.nats_url, name="test")
    await bus.open()
    await bus.connected()
    await bus.ensure_stream("AUTH")
    async with aiohttp.ClientSession() as http:
        yield License(address, http, issuer, bus, settings)
    await bus.close()
