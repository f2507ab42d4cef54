"""What can be had, and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace

from chassis.database import Row, Transaction
from contracts.license import Interval, Plan, Price
from services.license.domain.standing import Plans

PLAN = (
    "p.id AS plan_id, p.name AS plan_name, p.max_devices AS plan_devices, p.offline_days, p.entitlements, p.channels,"
    " p.at_expiry, p.summary"
)


@dataclass(frozen=True)
class PriceRow:
    """A price of ours. `stripe_id` is Stripe's id of it, as far as it was asked for."""

    plan: str
    interval: Interval
    lookup_key: str
    stripe_id: str | None
    amount: int
    currency: str
    trial: timedelta


class PlanStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def all(self) -> tuple[Plan, ...]:
        """Every plan with its prices, the lesser first."""
        prices: dict[str, list[Price]] = {}
        for each in await self.prices():
            shown = Price(each.interval, each.amount, each.currency, each.trial.days)
            prices.setdefault(each.plan, []).append(shown)
        return tuple(replace(plan, prices=tuple(prices.get(plan.id, ()))) for plan in await self._bare())

    async def ladder(self) -> Plans:
        """The same to judge by, whatever they cost."""
        return Plans(await self._bare())

    async def _bare(self) -> list[Plan]:
        return [plan_of(row) for row in await self._tx.rows(f"SELECT {PLAN} FROM plans p ORDER BY position")]

    async def prices(self) -> tuple[PriceRow, ...]:
        rows = await self._tx.rows(
            "SELECT plan, interval, lookup_key, stripe_price_id, amount, currency, trial_days"
            " FROM plan_prices ORDER BY plan, interval"
        )
        return tuple(
            PriceRow(
                plan=row["plan"],
                interval=Interval(row["interval"]),
                lookup_key=row["lookup_key"],
                stripe_id=row["stripe_price_id"],
                amount=row["amount"],
                currency=row["currency"],
                trial=timedelta(days=row["trial_days"]),
            )
            for row in rows
        )

    async def remember(self, lookup_key: str, stripe_id: str) -> None:
        """Under which id Stripe sells it now."""
        await self._tx.run("UPDATE plan_prices SET stripe_price_id = $2 WHERE lookup_key = $1", lookup_key, stripe_id)


def plan_of(row: Row) -> Plan:
    """The plan in the columns that PLAN names."""
    return Plan(
        id=row["plan_id"],
        name=row["plan_name"],
        max_devices=row["plan_devices"],
        offline_days=row["offline_days"],
        entitlements=tuple(row["entitlements"]),
        channels=tuple(row["channels"]),
        at_expiry=row["at_expiry"],
        summary=row["summary"],
    )
