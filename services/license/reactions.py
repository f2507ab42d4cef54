"""What happens to licences when something happened elsewhere."""

from __future__ import annotations

from chassis.database import Transaction
from contracts.auth import UserDeleted, UserRegistered
from contracts.event import now
from services.license.judgement import settle
from services.license.store.acts import ActStore
from services.license.store.checkouts import CheckoutStore
from services.license.store.errands import ERASED, ErrandStore
from services.license.store.ledger import LedgerStore
from services.license.store.licenses import LicenseStore
from services.license.store.subscriptions import SubscriptionStore


async def open_free_plan(event: UserRegistered, tx: Transaction) -> None:
    await LicenseStore(tx).open_free_plan(event.user_id)
    await settle(tx, event.user_id, now())  # somebody may have paid before we heard of the account


async def forget(event: UserDeleted, tx: Transaction) -> None:
    """Keep nothing of the person, and have what they subscribed to ended at Stripe. The books stay, without a name."""
    licenses, customer = LicenseStore(tx), await SubscriptionStore(tx).customer_of(event.user_id)
    await licenses.forget(event.user_id)
    await LedgerStore(tx).forget_person(event.user_id)
    await CheckoutStore(tx).forget(event.user_id)
    await ActStore(tx).forget_words(event.user_id)
    if customer is not None:
        await ErrandStore(tx).add(f"{ERASED}:{customer}", ERASED, customer)


REACTIONS = {
    UserRegistered: open_free_plan,
    UserDeleted: forget,
}
