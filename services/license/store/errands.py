"""Reasons to look at Stripe that have not been answered yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chassis.database import Row, Transaction

ERASED = "account.erased"
RECONSIDER = "license.reconsider"
_LOCK = 0x6572  # "er": the space of our advisory locks for customers


@dataclass(frozen=True)
class Errand:
    """`charge` is given where Stripe named no customer."""

    id: str
    kind: str
    customer: str | None
    charge: str | None
    tries: int
    came_at: datetime
    trouble: str | None = None


_FIELDS = "id, kind, customer, charge, tries, came_at, trouble"


class ErrandStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, errand_id: str, kind: str, customer: str | None, charge: str | None = None) -> bool:
        """False if it is known, done or not."""
        return (
            await self._tx.run(
                "INSERT INTO errands (id, kind, customer, charge) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                errand_id,
                kind,
                customer,
                charge,
            )
            == 1
        )

    async def take(self) -> Errand | None:
        """The errand that is due first and that nobody else is at; it is ours until the transaction ends."""
        row = await self._tx.row(
            f"SELECT {_FIELDS} FROM errands WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= clock_timestamp()"
            " ORDER BY due_at FOR UPDATE SKIP LOCKED LIMIT 1"
        )
        return None if row is None else _errand(row)

    async def one_at_a_time(self, customer: str) -> bool:
        """Nobody else looks at that customer until the transaction ends; False if somebody does already."""
        return await self._tx.value("SELECT pg_try_advisory_xact_lock($1, hashtext($2))", _LOCK, customer)

    async def wait_for_turn(self, customer: str) -> None:
        """The same, once whoever is at it has finished."""
        await self._tx.run("SELECT pg_advisory_xact_lock($1, hashtext($2))", _LOCK, customer)

    async def others_of(self, customer: str) -> list[str]:
        """Errands to the same customer that have come by now: one look answers them all."""
        rows = await self._tx.rows(
            "SELECT id FROM errands WHERE customer = $1 AND kind <> $2 AND done_at IS NULL AND dead_at IS NULL"
            " FOR UPDATE SKIP LOCKED",
            customer,
            ERASED,
        )
        return [row["id"] for row in rows]

    async def done(self, errand_ids: list[str]) -> None:
        await self._tx.run(
            "UPDATE errands SET done_at = clock_timestamp(), trouble = NULL WHERE id = ANY($1)", errand_ids
        )

    async def put_off(self, errand_id: str, seconds: float, trouble: str | None, *, counts: bool) -> None:
        """Try again later; `counts`: as one of the tries that it has."""
        await self._tx.run(
            "UPDATE errands SET due_at = clock_timestamp() + make_interval(secs => $2),"
            " trouble = coalesce($3, trouble), tries = tries + $4 WHERE id = $1",
            errand_id,
            seconds,
            trouble,
            1 if counts else 0,
        )

    async def give_up(self, errand_id: str, trouble: str) -> None:
        await self._tx.run(
            "UPDATE errands SET dead_at = clock_timestamp(), trouble = $2, tries = tries + 1 WHERE id = $1",
            errand_id,
            trouble,
        )

    async def dead(self) -> list[Errand]:
        rows = await self._tx.rows(
            f"SELECT {_FIELDS} FROM errands WHERE dead_at IS NOT NULL ORDER BY dead_at LIMIT 1000"
        )
        return [_errand(row) for row in rows]

    async def replay(self, errand_id: str | None) -> int:
        """Let a dead errand, or all of them, be tried anew; returns how many."""
        return await self._tx.run(
            "UPDATE errands SET dead_at = NULL, tries = 0, came_at = clock_timestamp(), due_at = clock_timestamp()"
            " WHERE dead_at IS NOT NULL AND ($1::text IS NULL OR id = $1)",
            errand_id,
        )

    async def counts(self) -> tuple[int, int]:
        """How many wait, and how many are dead; counted as far as ten thousand."""
        row = await self._tx.row(
            "SELECT (SELECT count(*) FROM (SELECT FROM errands WHERE done_at IS NULL AND dead_at IS NULL"
            " LIMIT 10000) w) AS waiting,"
            " (SELECT count(*) FROM (SELECT FROM errands WHERE dead_at IS NOT NULL LIMIT 10000) d) AS dead"
        )
        assert row is not None
        return row["waiting"], row["dead"]

    async def forget_done(self) -> None:
        """Stripe repeats a webhook for three days, and lets it be sent again for thirty."""
        await self._tx.run("DELETE FROM errands WHERE done_at < clock_timestamp() - interval '40 days'")


def _errand(row: Row) -> Errand:
    return Errand(**dict(row))
