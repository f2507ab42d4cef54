"""A moderator of a running cloud, made as the first of them is: by a command, where the database is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
from cloud_stack import CloudStack

from contracts.auth import TokenPair
from contracts.layouts import LayoutHistory


class Moderator:
    def __init__(self, http: aiohttp.ClientSession, token: str) -> None:
        self._http, self._headers = http, {"authorization": f"Bearer {token}"}

    async def act(self, layout_id: object, act: str, **said: Any) -> LayoutHistory:
        path = f"/tracks/layouts/{layout_id}/{act}"
        body = {"reason": "Seen with my own eyes.", **said}
        async with self._http.post(path, json=body, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return msgspec.json.decode(await answer.read(), type=LayoutHistory)


@contextlib.asynccontextmanager
async def moderating(stack: CloudStack) -> AsyncIterator[Moderator]:
    ((email, password),) = await stack.new_drivers("moderator")
    giving = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.auth", "roles", email, "moderator"),
        env={**os.environ, "DATABASE_URL": stack.postgres["auth"]},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await giving.communicate()
    assert giving.returncode == 0, said
    async with stack.browser() as http:
        async with http.post("/auth/login", json={"email": email, "password": password}) as answer:
            assert answer.status == 200, await answer.text()
            pair = msgspec.json.decode(await answer.read(), type=TokenPair)
        yield Moderator(http, pair.access_token)
