"""How do webhooks reach their endpoints? Signed, a few at a time, again after a growing pause, over restarts too."""

import asyncio
import hashlib
import hmac
from contextlib import suppress

import aiohttp
import msgspec

from devstack.stripe import faults
from devstack.stripe.account import Account
from devstack.stripe.shapes import Json, public

AT_ONCE = 4
TIMEOUT_S = 10.0
GIVE_UP_AFTER = 16
"""Tries; the last is made about three hours after the first, as Stripe's sandbox has it."""


def pause(tries: int) -> float:
    """Seconds until the next try, after so many."""
    return min(2.0 ** (tries - 1), 1_800.0)


def signature(secret: str, body: bytes, at: int) -> str:
    """The header of a webhook that leaves at `at`, which is real time: receivers take no old ones."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Deliverer:
    """Sends what lies in the books' deliveries; each row there is one webhook that has not arrived yet."""

    def __init__(self, account: Account) -> None:
        self._account, self._wake = account, asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        account.heard = self._wake.set

    def wake(self) -> None:
        """Something was put into the deliveries, or may go out earlier than was thought."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        # Endpoints are on this machine; where they speak TLS, then with a certificate that only the laptop knows.
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(ssl=False)) as http:
            try:
                while True:
                    self._wake.clear()
                    wait = self._start_what_is_due(http)
                    # Not wait_for: that one forgets a cancellation which comes together with the waking.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await self._wake.wait()
            finally:
                for task in self._under_way.values():
                    task.cancel()
                await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _start_what_is_due(self, http: aiohttp.ClientSession) -> float:
        """Starts as many as may go; seconds until the next look is worth while."""
        now = self._account.real()
        rows = self._account.books.database.execute(
            "SELECT seq, event, endpoint, tries, at FROM deliveries ORDER BY at, seq LIMIT ?", (2 * AT_ONCE,)
        ).fetchall()
        held = faults.now(self._account)
        for seq, event, endpoint, tries, at in rows:
            if seq in self._under_way:
                continue
            if at > now:
                return min(at - now, 30.0)
            if tries == 0 and (late := faults.lateness(held)) > 0:
                self._put_off(seq, 1, now + late)
                self._wake.set()
                continue
            if len(self._under_way) == AT_ONCE:
                break
            task = asyncio.create_task(self._deliver(http, seq, event, endpoint, max(tries, 1), held))
            self._under_way[seq] = task
        return 30.0

    async def _deliver(
        self, http: aiohttp.ClientSession, seq: int, event_id: str, endpoint_id: str, tries: int, held: faults.Faults
    ) -> None:
        try:
            event, endpoint = self._account.books.find(event_id), self._account.books.find(endpoint_id)
            arrived = event is None or endpoint is None or await self._post(http, event, endpoint, held)
            if arrived or tries >= GIVE_UP_AFTER:
                self._account.books.database.execute("DELETE FROM deliveries WHERE seq = ?", (seq,))
            else:
                self._put_off(seq, tries + 1, self._account.real() + pause(tries))
        finally:
            del self._under_way[seq]
            self._wake.set()

    async def _post(self, http: aiohttp.ClientSession, event: Json, endpoint: Json, held: faults.Faults) -> bool:
        """Whether it has arrived, as far as we were told."""
        if faults.lost(held):
            return False
        body = msgspec.json.encode(public(event) | {"pending_webhooks": 1})
        for _ in range(2 if held.duplicate else 1):
            headers = {
                "content-type": "application/json; charset=utf-8",
                "stripe-signature": signature(endpoint["_secret"], body, int(self._account.real())),
                "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            }
            try:
                async with http.post(endpoint["url"], data=body, headers=headers, allow_redirects=False) as answer:
                    if not 200 <= answer.status < 300:
                        return False
            except (aiohttp.ClientError, TimeoutError, OSError):
                return False
        return True

    def _put_off(self, seq: int, tries: int, at: float) -> None:
        self._account.books.database.execute("UPDATE deliveries SET tries = ?, at = ? WHERE seq = ?", (tries, at, seq))
