"""Choosing another password: with the old one, or with a code out of the mail by whoever has forgotten it."""

from __future__ import annotations

from uuid import UUID

from chassis.database import Database, Transaction
from contracts.auth import ChangePassword, ResetPassword
from contracts.event import now
from contracts.identity import Identity
from services.auth.caller import Caller
from services.auth.domain.accounts import Account, InvalidCredentials, same_address
from services.auth.domain.codes import InvalidCode, Purpose
from services.auth.domain.passwords import check_is_another
from services.auth.domain.wanted import Kind, Wanted
from services.auth.letters import moment, write
from services.auth.mailed_codes import MailedCodes
from services.auth.own_password import OwnPassword
from services.auth.passwords import Passwords
from services.auth.scribe import Scribe
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.codes import CodeStore
from services.auth.store.mails import MailStore
from services.auth.store.second_factors import SecondFactorStore
from services.auth.store.sessions import SessionStore
from services.auth.store.wanted import WantedStore


class NewPassword:
    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        own_password: OwnPassword,
        codes: MailedCodes,
        scribe: Scribe,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._own_password = own_password
        self._codes = codes
        self._scribe = scribe

    async def forgot(self, address: str) -> None:
        """Send a code to whoever has that address, if anybody does; at most one a minute."""
        await self._scribe.ask(Wanted(same_address(address), Kind.RESET))

    async def reset(self, said: ResetPassword, caller: Caller) -> None:
        """Everybody who is signed in is signed out, and the address is proved.

        Raises:
            InvalidCode: wrong, used, too old, tried too often, or for nobody; which of these is not said.
            WeakPassword: the password must not be taken; the code is still good.
            TooManyRequests: too many wrong codes.
        """
        proof = await self._codes.try_out(Purpose.RESET, said.email, said.code, caller)
        async with self._database.transaction() as tx:
            account = await AccountStore(tx).by_id(proof.user_id)
        if account is None:
            raise InvalidCode
        hash_ = await self._hash_of(account, said.new_password)
        async with self._database.transaction() as tx:
            await proof.use_up(tx)
            accounts, audit = AccountStore(tx), AuditStore(tx)
            await accounts.set_password(account.id, hash_)
            await audit.note(account.id, "password_reset")
            if await accounts.mark_verified(account.id):
                await audit.note(account.id, "verified")
            await self._end_what_the_old_one_began(tx, account, but=None)
        self._scribe.posted()

    async def change(self, identity: Identity, said: ChangePassword, caller: Caller) -> None:
        """Everybody who is signed in elsewhere is signed out.

        Raises:
            InvalidCredentials: the current password is not right.
            WeakPassword: the new one must not be taken.
            TooManyRequests: too many wrong passwords.
        """
        account = await self._own_password.prove(identity, said.current_password, caller)
        check_is_another(said.new_password, said.current_password, field="new_password")
        hash_ = await self._hash_of(account, said.new_password)
        async with self._database.transaction() as tx:
            if not await AccountStore(tx).replace_hash(account, hash_):
                raise InvalidCredentials("The password was changed a moment ago.")
            await AuditStore(tx).note(account.id, "password_changed", session_id=identity.session_id)
            await self._end_what_the_old_one_began(tx, account, but=identity.session_id)
        self._scribe.posted()

    async def _hash_of(self, account: Account, password: str) -> str:
        async with self._database.transaction() as tx:
            has_second_factor = await SecondFactorStore(tx).is_on(account.id)
        return await self._passwords.hash_new(
            password,
            email=account.email,
            display_name=account.display_name,
            field="new_password",
            has_second_factor=has_second_factor,
        )

    async def _end_what_the_old_one_began(self, tx: Transaction, account: Account, *, but: UUID | None) -> None:
        await SessionStore(tx).end_all(account.id, "password_changed", now(), but=but)
        # Also a change of address that somebody who knew the old password asked for, and whose code is still to be
        # written. In this order: one that is being written now is written before it is forgotten.
        await WantedStore(tx).take_back(account.id)
        await CodeStore(tx).forget(account.id)
        await MailStore(tx).post(account.email, write("password_changed", at=moment(now())))
