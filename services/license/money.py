"""How everything that has to do with money is put together: for the service, and for an operator's command."""

from __future__ import annotations

from typing import Protocol

from chassis.database import Database
from services.license.administration import Administration
from services.license.buying import Buying
from services.license.door.books import StripeBooks
from services.license.door.client import StripeClient
from services.license.door.prices import StripePrices
from services.license.door.shop import StripeShop
from services.license.doorbell import Doorbell
from services.license.errands import Errands
from services.license.looking import Clock, Looking
from services.license.passing_time import PassingTime
from services.license.price_list import PriceList
from services.license.reconciliation import Reconciliation


class MoneySettings(Protocol):
    """What is asked of the environment, by the service as by a command."""

    @property
    def stripe_secret_key(self) -> str: ...
    @property
    def stripe_webhook_secret(self) -> str: ...
    @property
    def stripe_api_base(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def reconcile_hour(self) -> int: ...


class Money:
    """`clock` tells the time by which licences are judged; a stand-in's for Stripe may run ahead."""

    def __init__(self, settings: MoneySettings, database: Database, clock: Clock) -> None:
        self.stripe = StripeClient(settings.stripe_secret_key, settings.stripe_api_base)
        books, shop = StripeBooks(self.stripe), StripeShop(self.stripe)
        looking = Looking(database, books, clock)
        self.errands = Errands(database, books, shop, looking)
        self.reconciliation = Reconciliation(database, books, looking)
        quiet_hour = settings.reconcile_hour if self.stripe.is_configured else None
        self.passing_time = PassingTime(database, self.errands, self.reconciliation, clock, quiet_hour)
        self.prices = PriceList(database, StripePrices(self.stripe))
        self.buying = Buying(database, shop, self.prices, looking, settings.public_url, clock)
        self.doorbell = Doorbell(database, settings.stripe_webhook_secret, self.errands.wake)
        self.administration = Administration(database, clock)
