"""Registering and proving an address. Whoever asks learns nothing about which addresses are known: the answer, the
work and so the time are the same, and the difference is only in the mail."""

from __future__ import annotations

import secrets as chance

from chassis.database import Database, Transaction
from contracts.auth import Register
from contracts.event import now
from services.auth.domain.accounts import Account, same_address
from services.auth.domain.codes import RESEND_PAUSE, InvalidCode, code_hash
from services.auth.domain.passwords import check_new_password
from services.auth.letters import write
from services.auth.mail import Postman, verification_mail
from services.auth.passwords import Passwords
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.codes import CodeStore
from services.auth.store.mails import MailStore


class Registration:
    def __init__(
        self, database: Database, passwords: Passwords, postman: Postman, secrets: Secrets, public_url: str
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._postman = postman
        self._secrets = secrets
        self._public_url = public_url

    async def register(self, wanted: Register) -> None:
        """
        Raises:
            WeakPassword: the password must not be taken, whoever asks.
        """
        email = same_address(wanted.email)
        check_new_password(wanted.password, email)
        # Outside the transaction: hashing takes a while and must not hold a connection.
        password_hash = await self._passwords.hash(wanted.password)
        async with self._database.transaction() as tx:
            accounts = AccountStore(tx)
            await accounts.register(email, password_hash, wanted.display_name)
            account = await accounts.by_email(email)
            assert account is not None
            if account.is_verified:
                await MailStore(tx).post(email, write("already_registered"))
            else:
                # The newest registration counts: whoever registered an address that is not theirs must not have
                # chosen the password of the account that its owner then verifies.
                await accounts.begin_again(account.id, password_hash, wanted.display_name)
                await self._send_code(tx, account)
        self._postman.wake()

    async def resend(self, address: str) -> None:
        """Send a new code if there is an account that still waits for one; at most one a minute."""
        async with self._database.transaction() as tx:
            accounts = AccountStore(tx)
            account = await accounts.by_email(same_address(address))
            if account is None or account.is_verified:
                return
            sent_at = await CodeStore(tx).sent_at(account.id)
            if sent_at is None or now() - sent_at >= RESEND_PAUSE:
                await self._send_code(tx, account)
        self._postman.wake()

    async def verify(self, address: str, code: str) -> None:
        """
        Raises:
            InvalidCode: wrong, used, too old, tried too often, or for nobody; which of these is not said.
        """
        async with self._database.transaction() as tx:
            accounts = AccountStore(tx)
            account = await accounts.by_email(same_address(address))
            right = account is not None and await CodeStore(tx).try_out(
                account.id, code_hash(self._secrets.codes, account.id, code), now()
            )
            if account is not None and right:
                await CodeStore(tx).use_up(account.id)
                await accounts.mark_verified(account.id)
        if not right:  # after the commit: a wrong try counts
            raise InvalidCode

    async def _send_code(self, tx: Transaction, account: Account) -> None:
        code = f"{chance.randbelow(10**8):08d}"
        await CodeStore(tx).keep(account.id, code_hash(self._secrets.codes, account.id, code), now())
        await MailStore(tx).post(account.email, verification_mail(code, account.email, self._public_url))
