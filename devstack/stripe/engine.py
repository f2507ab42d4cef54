"""The stand-in as a whole: the account, what runs beside the requests, and how a request of the API is answered."""

import asyncio
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from devstack.stripe import billing_run, test_clocks
from devstack.stripe.account import Account
from devstack.stripe.delivery import Deliverer
from devstack.stripe.errors import Refused
from devstack.stripe.expansion import expanded
from devstack.stripe.idempotency import Answers
from devstack.stripe.parameters import decoded
from devstack.stripe.routing import Route
from devstack.stripe.shapes import Json, public
from devstack.stripe.storage import Books

T = TypeVar("T")

_BATCH = 50
"""How many due things are done in one transaction, before others may be answered."""
_LOOK_EVERY_S = 0.5


class Engine:
    """`file` holds the state, `base` is where the stand-in is reached, `key` is the secret key that it takes."""

    def __init__(self, file: Path, base: str, key: str) -> None:
        self.key, self.account = key, Account(Books(file), base)
        self.answers, self.deliverer = Answers(self.account), Deliverer(self.account)
        self._billing, self._look = asyncio.Lock(), asyncio.Event()
        self.account.moved = self._look.set
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begins to deliver webhooks and to do what is due; inside a running loop."""
        self._tasks = [asyncio.create_task(self.deliverer.run()), asyncio.create_task(self._bill())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.account.books.database.close()

    def perform(self, route: Route, parameters: Json, ids: tuple[str, ...]) -> Json:
        """The answer to a request, or Refused. All that it changes is kept together, or not at all."""
        asked = decoded(parameters, route.takes)

        def work() -> Json:
            return public(expanded(self.account, route.answer(self.account, asked, *ids), asked.expand))

        return self.keeping(work)

    def keeping(self, work: Callable[[], T]) -> T:
        """What `work` gives, in one transaction. A Refused undoes it all, unless it `keeps` what was done."""
        refusal = None
        with self.account.books.transaction():
            try:
                return work()
            except Refused as refused:
                if not refused.keeps:
                    raise
                refusal = refused
        raise refusal

    async def catch_up(self) -> None:
        """Does everything that is due, by every clock."""
        async with self._billing:
            account = self.account
            await self._run("", account.now())
            for clock in test_clocks.advancing(account):
                await self._run(clock["id"], clock["frozen_time"])
                with account.books.transaction():
                    test_clocks.arrived(account, account.get(clock["object"], clock["id"]))

    async def _run(self, clock: str, until: int) -> None:
        done = _BATCH
        while done == _BATCH:
            with self.account.books.transaction():
                done = billing_run.run(self.account, clock, until, _BATCH)
            await asyncio.sleep(0)

    async def _bill(self) -> None:
        while True:
            try:
                await self.catch_up()
            except Exception:
                traceback.print_exc()  # what cannot be billed must not keep webhooks and requests from being served
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):  # not wait_for, as in delivery.py
                    await self._look.wait()
            self._look.clear()
