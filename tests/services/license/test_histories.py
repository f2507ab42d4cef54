"""Histories by chance: whatever happens at Stripe, and whatever becomes of its webhooks, license ends up where an
independent account of the same history says, and has counted every payment once.

`RACEOVERLAY_HISTORIES=1000` lives through more of them than a run of all tests does.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import msgspec
import pytest
import stripe as sdk
from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st
from license_service import CARD, clock_of
from stand_in import KEY, StandIn
from stripe_oracle import sums, verdict

from chassis.database import Database
from chassis.migrations import migrate
from contracts.license import Checkout, Interval
from devstack.postgres import Postgres
from devstack.stripe import seed
from devstack.stripe.shapes import public
from services.license.domain.buying import AlreadySubscribed
from services.license.money import Money
from services.license.store.licenses import LicenseStore

MANY = os.environ.get("RACEOVERLAY_HISTORIES")
HISTORIES = int(MANY or "24")
SECRET = "whsec_of_the_histories"

STEPS = st.one_of(
    st.tuples(st.just("buy"), st.sampled_from(["pro", "team"]), st.sampled_from(list(Interval)), st.booleans()),
    st.tuples(st.just("advance"), st.sampled_from([0.5, 2, 6, 10, 14, 20, 32, 62])),
    st.tuples(st.just("advance"), st.sampled_from([1, 3, 16, 31])),
    st.tuples(st.just("card"), st.sampled_from(["decline", "ok"])),
    st.tuples(st.just("dunning"), st.sampled_from(["unpaid", "canceled", "past_due"])),
    st.tuples(st.just("pay")),
    st.tuples(st.just("cancel"), st.sampled_from(["later", "now", "not"])),
    st.tuples(st.just("switch"), st.sampled_from(["pro_month", "pro_year", "team_month", "team_year"])),
    st.tuples(st.just("refund"), st.booleans()),
    st.tuples(st.just("dispute"), st.sampled_from(["open", "won", "lost"])),
    st.tuples(st.just("pause"), st.booleans()),
    st.tuples(st.just("grant"), st.sampled_from(["pro", "team"])),
    st.tuples(st.just("revoke")),
    st.tuples(st.just("work")),
)
BEGINNINGS = st.sampled_from(
    [
        [],
        [("buy", "pro", Interval.MONTH, True)],
        [("buy", "pro", Interval.MONTH, True), ("advance", 15)],
        [("buy", "team", Interval.YEAR, True), ("advance", 15)],
        [("buy", "pro", Interval.MONTH, False), ("advance", 15)],
    ]
)
PAID = [("buy", "pro", Interval.MONTH, True), ("advance", 15)]
FAILED = [*PAID, ("dunning", "past_due"), ("card", "decline"), ("advance", 30.5)]
KNOWN = [  # these are lived through every time
    [*FAILED, ("advance", 12)],
    [*FAILED, ("work",), ("advance", 15)],
    [*FAILED, ("switch", "team_year"), ("advance", 10), ("switch", "pro_month"), ("advance", 5)],
    [*FAILED, ("advance", 10), ("pay",), ("advance", 30)],
    [*PAID, ("dispute", "open"), ("dispute", "lost")],
    [*PAID, ("dispute", "open"), ("dispute", "lost"), ("advance", 31)],
    [*PAID, ("refund", False), ("refund", True), ("switch", "team_month")],
    [*PAID, ("pause", True), ("advance", 31), ("pause", False), ("advance", 31)],
]
HISTORY = st.builds(list.__add__, BEGINNINGS, st.lists(STEPS, min_size=1, max_size=12))
SEED = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class Settings:
    stripe_api_base: str
    stripe_secret_key: str = KEY
    stripe_webhook_secret: str = SECRET
    public_url: str = "https://raceoverlay.test"
    reconcile_hour: int = 3


@dataclass
class Life:
    """One account, its Stripe, and the parts of license that money goes through."""

    stripe: StandIn
    license: Money
    database: Database
    http: aiohttp.ClientSession
    chance: random.Random
    user: UUID = field(default_factory=uuid4)
    act: tuple[str, str] | None = None
    heard: int = 0
    late: list[dict[str, Any]] = field(default_factory=list)

    async def buy(self, plan: str, interval: Interval, with_good_card: bool) -> None:
        try:
            there = await self.license.buying.checkout(self.user, Checkout(plan, interval), None)
        except AlreadySubscribed:
            assert any(self._running()), "nobody is told of a subscription that Stripe does not have"
            return
        number = CARD["number"] if with_good_card else "4000000000000341"
        async with self.http.post(there.url, data={**CARD, "number": number, "action": "pay"}, allow_redirects=False):
            pass

    async def advance(self, days: float) -> None:
        await self.stripe.advance(days)

    async def card(self, does: str) -> None:
        if (customer := self.customer()) is not None:
            await self.stripe.control("card", customer=customer, card=does)

    async def dunning(self, then: str) -> None:
        await self.stripe.control("dunning", then=then)

    async def pay(self) -> None:
        for invoice in self._mine("invoice"):
            if invoice["status"] == "open":
                await self._ask(self.stripe.v1.invoices.pay_async(invoice["id"], {"payment_method": "pm_card_visa"}))

    async def cancel(self, when: str) -> None:
        for each in self._running():
            v1 = self.stripe.v1.subscriptions
            await self._ask(
                v1.cancel_async(each["id"])
                if when == "now"
                else v1.update_async(each["id"], {"cancel_at_period_end": when == "later"})
            )

    async def switch(self, key: str) -> None:
        price = next(each for each in self._all("price") if each["lookup_key"] == key)
        for each in self._running():
            items: Any = [{"id": each["items"]["data"][0]["id"], "price": price["id"]}]
            how: Any = self.chance.choice(["create_prorations", "always_invoice", "none"])
            await self._ask(
                self.stripe.v1.subscriptions.update_async(each["id"], {"items": items, "proration_behavior": how})
            )

    async def refund(self, is_full: bool) -> None:
        for charge in [each for each in self._mine("charge") if each["paid"]][:1]:
            left = charge["amount"] - charge["amount_refunded"]
            asked: Any = {"charge": charge["id"]} if is_full else {"charge": charge["id"], "amount": max(1, left // 2)}
            await self._ask(self.stripe.v1.refunds.create_async(asked))

    async def dispute(self, action: str) -> None:
        if (customer := self.customer()) is not None:
            path = f"{self.stripe.url}/_control/dispute"
            async with self.http.post(
                path, json={"of": customer, "action": action}, headers={"authorization": f"Bearer {KEY}"}
            ):
                pass  # refused where there is nothing to dispute

    async def pause(self, is_on: bool) -> None:
        for each in self._running():
            asked: Any = {"pause_collection": {"behavior": "void"} if is_on else ""}
            await self._ask(self.stripe.v1.subscriptions.update_async(each["id"], asked))

    async def grant(self, plan: str) -> None:
        await self.license.administration.grant(self.user, plan, None, "by chance", None)
        self.act = ("grant", plan)

    async def revoke(self) -> None:
        await self.license.administration.revoke(self.user, "by chance", None)
        self.act = ("revoke", "")

    async def work(self) -> None:
        """The workers get to do what there is to do."""
        while await self.license.passing_time.judge_due() or await self.license.errands.do_one():
            pass

    async def webhooks(self) -> None:
        """What is told of what happened: some once, some twice, some late, some never, in any order."""
        told = [*self.late, *list(self._all("event"))[::-1][self.heard :]]
        self.heard = len(list(self._all("event")))
        self.late = []
        self.chance.shuffle(told)
        for event in told:
            fate = self.chance.choice(["once", "once", "twice", "late", "never"])
            if fate == "late":
                self.late.append(event)
            for _ in range({"once": 1, "twice": 2}.get(fate, 0)):
                body = msgspec.json.encode(public(event))
                signature = sdk.WebhookSignature.generate_signature_header(body.decode(), SECRET)
                await self.license.doorbell.ring(body, signature)

    async def compare(self) -> None:
        """After everybody has been looked at, all is as the history says."""
        await self.work()
        await self.license.reconciliation.run(datetime(2020, 1, 1, tzinfo=UTC))
        await self.work()
        account, customer = self.stripe.engine.account, self.customer()
        now = time.time() + account.offset
        async with self.database.transaction() as tx:
            license = await LicenseStore(tx).of(self.user)
            rows = await tx.rows("SELECT kind, stripe_id, amount FROM ledger WHERE user_id = $1", self.user)
            events = await tx.rows("SELECT body FROM outbox WHERE subject LIKE 'payment.%' ORDER BY position")
        assert license is not None
        standing, wanted = license.standing, verdict(account, customer, self.act, now)
        found = (standing.is_valid, str(standing.code), standing.plan.id, standing.entitlements)
        assert found == (wanted.valid, wanted.code, wanted.plan, wanted.entitlements)
        ledger: dict[str, dict[str, int]] = {}
        for row in rows:
            ledger.setdefault(row["kind"], {})[row["stripe_id"]] = row["amount"]
        moved = sums(account, customer)
        assert ledger == moved
        told = [msgspec.json.decode(row["body"]) for row in events]
        counts = Counter(event["type"] for event in told if event["user_id"] == str(self.user))
        assert counts == Counter(
            {
                f"payment.{kind}": len(moved[name])
                for name, kind in (("payment", "succeeded"), ("failure", "failed"), ("refund", "refunded"))
                if name in moved
            }
        )

    def customer(self) -> str | None:
        return next((each["id"] for each in self._all("customer")), None)

    def _all(self, kind: str) -> list[dict[str, Any]]:
        return list(self.stripe.engine.account.books.all(kind))

    def _mine(self, kind: str) -> list[dict[str, Any]]:
        return self._all(kind)  # every history has a Stripe of its own

    def _running(self) -> list[dict[str, Any]]:
        over = ("canceled", "incomplete", "incomplete_expired")
        return [each for each in self._all("subscription") if each["status"] not in over]

    async def _ask(self, asked: Any) -> None:
        """Some of what chance wishes for, Stripe refuses."""
        try:
            await asked
        except sdk.StripeError as refused:
            note(f"refused: {refused}")


def _each_of(histories: list[list[tuple[Any, ...]]]) -> Callable[[Any], Any]:
    def add(test: Any) -> Any:
        for number, history in enumerate(histories):
            test = example(history=history, by=number)(test)
        return test

    return add


@pytest.fixture(scope="module")
def database_url(postgres: Postgres) -> str:
    url = asyncio.run(postgres.create("test_license_histories"))
    migrate(url, "license")
    return url


@pytest.mark.timeout(180 + 5 * HISTORIES)
@_each_of(KNOWN)
@given(history=HISTORY, by=SEED)
@settings(
    max_examples=HISTORIES,
    deadline=None,
    derandomize=not MANY,
    phases=list(Phase) if MANY else [Phase.explicit, Phase.generate],  # to make a failure short takes many lives
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_history_an_account_stands_as_it_should_and_every_payment_counts_once(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, history: list[tuple[Any, ...]], by: int
):
    asyncio.run(_live_through(database_url, tmp_path_factory.mktemp("history"), history, random.Random(by)))


async def _live_through(url: str, folder: Path, history: list[tuple[Any, ...]], chance: random.Random) -> None:
    async with StandIn.running(folder / "books.sqlite") as stripe, aiohttp.ClientSession() as http:
        seed.plans(stripe.engine.account)
        database = Database(url, pool_size=4)
        money = Money(Settings(stripe.url), database, clock_of(stripe))
        await database.open()
        try:
            life = Life(stripe, money, database, http, chance)
            async with database.transaction() as tx:
                await tx.run("TRUNCATE licenses, subscriptions, customers, checkouts, errands, ledger, outbox CASCADE")
                await tx.run("UPDATE plan_prices SET stripe_price_id = NULL")  # this Stripe has made its own
                await LicenseStore(tx).open_free_plan(life.user)
            for name, *arguments in history:
                await getattr(life, name)(*arguments)
                await life.webhooks()
            await life.compare()
        finally:
            await money.stripe.close()
            await database.close()
