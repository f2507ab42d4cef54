"""The postman: takes mails from the box in which they were committed and hands them to the SMTP server.

A mail survives a server that is away: it is tried again, later and later, until it is of no use any more. Several
postmen never send one mail twice, unless one dies between the server's yes and the commit; both copies then carry one
Message-ID.
"""

from __future__ import annotations

from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from prometheus_client import Counter

from chassis.database import Database
from chassis.observability import log
from chassis.rounds import Rounds
from chassis.settings import MissingSettings
from services.auth.store.mails import Mail, MailStore

MAILS = Counter("raceoverlay_mails_total", "Mails by what became of them.", ["outcome"])
_TIMEOUT_S = 10
_FIRST_PAUSE_S = 5
_LONGEST_PAUSE = timedelta(hours=4)
_REFUSED_FOR_GOOD = 500


class Undeliverable(Exception):
    """No server will ever take this mail."""


class Postman(Rounds):
    """Empties the box."""

    def __init__(self, database: Database, smtp_url: str, sender: str) -> None:
        super().__init__("mail", self.deliver_one)
        self._database = database
        self._sender = sender
        self._smtp = _how_to_connect(smtp_url)

    async def deliver_one(self) -> bool:
        """Send the mail that is due first; False if none is."""
        async with self._database.transaction() as tx:
            mails = MailStore(tx)
            mail = await mails.take_due()
            if mail is None:
                return False
            if mail.is_late:
                await self._give_up(mails, mail, "it came too late")
                return True
            try:
                await self._send(mail)
            except Undeliverable as error:
                await self._give_up(mails, mail, str(error))
            except Exception as error:
                # Whatever it was: the mails behind this one do not wait for it.
                await self._put_off(mails, mail, error)
            else:
                await mails.remove(mail)
                MAILS.labels("sent").inc()
                log.info("mail.sent", mail_id=str(mail.id))
        return True

    async def _put_off(self, mails: MailStore, mail: Mail, error: Exception) -> None:
        await mails.try_later(mail, pause_after(mail.tries))
        MAILS.labels("delayed").inc()
        log.warning(
            "mail.delayed",
            mail_id=str(mail.id),
            tries=mail.tries + 1,
            error=type(error).__name__,
            exc_info=None if isinstance(error, (aiosmtplib.SMTPException, OSError)) else error,
        )

    async def _give_up(self, mails: MailStore, mail: Mail, why: str) -> None:
        await mails.remove(mail)
        MAILS.labels("given_up").inc()
        log.error("mail.given_up", mail_id=str(mail.id), tries=mail.tries, why=why)

    async def _send(self, mail: Mail) -> None:
        # The recipient is named to the server, not read out of the header: one mail goes to one address.
        sender = parseaddr(self._sender)[1]
        try:
            await aiosmtplib.send(
                composed(mail, self._sender), sender=sender, recipients=[mail.recipient], **self._smtp
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            if all(each.code >= _REFUSED_FOR_GOOD for each in refusal.recipients):
                raise Undeliverable("there is no such mailbox") from None
            raise


def composed(mail: Mail, sender: str) -> EmailMessage:
    """
    Raises:
        Undeliverable: the recipient or the subject is none that a header can hold.
    """
    message = EmailMessage()
    message["From"] = sender
    try:
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.letter.subject
    except Exception:  # it would be one header more, or another mailbox; the parser says no with errors of every kind
        raise Undeliverable("the address or the subject has no usable form") from None
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{mail.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # no answer from a machine that is on holiday
    message.set_content(mail.letter.text)
    if mail.letter.html:
        message.add_alternative(mail.letter.html, subtype="html")
    return message


def pause_after(tries: int) -> timedelta:
    """How long a mail waits that was refused once more: 5 s, 10 s, 20 s, and at last four hours."""
    return min(timedelta(seconds=_FIRST_PAUSE_S * 2 ** min(tries, 20)), _LONGEST_PAUSE)


def _how_to_connect(smtp_url: str) -> dict[str, Any]:
    """`smtp://` is encrypted where the server offers it, `smtp+starttls://` and `smtps://` are or nothing is sent.

    Raises:
        MissingSettings: it is none of these.
    """
    address = urlsplit(smtp_url)
    if address.scheme not in ("smtp", "smtp+starttls", "smtps") or not address.hostname:
        raise MissingSettings(
            "SMTP_URL is wrong: it must be smtp://, smtp+starttls:// or smtps://user:password@host:port."
        )
    return {
        "hostname": address.hostname,
        "port": address.port or {"smtp": 25, "smtp+starttls": 587, "smtps": 465}[address.scheme],
        "username": unquote(address.username) if address.username else None,
        "password": unquote(address.password) if address.password else None,
        "use_tls": address.scheme == "smtps",
        "start_tls": {"smtp": None, "smtp+starttls": True, "smtps": False}[address.scheme],
        "timeout": _TIMEOUT_S,
    }
