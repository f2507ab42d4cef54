"""Proving once more who one is, signed in already: the password, and the second factor where there is one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Database, Transaction
from contracts.auth import Reauthenticate
from contracts.event import now
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.accounts import Account, InvalidCredentials
from services.auth.domain.guessing import Guessed
from services.auth.domain.second_factor import (
    InvalidSecondFactor,
    SecondFactorRequired,
    is_app_code,
    matching_step,
    recovery_hash,
)
from services.auth.domain.sessions import Session
from services.auth.guessing import Guessing
from services.auth.letters import write
from services.auth.mail import Postman
from services.auth.passwords import Passwords
from services.auth.reauthentication import living_session
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.second_factors import SecondFactorStore
from services.auth.store.sessions import SessionStore


@dataclass(frozen=True)
class Proved:
    """Who proved it, in which session, and the transaction in which they may now change something."""

    account: Account
    session: Session
    tx: Transaction


class Proof:
    def __init__(
        self, database: Database, passwords: Passwords, guessing: Guessing, secrets: Secrets, postman: Postman
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._guessing = guessing
        self._secrets = secrets
        self._postman = postman

    @contextlib.asynccontextmanager
    async def of(self, identity: Identity, said: Reauthenticate, caller: Caller) -> AsyncGenerator[Proved]:
        """Do inside what needs the proof; it happens in one transaction with the proof, or not at all.

        Raises:
            InvalidCredentials: the password is wrong.
            SecondFactorRequired, InvalidSecondFactor: the password is right, and the factor is missing or wrong.
            TooManyRequests: it was wrong too often, in this session.
            Unauthenticated: the session has ended.
        """
        async with self._database.transaction() as tx:
            session = await living_session(tx, identity)
            account = await AccountStore(tx).by_id(identity.user_id)
        if account is None:
            raise Unauthenticated("This account does not exist any more.")
        device = f"session {session.id}"
        async with (
            self._guessing.guarded(
                Guessed.PASSWORD, account.email, caller, device=device, wrong=(InvalidCredentials, InvalidSecondFactor)
            ),
            self.guarded_factor(account.id, said.second_factor, caller, device=device),
        ):
            right, renewed_hash = await self._passwords.check(said.password, account.password_hash)
            async with self._database.transaction() as tx:
                if not right or not await AccountStore(tx).still_has(account, renewed_hash):
                    raise InvalidCredentials
                await self.second_factor(tx, account, said.second_factor, now())
                yield Proved(account, session, tx)
        self._postman.wake()

    async def renew(self, identity: Identity, said: Reauthenticate, caller: Caller) -> None:
        """Make the caller's session a recent sign-in; raises what `of` does."""
        async with self.of(identity, said, caller) as proved:
            await SessionStore(proved.tx).renew_authentication(proved.session.id, now())
            await AuditStore(proved.tx).note(proved.account.id, "reauthenticated", session_id=proved.session.id)

    @contextlib.asynccontextmanager
    async def guarded_factor(
        self, user_id: UUID, code: str | None, caller: Caller, *, device: str | None
    ) -> AsyncGenerator[None]:
        """Around the judging of a code that was said for an account whose password is known; raises TooManyRequests.

        Six digits are soon guessed where only strangers' passwords are counted: this counts the account's codes.
        """
        if code is None:
            yield
            return
        async with self._guessing.guarded(
            Guessed.SECOND_FACTOR, str(user_id), caller, device=device, wrong=(InvalidSecondFactor,)
        ):
            yield

    async def second_factor(self, tx: Transaction, account: Account, said: str | None, at: datetime) -> None:
        """Nothing, if the account has no second factor or `said` is right. A code that is right is used up.

        Raises:
            SecondFactorRequired, InvalidSecondFactor
        """
        factors = SecondFactorStore(tx)
        factor = await factors.of(account.id)
        if factor is None or factor.confirmed_at is None:
            return
        if said is None:
            raise SecondFactorRequired
        if is_app_code(said):
            secret = self._secrets.second_factors.decrypt(factor.secret)
            step = matching_step(secret, said.replace(" ", "").replace("-", ""), factor.used_step, at)
            if step is None:
                raise InvalidSecondFactor
            await factors.use_step(account.id, step)
            return
        hashes = [recovery_hash(secrets.recovery, account.id, said) for secrets in self._secrets.accepted]
        if not await factors.use_recovery_code(account.id, hashes):
            raise InvalidSecondFactor
        left = await factors.recovery_codes_left(account.id)
        await AuditStore(tx).note(account.id, "recovery_code_used", detail=f"{left} left")
        await MailStore(tx).post(account.email, write("recovery_code_used", left=left))
