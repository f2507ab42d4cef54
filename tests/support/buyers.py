"""Accounts that buy something in a running cloud, as the client does it for a driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from cloud_stack import CloudStack
from waiting import eventually

from contracts.auth import TokenPair
from contracts.license import Checkout, LicenseStatus, Redirect

_PATIENCE = aiohttp.ClientTimeout(total=30)


@dataclass
class Buyer:
    """A driver who is signed in. What is refused for now, or lost on the way, is asked again."""

    email: str
    password: str
    http: aiohttp.ClientSession
    access_token: str

    async def status(self) -> LicenseStatus:
        return msgspec.json.decode(await self._ask("GET", "/license/status"), type=LicenseStatus)

    async def stands(self, code: str, *, plan: str, subscription: str | None = None, within: float = 20.0) -> float:
        """Wait until the licence stands so; the moment, of the loop's clock, at which it was heard."""

        async def is_so() -> bool:
            status = await self.status()
            return (status.code, status.plan) == (code, plan) and subscription in (None, status.subscription_status)

        await eventually(is_so, within=within)
        return asyncio.get_running_loop().time()

    async def checkout(self, plan: str = "pro") -> str:
        """The page at which the plan is paid for."""
        body = msgspec.to_builtins(Checkout(plan=plan))
        return msgspec.json.decode(await self._ask("POST", "/license/checkout", json=body), type=Redirect).url

    async def portal(self) -> str:
        return msgspec.json.decode(await self._ask("POST", "/license/portal"), type=Redirect).url

    async def _ask(self, method: str, path: str, **more: Any) -> bytes:
        headers = {"authorization": f"Bearer {self.access_token}"}
        for _ in range(240):
            try:
                async with self.http.request(method, path, headers=headers, timeout=_PATIENCE, **more) as answer:
                    body = await answer.read()
                    if answer.status not in (429, 503, 504):
                        assert answer.status == 200, f"{method} {path}: {answer.status} {body.decode()}"
                        return body
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.25)
        raise AssertionError(f"{method} {path} was not answered for a minute")


@asynccontextmanager
async def signed_in(stack: CloudStack, *names: str) -> AsyncIterator[list[Buyer]]:
    """New accounts of these names, each proved by mail and on the free plan."""
    accounts = await stack.new_drivers(*names)
    at_once = asyncio.Semaphore(8)
    async with stack.browser() as http:

        async def sign_in(email: str, password: str) -> Buyer:
            body = {"email": email, "password": password}
            async with at_once, http.post("/auth/login", json=body) as answer:
                assert answer.status == 200, await answer.text()
                pair = msgspec.json.decode(await answer.read(), type=TokenPair)
            return Buyer(email, password, http, pair.access_token)

        buyers = await asyncio.gather(*(sign_in(*account) for account in accounts))
        await asyncio.gather(*(buyer.stands("valid", plan="free") for buyer in buyers))
        yield buyers
