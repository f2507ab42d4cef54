"""Who has which licence, and which devices sit on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.database import Row, Transaction
from contracts.event import new_id
from contracts.license import LicenseChanged
from services.license.domain.licenses import License
from services.license.domain.standing import FREE, Code, Standing
from services.license.store.devices import DeviceStore
from services.license.store.plans import PLAN, plan_of


class LicenseStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def open_free_plan(self, user_id: UUID) -> None:
        """Give the account its licence on the free plan; nothing happens if it has one, or was erased meanwhile."""
        await self.one_at_a_time(user_id)
        opened = await self._tx.run(
            "INSERT INTO licenses (id, user_id, plan_type, max_devices)"
            " SELECT $1, $2, id, max_devices FROM plans WHERE id = $3"
            " AND NOT EXISTS (SELECT FROM forgotten WHERE user_id = $2) ON CONFLICT (user_id) DO NOTHING",
            new_id(),
            user_id,
            FREE,
        )
        if opened:
            license = await self.of(user_id)
            assert license is not None
            self.record_change(license, "opened")

    async def of(self, user_id: UUID, *, to_change: bool = False) -> License | None:
        """The account's licence with its devices; `to_change` makes others who want to change it wait."""
        row = await self._tx.row(
            "SELECT l.id, l.user_id, l.is_valid, l.code, l.entitlements AS may_use, l.subscription_status, l.renews_at,"
            f" l.grace_until, l.reconsider_at, {PLAN} FROM licenses l JOIN plans p ON p.id = l.plan_type"
            " WHERE l.user_id = $1" + (" FOR UPDATE OF l" if to_change else ""),
            user_id,
        )
        if row is None:
            return None
        return License(
            id=row["id"],
            user_id=row["user_id"],
            standing=_standing(row),
            devices=await DeviceStore(self._tx).on(row["id"]),
        )

    async def keep_standing(self, license: License, standing: Standing) -> None:
        await self._tx.run(
            "UPDATE licenses SET plan_type = $2, max_devices = $3, is_valid = $4, code = $5, entitlements = $6,"
            " subscription_status = $7, renews_at = $8, grace_until = $9, reconsider_at = $10 WHERE id = $1",
            license.id,
            standing.plan.id,
            standing.plan.max_devices,
            standing.is_valid,
            standing.code,
            list(standing.entitlements),
            standing.subscription_status,
            standing.renews_at,
            standing.grace_until,
            standing.reconsider_at,
        )

    async def due_for_judgement(self, now: datetime, most: int) -> list[UUID]:
        """Accounts about whom time alone may have changed the judgement; asked for once, whoever asks."""
        rows = await self._tx.rows(
            "UPDATE licenses SET reconsider_at = NULL WHERE id IN (SELECT id FROM licenses WHERE reconsider_at <= $1"
            " ORDER BY reconsider_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING user_id",
            now,
            most,
        )
        return [row["user_id"] for row in rows]

    async def seen(self, license: License, now: datetime) -> None:
        """Note to the minute that the licence was asked for: a question should seldom have to wait for a disk."""
        await self._tx.run(
            "UPDATE licenses SET last_validation = $2"
            " WHERE id = $1 AND coalesce(last_validation, '-infinity') < $2::timestamptz - interval '1 minute'",
            license.id,
            now,
        )

    async def forget(self, user_id: UUID) -> None:
        """Keep nothing of an account, and let nothing that arrives later begin it anew."""
        await self.one_at_a_time(user_id)
        await self._tx.run("INSERT INTO forgotten (user_id) VALUES ($1) ON CONFLICT DO NOTHING", user_id)
        await self._tx.run("DELETE FROM licenses WHERE user_id = $1", user_id)
        await self._tx.run("DELETE FROM subscriptions WHERE user_id = $1", user_id)
        await self._tx.run("DELETE FROM customers WHERE user_id = $1", user_id)

    def record_change(self, license: License, reason: str) -> None:
        self._tx.record(
            LicenseChanged(
                user_id=license.user_id,
                license_id=license.id,
                plan=license.plan.id,
                entitlements=license.standing.entitlements,
                reason=reason,
                code=license.standing.code,
            )
        )

    async def one_at_a_time(self, user_id: UUID) -> None:
        """Until this transaction ends, nobody else begins or forgets that account."""
        await self._tx.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", str(user_id))


def _standing(row: Row) -> Standing:
    plan = plan_of(row)
    return Standing(
        plan=plan,
        is_valid=row["is_valid"],
        code=Code(row["code"]),
        entitlements=plan.entitlements if row["may_use"] is None else tuple(row["may_use"]),
        subscription_status=row["subscription_status"],
        renews_at=row["renews_at"],
        grace_until=row["grace_until"],
        reconsider_at=row["reconsider_at"],
    )
