"""Somebody who is signed in says their password once more, because what they ask for moves the account itself."""

from __future__ import annotations

from chassis.database import Database
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.accounts import Account, InvalidCredentials
from services.auth.domain.guessing import Guessed
from services.auth.guessing import Guessing
from services.auth.passwords import Passwords
from services.auth.reauthentication import living_session
from services.auth.store.accounts import AccountStore


class OwnPassword:
    def __init__(self, database: Database, passwords: Passwords, guessing: Guessing) -> None:
        self._database = database
        self._passwords = passwords
        self._guessing = guessing

    async def prove(self, identity: Identity, password: str, caller: Caller) -> Account:
        """The caller's account, whose password this is.

        Raises:
            InvalidCredentials: it is not.
            Unauthenticated: the session was ended, or the account erased.
            TooManyRequests: too many wrong ones.
        """
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            account = await AccountStore(tx).by_id(identity.user_id)
        if account is None:
            raise Unauthenticated("This account does not exist any more.")
        # A session is a device that is known: strangers who guess at the account do not slow it down.
        device = f"session {identity.session_id}"
        async with self._guessing.guarded(
            Guessed.PASSWORD, account.email, caller, wrong=(InvalidCredentials,), device=device
        ):
            right, _ = await self._passwords.check(password, account.password_hash)
            if not right:
                raise InvalidCredentials("The password is not right.")
        return account
