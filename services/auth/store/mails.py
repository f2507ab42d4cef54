"""The box of mails that wait for the postman."""

from __future__ import annotations

from chassis.database import Transaction
from contracts.event import new_id


class MailStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def post(self, recipient: str, subject: str, body: str) -> None:
        """Put a mail into the box that the postman empties."""
        await self._tx.run(
            "INSERT INTO mails (id, recipient, subject, body) VALUES ($1, $2, $3, $4)",
            new_id(),
            recipient,
            subject,
            body,
        )
