"""The box of mails that wait for the postman."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from chassis.database import Transaction
from contracts.event import new_id
from services.auth.letters import Letter

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Mail:
    """`is_late`: what it says was of use once, and no longer is. `tries` have failed so far."""

    id: UUID
    recipient: str
    letter: Letter
    tries: int
    is_late: bool


class MailStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def post(self, recipient: str, letter: Letter, *, good_for: timedelta = KEPT_FOR) -> None:
        """Put a mail into the box that the postman empties. After `good_for` nobody needs it any more."""
        await self._tx.run(
            "INSERT INTO mails (id, recipient, subject, body, html, good_for) VALUES ($1, $2, $3, $4, $5, $6)",
            new_id(),
            recipient,
            letter.subject,
            letter.text,
            letter.html,
            good_for,
        )

    async def take_due(self) -> Mail | None:
        """The mail that is due first, until the end of this transaction nobody else's; None if none is."""
        row = await self._tx.row(
            "SELECT id, recipient, subject, body, html, tries, created_at + good_for <= now() AS is_late FROM mails"
            " WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        if row is None:
            return None
        letter = Letter(row["subject"], row["body"], row["html"])
        return Mail(row["id"], row["recipient"], letter, row["tries"], row["is_late"])

    async def try_later(self, mail: Mail, pause: timedelta) -> None:
        await self._tx.run(
            "UPDATE mails SET tries = tries + 1, due_at = now() + $2 WHERE id = $1",
            mail.id,
            pause,
        )

    async def remove(self, mail: Mail) -> None:
        """It was sent, or nobody will get it."""
        await self._tx.run("DELETE FROM mails WHERE id = $1", mail.id)
