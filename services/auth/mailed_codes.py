"""The codes out of our letters, when they come back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.event import now
from services.auth.caller import Caller
from services.auth.domain.accounts import same_address
from services.auth.domain.codes import InvalidCode, Purpose, code_hash
from services.auth.domain.guessing import Guessed
from services.auth.guessing import Guessing
from services.auth.secrets import Secrets
from services.auth.store.codes import CodeStore


@dataclass(frozen=True)
class ProvedCode:
    """The account `user_id` got a code by mail at `email`, and has it."""

    user_id: UUID
    email: str
    purpose: Purpose
    hashes: tuple[bytes, ...]  # what may be stored of the code

    async def use_up(self, tx: Transaction) -> None:
        """
        Raises:
            InvalidCode: somebody else used it, or a newer code took its place.
        """
        if not await CodeStore(tx).use_up(self.user_id, self.purpose, self.hashes, now()):
            raise InvalidCode


class MailedCodes:
    def __init__(self, database: Database, secrets: Secrets, guessing: Guessing) -> None:
        self._database = database
        self._secrets = secrets
        self._guessing = guessing

    async def try_out(self, purpose: Purpose, address: str, code: str, caller: Caller) -> ProvedCode:
        """Count a try. The code is good until `ProvedCode.use_up`, so that the request can still be refused for another
        reason without a new letter.

        Raises:
            InvalidCode: wrong, used, too old, tried too often, or for nobody; which of these is not said.
            TooManyRequests: too many wrong ones.
        """
        email = same_address(address)

        def hashes(user_id: UUID) -> tuple[bytes, ...]:
            return tuple(code_hash(each.codes, user_id, purpose, code, email) for each in self._secrets.accepted)

        async with self._guessing.guarded(Guessed.CODE, email, caller, wrong=(InvalidCode,)):
            async with self._database.transaction() as tx:
                user_id = await CodeStore(tx).try_out(email, purpose, hashes, now())
            if user_id is None:  # after the commit: a wrong try counts
                raise InvalidCode
        await self._guessing.welcome(email, caller)
        return ProvedCode(user_id, email, purpose, hashes(user_id))
