"""How license is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.database import Database
from chassis.service import Service, on_transaction
from contracts.event import now
from services.license.administration import Administration
from services.license.buying import Buying
from services.license.door.books import StripeBooks
from services.license.door.client import StripeClient
from services.license.door.prices import StripePrices
from services.license.door.shop import StripeShop
from services.license.doorbell import Doorbell
from services.license.errands import Errands
from services.license.lease import LeaseSigner
from services.license.looking import Clock, Looking
from services.license.passing_time import PassingTime
from services.license.price_list import PriceList
from services.license.reactions import REACTIONS
from services.license.reconciliation import Reconciliation
from services.license.routes import ROUTES
from services.license.settings import LicenseSettings
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore


def build(settings: LicenseSettings, clock: Clock = now) -> Service:
    """`clock` tells the time by which licences are judged; Stripe's may run ahead where it is a stand-in."""
    signer = LeaseSigner(settings.lease_signing_key)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    stripe = StripeClient(settings.stripe_secret_key, settings.stripe_api_base)
    books, shop = StripeBooks(stripe), StripeShop(stripe)
    looking = Looking(database, books, clock)
    errands = Errands(database, books, shop, looking)
    reconciliation = Reconciliation(database, books, looking)
    quiet_hour = settings.reconcile_hour if stripe.is_configured else None
    passing_time = PassingTime(database, errands, reconciliation, clock, quiet_hour)
    prices = PriceList(database, StripePrices(stripe))
    buying = Buying(database, shop, prices, looking, settings.public_url, clock)
    doorbell = Doorbell(database, settings.stripe_webhook_secret, errands.wake)
    administration = Administration(database, clock)
    return Service(
        "license",
        settings,
        database=database,
        routes=ROUTES,
        reactions=REACTIONS,
        resources=[stripe, errands, passing_time],
        dependencies={
            "licenses": on_transaction(LicenseStore),
            "plan_rows": on_transaction(PlanStore),
            "signer": Provide(lambda: signer, sync_to_thread=False),
            "buying": Provide(lambda: buying, sync_to_thread=False),
            "doorbell": Provide(lambda: doorbell, sync_to_thread=False),
            "administration": Provide(lambda: administration, sync_to_thread=False),
        },
        summary="Plans, licences and devices.",
    )
