"""Who is which customer at Stripe, and what each has subscribed to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.event import new_id
from services.license.domain.subscriptions import Status, Subscription

_FIELDS = (
    "stripe_subscription_id, stripe_customer_id, plan, status, interval, started_at, renewal_date, ends_at, ended_at,"
    " trial_end, first_failed_at, last_paid_at, is_paused, is_refunded, is_disputed"
)


class SubscriptionStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def of_account(self, user_id: UUID) -> list[Subscription]:
        rows = await self._tx.rows(
            f"SELECT {_FIELDS} FROM subscriptions WHERE user_id = $1 AND stripe_subscription_id IS NOT NULL", user_id
        )
        return [_subscription(row) for row in rows]

    async def of_customer(self, customer: str) -> dict[str, Subscription]:
        rows = await self._tx.rows(f"SELECT {_FIELDS} FROM subscriptions WHERE stripe_customer_id = $1", customer)
        return {row["stripe_subscription_id"]: _subscription(row) for row in rows}

    async def keep(self, user_id: UUID, subscription: Subscription, now: datetime) -> None:
        """Remember it as it was read at that moment."""
        await self._tx.run(
            f"INSERT INTO subscriptions (id, user_id, looked_at, {_FIELDS})"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
            " ON CONFLICT (stripe_subscription_id) DO UPDATE SET user_id = $2, looked_at = $3, stripe_customer_id = $5,"
            " plan = $6, status = $7, interval = $8, started_at = $9, renewal_date = $10, ends_at = $11,"
            " ended_at = $12, trial_end = $13, first_failed_at = $14, last_paid_at = $15, is_paused = $16,"
            " is_refunded = $17, is_disputed = $18",
            new_id(),
            user_id,
            now,
            subscription.id,
            subscription.customer,
            subscription.plan,
            subscription.status,
            subscription.interval,
            subscription.started_at,
            subscription.renews_at,
            subscription.ends_at,
            subscription.ended_at,
            subscription.trial_end,
            subscription.first_failed_at,
            subscription.last_paid_at,
            subscription.is_paused,
            subscription.is_refunded,
            subscription.is_disputed,
        )

    async def customer_of(self, user_id: UUID) -> str | None:
        return await self._tx.value("SELECT id FROM customers WHERE user_id = $1", user_id)

    async def account_of(self, customer: str) -> UUID | None:
        return await self._tx.value("SELECT user_id FROM customers WHERE id = $1", customer)

    async def keep_customer(self, customer: str, user_id: UUID) -> None:
        """An account keeps the customer that it had first."""
        await self._tx.run(
            "INSERT INTO customers (id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", customer, user_id
        )

    async def was_forgotten(self, user_id: UUID) -> bool:
        return await self._tx.value("SELECT EXISTS (SELECT FROM forgotten WHERE user_id = $1)", user_id)

    async def customers_to_watch(self) -> set[str]:
        """Customers to whom something may yet happen at Stripe."""
        rows = await self._tx.rows(
            "SELECT DISTINCT stripe_customer_id AS id FROM subscriptions"
            " WHERE status NOT IN ('canceled', 'incomplete_expired') AND stripe_customer_id IS NOT NULL"
        )
        return {row["id"] for row in rows}


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row["stripe_subscription_id"],
        customer=row["stripe_customer_id"],
        plan=row["plan"],
        status=Status(row["status"]),
        interval=row["interval"],
        started_at=row["started_at"],
        renews_at=row["renewal_date"],
        ends_at=row["ends_at"],
        ended_at=row["ended_at"],
        trial_end=row["trial_end"],
        first_failed_at=row["first_failed_at"],
        last_paid_at=row["last_paid_at"],
        is_paused=row["is_paused"],
        is_refunded=row["is_refunded"],
        is_disputed=row["is_disputed"],
    )
