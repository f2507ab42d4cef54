"""A running auth, its mail box, and short ways to ask it things."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

import aiohttp
import asyncpg
from waiting import eventually

from services.auth.settings import AuthSettings

PASSWORD = "box box box now please"


class MailBox:
    """A real SMTP server that keeps what it gets; `refusing` makes it turn everybody away.

    `takes` is how many seconds it thinks about each mail.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusing = False
        self.takes = 0.0
        self.port = 0

    async def handle_DATA(self, server, session, envelope) -> str:
        await asyncio.sleep(self.takes)
        if self.refusing:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    async def code_for(self, address: str, *, after: int = 0) -> str:
        """The code in the newest mail to that address, once there are more than `after` of them."""
        mails = await eventually(lambda: self.to(address)[after:])
        return next(line for line in text_of(mails[-1]).splitlines() if line.isdigit())


def text_of(mail: EmailMessage) -> str:
    """What the mail says to somebody who reads no HTML."""
    plain = mail.get_body(("plain",))
    assert plain is not None
    return plain.get_content()


@dataclass
class Auth:
    address: str
    http: aiohttp.ClientSession
    mail: MailBox
    settings: AuthSettings

    async def post(self, path: str, /, token: str = "", **body: object) -> tuple[int, dict[str, object]]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self.http.post(f"{self.address}{path}", json=body, headers=headers) as answer:
            raw = await answer.read()
            return answer.status, await answer.json(content_type=None) if raw else {}

    async def get(self, path: str, token: str = "") -> tuple[int, dict[str, object]]:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self.http.get(f"{self.address}{path}", headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """What auth's own database answers."""
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def a_minute_passes_for_letters(self) -> None:
        """Another letter of each kind can be asked for, and one that waited for that is due."""
        await self.rows(
            "UPDATE wanted_letters"
            " SET composed_at = composed_at - interval '1 minute', due_at = due_at - interval '1 minute'"
        )

    async def verified(self, email: str = "driver@raceoverlay.example") -> str:
        """Register an account and prove its address; returns the address."""
        assert (await self.post("/auth/register", email=email, password=PASSWORD))[0] == 202
        code = await self.mail.code_for(email)
        assert (await self.post("/auth/verify", email=email, code=code))[0] == 204
        return email

    async def signed_in(self, email: str | None = None) -> dict[str, str]:
        """The answer to a login of a verified account."""
        email = email or await self.verified()
        status, pair = await self.post("/auth/login", email=email, password=PASSWORD)
        assert status == 200, pair
        return pair  # type: ignore[return-value]
