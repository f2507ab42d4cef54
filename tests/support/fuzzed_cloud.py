"""Somebody of every role, and machines, who ask a cloud all sorts of things; and accounts that may come to an end."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import requests
from cloud_stack import CloudStack
from schemathesis import Case

from contracts.identity import Role, Scope

# After one of these the account, or its session, is not what it was: each time somebody new asks.
_ENDING = frozenset(
    {
        ("DELETE", "/auth/me"),
        ("POST", "/auth/logout/all"),
        ("DELETE", "/auth/sessions/{session_id}"),
        ("POST", "/auth/password/change"),
        ("PUT", "/auth/users/{user_id}/role"),
        ("DELETE", "/auth/users/{user_id}/sessions"),
    }
)


@dataclass
class Callers:
    """`lasting` are headers of callers who stay as they are: nobody, somebody of each role, and a machine."""

    gateway: str
    authority: Path
    lasting: list[dict[str, str]]
    mortal: tuple[str, str]  # who is asked for in vain: address and password
    turn: Iterator[int] = field(default_factory=itertools.count)

    def next_for(self, case: Case) -> dict[str, str]:
        """The headers of the caller whose turn it is."""
        if (case.method.upper(), case.path) in _ENDING:
            return self._signed_in(*self.mortal)
        return self.lasting[next(self.turn) % len(self.lasting)]

    def _signed_in(self, email: str, password: str) -> dict[str, str]:
        answer = requests.post(
            f"{self.gateway}/auth/login", json={"email": email, "password": password}, verify=str(self.authority)
        )
        return _bearer(answer.json()["access_token"]) if answer.status_code == 200 else {}


async def prepared(stack: CloudStack) -> Callers:
    accounts = dict(zip(Role, await stack.new_drivers(*Role), strict=True))
    (mortal,) = await stack.new_drivers("mortal")
    database = await asyncpg.connect(stack.postgres["auth"])
    for role, (email, _) in accounts.items():
        await database.execute("UPDATE users SET role = $2 WHERE email = $1", email, role.value)
    await database.close()
    lasting: list[dict[str, str]] = [{}]
    async with stack.browser() as http:

        async def post(path: str, body: Any, **headers: str) -> dict[str, Any]:
            async with http.post(path, json=body, headers=headers) as answer:
                assert answer.status < 300, await answer.text()
                return msgspec.json.decode(await answer.read())

        for email, password in accounts.values():
            pair = await post("/auth/login", {"email": email, "password": password})
            lasting.append(_bearer(pair["access_token"]))
        wanted = {"name": secrets.token_hex(4), "scopes": [scope.value for scope in Scope]}
        made = await post("/auth/tokens", wanted, **lasting[-1])
        machine = await post("/auth/tokens/exchange", {"api_token": made["secret"]})
        lasting.append(_bearer(machine["access_token"]))
    return Callers(stack.gateway, stack.ca, lasting, mortal)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
