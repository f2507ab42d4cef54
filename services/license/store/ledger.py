"""Every movement of money, once."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Transaction
from services.license.domain.ledger import Movement


class LedgerStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def known(self, customer: str) -> set[tuple[str, str]]:
        """Kind and name of every movement of a customer that is written down."""
        rows = await self._tx.rows("SELECT kind, stripe_id FROM ledger WHERE customer_id = $1", customer)
        return {(row["kind"], row["stripe_id"]) for row in rows}

    async def write(self, movement: Movement, customer: str, user_id: UUID | None, plan: str | None) -> bool:
        """False if it was there. `user_id` is None for somebody who was erased."""
        invoice = movement.invoice
        written = await self._tx.run(
            "INSERT INTO ledger (kind, stripe_id, user_id, customer_id, subscription_id, invoice_id, plan, amount,"
            " currency, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            movement.kind,
            movement.stripe_id,
            user_id,
            customer,
            invoice.subscription if invoice else None,
            invoice.id if invoice else None,
            plan,
            movement.amount,
            movement.currency,
            movement.happened_at,
        )
        return written == 1

    async def forget_person(self, user_id: UUID) -> None:
        """The books are kept; of whom they tell is not."""
        await self._tx.run("UPDATE ledger SET user_id = NULL WHERE user_id = $1", user_id)
