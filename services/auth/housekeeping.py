"""What is done beside the requests once a second: failed sign-ins are noted, and what is over is forgotten.

A failed sign-in is only counted in memory while it is answered, so that a known account's answer takes no longer than
an unknown one's.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Database
from chassis.rounds import Rounds
from contracts.event import now
from services.auth.store.failed_sign_ins import FailedSignInStore
from services.auth.store.guesses import GuessStore
from services.auth.store.second_factors import SecondFactorStore
from services.auth.store.sessions import SessionStore

PURGE_EVERY = timedelta(minutes=10)
_ACCOUNTS_AT_ONCE = 10_000


class Housekeeping(Rounds):
    def __init__(self, database: Database) -> None:
        super().__init__("housekeeping", self._round)
        self._database = database
        self._failures: Counter[UUID] = Counter()
        self._purged_at: datetime | None = None

    def sign_in_failed(self, user_id: UUID) -> None:
        """To be told in the audit trail of an account that exists; the next round writes it down."""
        if user_id in self._failures or len(self._failures) < _ACCOUNTS_AT_ONCE:
            self._failures[user_id] += 1

    async def note_failures(self) -> int:
        """Move what was counted into the table, and what is due from there into the audit trail; returns how many."""
        failures, self._failures = self._failures, Counter()
        try:
            async with self._database.transaction() as tx:
                if failures:
                    await FailedSignInStore(tx).count(failures, now())
                return await FailedSignInStore(tx).note_due(now())
        except Exception:
            self._failures.update(failures)
            raise

    async def purge(self) -> None:
        """Forget what is of no use any more. Any replica does it, several do no harm."""
        async with self._database.transaction() as tx:
            await SessionStore(tx).purge(now())
            await SecondFactorStore(tx).purge(now())
            await FailedSignInStore(tx).purge(now())
        async with self._database.transaction() as tx:
            await GuessStore(tx).purge(now())

    async def _round(self) -> bool:
        await self.note_failures()
        if self._purged_at is None or now() - self._purged_at >= PURGE_EVERY:
            await self.purge()
            self._purged_at = now()
        return False
