"""How license is put together."""

from __future__ import annotations

from litestar.di import Provide

from chassis.database import Database
from chassis.service import Service, on_transaction
from contracts.event import now
from services.license.lease import LeaseKey, LeaseSigner, keys_in
from services.license.looking import Clock
from services.license.money import Money
from services.license.reactions import REACTIONS
from services.license.routes import ROUTES
from services.license.settings import LicenseSettings
from services.license.silent_seats import SilentSeats
from services.license.store.devices import DeviceStore
from services.license.store.licenses import LicenseStore
from services.license.store.plans import PlanStore


def build(settings: LicenseSettings, clock: Clock = now) -> Service:
    """`clock` tells the time by which licences are judged; Stripe's may run ahead where it is a stand-in."""
    previous = keys_in(settings.lease_previous_keys, "LEASE_PREVIOUS_KEYS")
    signer = LeaseSigner(LeaseKey(settings.lease_signing_key), previous)
    database = Database(settings.database_url, pool_size=settings.database_pool_size)
    money = Money(settings, database, clock)
    return Service(
        "license",
        settings,
        database=database,
        routes=ROUTES,
        reactions=REACTIONS,
        resources=[money.stripe, money.errands, money.passing_time, SilentSeats(database)],
        dependencies={
            "licenses": on_transaction(LicenseStore),
            "devices": on_transaction(DeviceStore),
            "plan_rows": on_transaction(PlanStore),
            "signer": Provide(lambda: signer, sync_to_thread=False),
            "buying": Provide(lambda: money.buying, sync_to_thread=False),
            "doorbell": Provide(lambda: money.doorbell, sync_to_thread=False),
            "administration": Provide(lambda: money.administration, sync_to_thread=False),
        },
        summary="Plans, licences and devices.",
    )
