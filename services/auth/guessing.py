"""The door before everything that can be guessed at: `async with guessing.guarded(...)` around the work that judges.

Before the work the guess is charged, so that a thousand at once are not a thousand free ones; afterwards it is given
back unless it was wrong. An account that nobody has is charged like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from prometheus_client import Counter

from chassis.database import Database, Transaction
from contracts.event import now
from contracts.problem import Problem, TooManyRequests, Unavailable
from services.auth.caller import Caller
from services.auth.domain.guessing import (
    Bucket,
    Cell,
    Guessed,
    buckets_of,
    charged,
    given_back,
    seconds_to_wait,
    stored_key,
    welcome_key,
    welcomed,
)
from services.auth.store.guesses import GuessStore

REFUSED = Counter("raceoverlay_guesses_refused_total", "Guesses that had to wait.", ["guessed"])


@dataclass(frozen=True)
class _Taken:
    bucket: Bucket
    cell: Cell  # as our guess left it


class Guessing:
    """`at_once` bounds how many connections to the database the counting may take: refreshing needs some, too."""

    def __init__(self, database: Database, secret: bytes, *, at_once: int) -> None:
        self._database = database
        self._secret = secret
        self._turn = asyncio.Semaphore(at_once)

    @contextlib.asynccontextmanager
    async def guarded(
        self,
        guessed: Guessed,
        account: str | None,
        caller: Caller,
        *,
        wrong: tuple[type[Problem], ...],
        device: str | None = None,
    ) -> AsyncGenerator[None]:
        """Judge a guess inside. It stays charged if one of `wrong` is raised, or if it never came to an end.

        `account` is what the guess names (an address in its one spelling, an id), None where it names nothing. `device`
        is a name of the device that is known to be the account's own, or None for a stranger. To be entered outside of
        a transaction.

        Raises:
            TooManyRequests: the guess has to wait; nothing was judged and nothing charged.
        """
        buckets = {
            stored_key(self._secret, key): bucket
            for key, bucket in buckets_of(guessed, account, caller.address, device).items()
        }
        taken = await self._take(guessed, buckets)
        try:
            yield
        except Problem as problem:
            if not isinstance(problem, wrong):
                with contextlib.suppress(Unavailable):
                    await self._give_back(taken)
            raise
        # What was right stays right, whatever becomes of the counting.
        with contextlib.suppress(Unavailable):
            await self._give_back(taken)

    async def welcome(self, account: str, caller: Caller) -> None:
        """The caller proved by mail to be the owner: strangers' guesses do not keep them from signing in from there."""
        key = stored_key(self._secret, welcome_key(account, caller.address))
        async with self._turn, self._database.transaction() as tx:
            await GuessStore(tx).hold([key], now())
            await GuessStore(tx).keep({key: welcomed(now())})

    async def is_welcome(self, tx: Transaction, account: str, caller: Caller) -> bool:
        """Whether somebody there proved by mail to be the owner, lately."""
        key = stored_key(self._secret, welcome_key(account, caller.address))
        cell = (await GuessStore(tx).cells([key])).get(key)
        return cell is not None and cell.forgotten_at > now()

    async def _take(self, guessed: Guessed, buckets: Mapping[bytes, Bucket]) -> Mapping[bytes, _Taken]:
        async with self._turn, self._database.transaction() as tx:
            guesses, keys = GuessStore(tx), sorted(buckets)
            # Those who must wait are told so without holding anything up.
            known = await guesses.cells(keys)
            self._refuse(guessed, seconds_to_wait(known.values(), now()))
            await guesses.do_not_wait_for_the_disk()
            if new := [key for key in keys if key not in known]:
                await guesses.begin(new, now())
            held = await guesses.hold(keys, now())
            self._refuse(guessed, seconds_to_wait(held.values(), now()))
            cells = {key: charged(bucket, held[key], now()) for key, bucket in buckets.items()}
            await guesses.keep(cells)
        return {key: _Taken(bucket, cells[key]) for key, bucket in buckets.items()}

    def _refuse(self, guessed: Guessed, seconds: float) -> None:
        if seconds > 0:
            REFUSED.labels(guessed.value).inc()
            raise TooManyRequests("Too many wrong tries; wait a little.", retry_after=max(1, math.ceil(seconds)))

    async def _give_back(self, taken: Mapping[bytes, _Taken]) -> None:
        async with self._turn, self._database.transaction() as tx:
            guesses = GuessStore(tx)
            await guesses.do_not_wait_for_the_disk()
            held = await guesses.hold(sorted(taken), now())
            await guesses.keep({key: given_back(each.bucket, held[key], each.cell) for key, each in taken.items()})
