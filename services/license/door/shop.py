"""What we have Stripe do: make customers, sell, show its portal, end what somebody has subscribed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.license.domain.buying import CheckoutImpossible
from services.license.door import words
from services.license.door.client import NotAtStripe, StripeClient, asking


@dataclass(frozen=True)
class Session:
    """A checkout at Stripe; the driver's browser goes to `url`."""

    id: str
    url: str
    expires_at: datetime


class StripeShop:
    """Every call may raise Unavailable, PaymentsUnavailable or CheckoutImpossible.

    What makes something carries an idempotency key of ours: if the answer is lost, asking again makes nothing twice.
    """

    def __init__(self, client: StripeClient) -> None:
        self._client = client

    @property
    def is_configured(self) -> bool:
        return self._client.is_configured

    async def make_customer(self, user_id: UUID) -> str:
        """Stripe's id of the customer of that account. No address: Stripe asks the driver for one itself."""
        asked = {"metadata": {"user_id": str(user_id)}}
        with asking("customers.create"):
            made = await self._client.v1.customers.create_async(asked, {"idempotency_key": f"customer-{user_id}"})
        return made["id"]

    async def open_session(
        self, wish_id: UUID, user_id: UUID, customer: str, price_id: str, trial_days: int, done: str, cancelled: str
    ) -> Session:
        """A session for that wish; the same for the same wish, however often it is asked for.

        Raises:
            NotAtStripe: the price is not sold any more.
        """
        data: dict[str, Any] = {"metadata": {"user_id": str(user_id)}}
        if trial_days:
            data["trial_period_days"] = trial_days
        asked: dict[str, Any] = {
            "mode": "subscription",
            "customer": customer,
            "client_reference_id": str(user_id),
            "line_items": [{"price": price_id, "quantity": 1}],
            "allow_promotion_codes": True,
            "automatic_tax": {"enabled": True},
            "customer_update": {"address": "auto", "name": "auto"},  # taxes depend on where somebody lives
            "subscription_data": data,
            "success_url": done,
            "cancel_url": cancelled,
        }
        key = {"idempotency_key": f"checkout-{wish_id}-{price_id}"}
        with asking("checkout.sessions.create"):
            made = await self._client.v1.checkout.sessions.create_async(asked, key)
        return Session(made["id"], made["url"], words.moment(made["expires_at"]))

    async def close_session(self, session_id: str) -> None:
        """Nobody can pay there any more; no matter if somebody has, or it had expired."""
        try:
            with asking("checkout.sessions.expire"):
                await self._client.v1.checkout.sessions.expire_async(session_id)
        except CheckoutImpossible:
            return

    async def close_sessions(self, customer: str) -> None:
        """Let nobody pay in any session that the customer still has, also in one that we never heard the answer of."""
        with asking("checkout.sessions.list"):
            found = await self._client.v1.checkout.sessions.list_async(
                {"customer": customer, "status": "open", "limit": 100}
            )
        for each in found["data"]:
            await self.close_session(each["id"])

    async def open_portal(self, customer: str, back: str) -> str:
        """The address where that customer changes, ends and looks at what they bought."""
        with asking("billing_portal.sessions.create"):
            made = await self._client.v1.billing_portal.sessions.create_async(
                {"customer": customer, "return_url": back}
            )
        return made["url"]

    async def forget(self, customer: str) -> None:
        """End every subscription at once, and let Stripe forget the person. Doing it again changes nothing."""
        v1 = self._client.v1
        try:
            with asking("subscriptions.list"):
                found = await v1.subscriptions.list_async({"customer": customer, "limit": 100})
            for each in found["data"]:
                with asking("subscriptions.cancel"):
                    await v1.subscriptions.cancel_async(each["id"])
            with asking("customers.delete"):
                await v1.customers.delete_async(customer)
        except NotAtStripe:
            return
