"""Moving an account to another address: nothing changes before the new one is proved, and the old one is told."""

from __future__ import annotations

from chassis.database import Database
from contracts.auth import ChangeEmail, ConfirmEmail
from contracts.event import now
from contracts.identity import Identity
from services.auth.caller import Caller
from services.auth.domain.accounts import InvalidCredentials, same_address
from services.auth.domain.codes import InvalidCode, Purpose
from services.auth.domain.wanted import Kind, Wanted
from services.auth.letters import moment, write
from services.auth.mailed_codes import MailedCodes
from services.auth.own_password import OwnPassword
from services.auth.scribe import Scribe
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.codes import CodeStore
from services.auth.store.mails import MailStore
from services.auth.store.wanted import WantedStore


class NewAddress:
    def __init__(self, database: Database, own_password: OwnPassword, codes: MailedCodes, scribe: Scribe) -> None:
        self._database = database
        self._own_password = own_password
        self._codes = codes
        self._scribe = scribe

    async def ask(self, identity: Identity, said: ChangeEmail, caller: Caller) -> None:
        """Send a code to the new address, or tell its owner that somebody tried.

        Raises:
            InvalidCredentials: the password is not right, or not any more.
            TooManyRequests: too many wrong passwords.
        """
        account = await self._own_password.prove(identity, said.current_password, caller)
        async with self._database.transaction() as tx:
            if not await AccountStore(tx).still_has(account):
                raise InvalidCredentials("The password was changed a moment ago.")
            await AuditStore(tx).note(account.id, "email_change_asked", session_id=identity.session_id)
            wanted = Wanted(same_address(said.new_email), Kind.CHANGE_EMAIL, user_id=account.id)
            await WantedStore(tx).ask(wanted, now())
        self._scribe.wake()

    async def confirm(self, said: ConfirmEmail, caller: Caller) -> None:
        """
        Raises:
            InvalidCode: wrong, used, too old, tried too often, or the address is taken meanwhile.
            TooManyRequests: too many wrong ones.
        """
        proof = await self._codes.try_out(Purpose.CHANGE_EMAIL, said.email, said.code, caller)
        async with self._database.transaction() as tx:
            accounts = AccountStore(tx)
            await accounts.one_at_a_time(proof.email)
            account = await accounts.by_id(proof.user_id)
            await proof.use_up(tx)
            if account is None or not await accounts.move(account.id, proof.email):
                raise InvalidCode
            await CodeStore(tx).forget(account.id)  # what was mailed to the old address is good for nothing any more
            await AuditStore(tx).note(account.id, "email_changed")
            await MailStore(tx).post(account.email, write("email_changed", at=moment(now())))
        self._scribe.posted()
