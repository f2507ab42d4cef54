"""Buying a plan: an operation of ours becomes a session at Stripe, once, however often and from wherever it is asked.

The operation is committed before Stripe is asked, and its id is what Stripe is asked by. So whoever comes while it is
under way, or after this process died on the way, gets the same session. What is bought here is not believed before
Stripe says it.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.event import new_id
from contracts.license import Checkout, Redirect
from services.license.domain.buying import (
    CheckoutReplaced,
    NothingToManage,
    PaymentsUnavailable,
    PlanNotForSale,
    Wish,
    check_may_buy,
    repeated,
    trial_for,
)
from services.license.domain.licenses import NoLicense
from services.license.door.client import NotAtStripe
from services.license.door.shop import Session, StripeShop
from services.license.looking import Clock, Looking
from services.license.price_list import PriceList
from services.license.store.checkouts import CheckoutStore
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore, PriceRow
from services.license.store.subscriptions import SubscriptionStore
from services.license.turns import Turns


class Buying:
    def __init__(
        self, database: Database, shop: StripeShop, prices: PriceList, looking: Looking, public_url: str, clock: Clock
    ) -> None:
        self._database = database
        self._shop = shop
        self._prices = prices
        self._looking = looking
        self._url = public_url.rstrip("/")
        self._clock = clock
        self._turns = Turns()

    async def checkout(self, user_id: UUID, wanted: Checkout, key: str | None) -> Redirect:
        """
        Raises:
            AlreadySubscribed, PlanNotForSale, IdempotencyKeyReused, CheckoutReplaced, NoLicense
            PaymentsUnavailable, CheckoutImpossible, Unavailable
        """
        if not self._shop.is_configured:
            raise PaymentsUnavailable
        async with self._turns.of(user_id):
            wish, price, customer, is_new = await self._begin(user_id, wanted, key)
            if is_new and customer is not None:
                await self._shop.close_sessions(customer)
            if wish.url is None:
                wish = await self._session_for(user_id, wish, price, customer)
        if wish.url is None:
            raise CheckoutReplaced
        return Redirect(url=wish.url)

    async def portal(self, user_id: UUID) -> Redirect:
        """
        Raises:
            NothingToManage: the account has never been to a checkout.
            PaymentsUnavailable, CheckoutImpossible, Unavailable
        """
        if not self._shop.is_configured:
            raise PaymentsUnavailable
        async with self._database.transaction() as tx:
            customer = await SubscriptionStore(tx).customer_of(user_id)
        if customer is None:
            raise NothingToManage
        return Redirect(url=await self._shop.open_portal(customer, f"{self._url}/license/checkout/done"))

    async def _begin(self, user_id: UUID, wanted: Checkout, key: str | None) -> tuple[Wish, PriceRow, str | None, bool]:
        """The operation, its price, the customer if there is one, and whether it is a new one."""
        async with self._database.transaction() as tx:
            customer = await SubscriptionStore(tx).customer_of(user_id)
            earlier = repeated(
                await CheckoutStore(tx).recent(user_id, key), wanted.plan, wanted.interval, key, self._clock()
            )
        if customer is not None and earlier is None:
            await self._looking.at(customer)  # a webhook may be late, and nobody shall pay twice
        async with self._database.transaction() as tx:
            checkouts, subscriptions = CheckoutStore(tx), SubscriptionStore(tx)
            await checkouts.one_at_a_time(user_id)
            if await LicenseStore(tx).of(user_id) is None:
                raise NoLicense(retry_after=1)
            price = await _price(tx, wanted)
            known = await checkouts.recent(user_id, key)
            moment = self._clock()
            if wish := repeated(known, wanted.plan, wanted.interval, key, moment):
                return wish, price, customer, False
            held = await subscriptions.of_account(user_id)
            check_may_buy(held)
            await checkouts.over([each.id for each in known if not each.is_over], moment)
            wish = Wish(new_id(), price.plan, price.interval, trial_for(price.trial, held), moment, key)
            await checkouts.begin(user_id, wish)
            return wish, price, customer, True

    async def _session_for(self, user_id: UUID, wish: Wish, price: PriceRow, customer: str | None) -> Wish:
        if customer is None:
            made = await self._shop.make_customer(user_id)
            async with self._database.transaction() as tx:
                await SubscriptionStore(tx).keep_customer(made, user_id)
                customer = await SubscriptionStore(tx).customer_of(user_id) or made
        try:
            session = await self._open(user_id, wish, customer, await self._prices.id_of(price))
        except NotAtStripe:  # the price was replaced by another since we asked for it
            session = await self._open(user_id, wish, customer, await self._prices.id_of(price, anew=True))
        async with self._database.transaction() as tx:
            is_ours = await CheckoutStore(tx).got_session(wish.id, session.id, session.url, session.expires_at)
        if not is_ours:
            await self._shop.close_session(session.id)
            return wish
        return replace(wish, session_id=session.id, url=session.url, expires_at=session.expires_at)

    async def _open(self, user_id: UUID, wish: Wish, customer: str, price_id: str) -> Session:
        return await self._shop.open_session(
            wish.id,
            user_id,
            customer,
            price_id,
            wish.trial_days,
            f"{self._url}/license/checkout/done?session={{CHECKOUT_SESSION_ID}}",
            f"{self._url}/license/checkout/cancelled",
        )


async def _price(tx: Transaction, wanted: Checkout) -> PriceRow:
    for price in await PlanStore(tx).prices():
        if (price.plan, price.interval) == (wanted.plan, wanted.interval):
            return price
    raise PlanNotForSale
