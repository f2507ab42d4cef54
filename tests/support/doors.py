"""Knocking at auth's door: from wherever one likes, since auth believes this computer about whom it forwards for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from auth_service import PASSWORD, Auth

HOME = "192.0.2.1"


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.body["code"]


async def call(
    auth: Auth, method: str, path: str, *, token: str = "", address: str = HOME, json: dict[str, object] | None = None
) -> Answer:
    """Ask what `method path` answers to somebody at `address`."""
    headers = {"x-forwarded-for": address} | ({"authorization": f"Bearer {token}"} if token else {})
    async with auth.http.request(method, auth.address + path, json=json, headers=headers) as answer:
        raw = await answer.read()
        lower = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, await answer.json(content_type=None) if raw else {}, lower)


async def login(
    auth: Auth, email: str = "driver@raceoverlay.example", password: str = PASSWORD, address: str = HOME, **more: object
) -> Answer:
    said = {"email": email, "password": password, **more}
    return await call(auth, "POST", "/auth/login", address=address, json=said)
