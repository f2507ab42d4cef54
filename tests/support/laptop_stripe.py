"""The laptop's Stripe from outside: its pages as a browser uses them, and what its commands can do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

DAY_S = 86_400
GOOD_CARD, OTHER_GOOD_CARD, NO_CARD = "4242424242424242", "5555555555554444", "4000000000000002"


class LaptopStripe:
    """`stripe` in devstack.json says where it is and which key it takes."""

    def __init__(self, http: aiohttp.ClientSession, key: str) -> None:
        self._http, self._key = http, {"authorization": f"Bearer {key}"}

    @classmethod
    @asynccontextmanager
    async def at(cls, told: dict[str, str]) -> AsyncIterator[LaptopStripe]:
        async with aiohttp.ClientSession(told["api"], timeout=aiohttp.ClientTimeout(total=120)) as http:
            yield cls(http, told["secret_key"])

    async def pay(self, page: str, email: str, card: str = GOOD_CARD) -> bool:
        """Fill in the page of a checkout session; whether it was paid."""
        form = {"action": "pay", "number": card, "email": email, "name": "Max"}
        async with self._http.post(page, data=form, allow_redirects=False) as answer:
            return answer.status == 303

    async def pay_open_invoice(self, portal: str, card: str = OTHER_GOOD_CARD) -> bool:
        """In the portal: another card, and with it what is owed."""
        async with self._http.get(portal) as answer:
            invoice = re.search(r"in_[A-Za-z0-9]+", await answer.text())
        assert invoice, "nothing is owed"
        said = ""
        for form in ({"action": "card", "number": card}, {"action": "pay", "invoice": invoice[0]}):
            async with self._http.post(portal, data=form) as answer:
                said = await answer.text()
        return "Paid. Thank you." in said

    async def advance(self, days: float) -> None:
        await self._control("advance", seconds=int(days * DAY_S))

    async def card(self, email: str, does: str) -> None:
        await self._control("card", customer=email, card=does)

    async def faults(self, **wanted: Any) -> None:
        """As `python -m devstack.stripe faults`; without any, nothing goes wrong any more."""
        await self._control("faults", **wanted)

    async def webhooks_waiting(self) -> int:
        async with self._http.get("/_control/state", headers=self._key) as answer:
            return (await answer.json())["webhooks_waiting"]

    async def paid_invoices(self) -> dict[str, int]:
        """What was taken, in cents, by the ids of the invoices."""
        found, after = dict[str, int](), ""
        while True:
            query = f"/v1/invoices?status=paid&limit=100{after}"
            async with self._http.get(query, headers=self._key) as answer:
                page = msgspec.json.decode(await answer.read())
            found |= {invoice["id"]: invoice["amount_paid"] for invoice in page["data"]}
            if not page["has_more"]:
                return found
            after = f"&starting_after={page['data'][-1]['id']}"

    async def _control(self, path: str, **body: Any) -> None:
        async with self._http.post(f"/_control/{path}", json=body, headers=self._key) as answer:
            assert answer.status == 200, await answer.text()
