"""A webhook is a doorbell: who rang is written down, and answered; what it is about is looked up afterwards."""

from __future__ import annotations

from collections.abc import Callable

from chassis.database import Database
from contracts.event import now
from services.license.domain.buying import PaymentsUnavailable
from services.license.door.webhooks import Heard, verified
from services.license.store.checkouts import CheckoutStore
from services.license.store.errands import ErrandStore


class Doorbell:
    """`secrets`: comma-separated, while one takes the place of another. `wake` is called when there is an errand."""

    def __init__(self, database: Database, secrets: str, wake: Callable[[], None]) -> None:
        self._database = database
        self._secrets = [secret.strip() for secret in secrets.split(",") if secret.strip()]
        self._wake = wake

    async def ring(self, body: bytes, signature: str) -> None:
        """
        Raises:
            InvalidSignature: the message is not Stripe's; nothing was written down.
            PaymentsUnavailable: we have no secret to tell that by; Stripe will ring again.
            Unavailable
        """
        if not self._secrets:
            raise PaymentsUnavailable
        heard = verified(body, signature, self._secrets)
        if heard is None:
            return
        await self.note([heard])
        self._wake()

    async def note(self, heard: list[Heard]) -> int:
        """Make errands of what happened; returns how many were not known yet."""
        async with self._database.transaction() as tx:
            new = 0
            for each in heard:
                new += await ErrandStore(tx).add(each.event, each.kind, each.customer, each.charge)
                if each.session is not None:
                    await CheckoutStore(tx).session_over(each.session, now())
        return new
