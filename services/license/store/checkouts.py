"""What accounts wanted to buy, and the sessions that they got for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from services.license.domain.buying import Wish

_FIELDS = "id, plan, interval, trial_days, created_at, idempotency_key, session_id, url, expires_at, over_at"


class CheckoutStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def one_at_a_time(self, user_id: UUID) -> None:
        """Until this transaction ends, nobody else begins a checkout of that account, and nobody forgets it."""
        await self._tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(user_id))

    async def recent(self, user_id: UUID, key: str | None) -> list[Wish]:
        """The wishes that are not over, and the one with that key; the newest first."""
        rows = await self._tx.rows(
            f"SELECT {_FIELDS} FROM checkouts WHERE user_id = $1 AND (over_at IS NULL OR idempotency_key = $2)"
            " ORDER BY created_at DESC LIMIT 100",
            user_id,
            key,
        )
        return [_wish(row) for row in rows]

    async def begin(self, user_id: UUID, wish: Wish) -> None:
        await self._tx.run(
            "INSERT INTO checkouts (id, user_id, plan, interval, idempotency_key, trial_days, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            wish.id,
            user_id,
            wish.plan,
            wish.interval,
            wish.idempotency_key,
            wish.trial_days,
            wish.created_at,
        )

    async def got_session(self, wish_id: UUID, session_id: str, url: str, expires_at: datetime) -> bool:
        """False if another wish has taken its place meanwhile."""
        return (
            await self._tx.run(
                "UPDATE checkouts SET session_id = $2, url = $3, expires_at = $4 WHERE id = $1 AND over_at IS NULL",
                wish_id,
                session_id,
                url,
                expires_at,
            )
            == 1
        )

    async def over(self, wish_ids: list[UUID], now: datetime) -> None:
        await self._tx.run("UPDATE checkouts SET over_at = $2 WHERE id = ANY($1) AND over_at IS NULL", wish_ids, now)

    async def session_over(self, session_id: str, now: datetime) -> None:
        await self._tx.run(
            "UPDATE checkouts SET over_at = $2 WHERE session_id = $1 AND over_at IS NULL", session_id, now
        )

    async def forget(self, user_id: UUID) -> None:
        await self._tx.run("DELETE FROM checkouts WHERE user_id = $1", user_id)

    async def forget_old(self, now: datetime) -> None:
        await self._tx.run("DELETE FROM checkouts WHERE created_at < $1::timestamptz - interval '40 days'", now)


def _wish(row: Row) -> Wish:
    return Wish(
        id=row["id"],
        plan=row["plan"],
        interval=row["interval"],
        trial_days=row["trial_days"],
        created_at=row["created_at"],
        idempotency_key=row["idempotency_key"],
        session_id=row["session_id"],
        url=row["url"],
        expires_at=row["expires_at"],
        is_over=row["over_at"] is not None,
    )
