"""The box of mails that wait for the postman."""

from __future__ import annotations

from chassis.database import Transaction
from contracts.event import new_id
from services.auth.letters import Letter


class MailStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def post(self, recipient: str, letter: Letter) -> None:
        """Put a mail into the box that the postman empties."""
        await self._tx.run(
            "INSERT INTO mails (id, recipient, subject, body, html) VALUES ($1, $2, $3, $4, $5)",
            new_id(),
            recipient,
            letter.subject,
            letter.text,
            letter.html,
        )
