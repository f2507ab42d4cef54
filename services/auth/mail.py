"""The postman: takes mails from the table in which they were committed and hands them to the SMTP server.

Sending happens after the request, so that the answer to a registration takes the same time for every address, and a
mail survives a mail server that is away: it is tried again, later and later, for about a day.
"""

from __future__ import annotations

import asyncio
import contextlib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlencode, urlsplit

import aiosmtplib

from chassis.database import Database, Transaction
from chassis.observability import log
from contracts.problem import Unavailable
from services.auth.letters import Letter, write

MAX_TRIES = 12
POLL_S = 1.0


def verification_mail(code: str, email: str, public_url: str) -> Letter:
    """The link opens a page; only its button uses the code, so that a mail scanner cannot.

    The code stands behind the `#`: that part of an address is never sent to a server, so it is in no log.
    """
    return write("verify", code=code, link=f"{public_url}/auth/verify#{urlencode({'email': email, 'code': code})}")


class Postman:
    """Empties the mail box; several of them never send one mail twice at the same time."""

    def __init__(self, database: Database, smtp_url: str, sender: str) -> None:
        address = urlsplit(smtp_url)
        self._database = database
        self._sender = sender
        self._smtp = {
            "hostname": address.hostname,
            "port": address.port or 25,
            "username": unquote(address.username) if address.username else None,
            "password": unquote(address.password) if address.password else None,
            "use_tls": address.scheme == "smtps",
            "timeout": 10,
        }
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def open(self) -> None:
        self._task = asyncio.create_task(self._run(), name="postman")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def deliver_one(self) -> bool:
        """Send the mail that is due first; False if none is."""
        async with self._database.transaction() as tx:
            mail = await tx.row(
                "SELECT id, recipient, subject, body, html, tries FROM mails WHERE due_at <= now() AND tries < $1"
                " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                MAX_TRIES,
            )
            if mail is None:
                return False
            try:
                letter = Letter(mail["subject"], mail["body"], mail["html"])
                await aiosmtplib.send(self._message(mail["recipient"], letter), **self._smtp)
            except (aiosmtplib.SMTPException, OSError) as error:
                log.warning("mail.delayed", mail_id=str(mail["id"]), error=type(error).__name__)
                await self._later(tx, mail["id"], mail["tries"])
            else:
                await tx.run("DELETE FROM mails WHERE id = $1", mail["id"])
                log.info("mail.sent", mail_id=str(mail["id"]))
        return True

    async def _later(self, tx: Transaction, mail_id: object, tries: int) -> None:
        await tx.run(
            "UPDATE mails SET tries = tries + 1, due_at = now() + make_interval(secs => $2) WHERE id = $1",
            mail_id,
            float(min(5 * 2**tries, 4 * 3600)),
        )

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                while await self.deliver_one():
                    pass
            except Exception as error:
                # A postman who gave up would leave every later mail unsent.
                expected = isinstance(error, Unavailable)
                log.warning("mail.delayed", error=type(error).__name__, exc_info=None if expected else error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_S)

    def _message(self, recipient: str, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = recipient
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain="raceoverlay.example")
        message.set_content(letter.text)
        if letter.html:
            message.add_alternative(letter.html, subtype="html")
        return message
