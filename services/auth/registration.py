"""Registering and proving an address. Whoever asks learns nothing about which addresses are known: the answer, the
work and so the time are the same, and the difference is only in the mail."""

from __future__ import annotations

from chassis.database import Database
from contracts.auth import Register, Verify
from services.auth.caller import Caller
from services.auth.domain.accounts import same_address
from services.auth.domain.codes import InvalidCode, Purpose
from services.auth.domain.wanted import Kind, Wanted
from services.auth.mailed_codes import MailedCodes
from services.auth.passwords import Passwords
from services.auth.scribe import Scribe
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.wanted import WantedStore


class Registration:
    def __init__(self, database: Database, passwords: Passwords, codes: MailedCodes, scribe: Scribe) -> None:
        self._database = database
        self._passwords = passwords
        self._codes = codes
        self._scribe = scribe

    async def register(self, said: Register) -> None:
        """The account itself is made with the letter; see `Scribe`.

        Raises:
            WeakPassword: the password must not be taken, whoever asks.
        """
        email, name = same_address(said.email), said.display_name
        # Outside the transaction: hashing takes a while and must not hold a connection.
        hash_ = await self._passwords.hash_new(said.password, email=email, display_name=name, field="password")
        await self._scribe.ask(Wanted(email, Kind.VERIFY, password_hash=hash_, display_name=name))

    async def resend(self, address: str) -> None:
        """Send a new code if there is an account that still waits for one; at most one a minute."""
        await self._scribe.ask(Wanted(same_address(address), Kind.VERIFY))

    async def verify(self, said: Verify, caller: Caller) -> None:
        """
        Raises:
            InvalidCode: wrong, used, too old, tried too often, or for nobody; which of these is not said.
            TooManyRequests: too many wrong ones.
        """
        proof = await self._codes.try_out(Purpose.VERIFY, said.email, said.code, caller)
        async with self._database.transaction() as tx:
            if await WantedStore(tx).is_registration_waiting(proof.email):
                raise InvalidCode  # it would prove the address for a password that is about to be replaced
            await proof.use_up(tx)
            if await AccountStore(tx).mark_verified(proof.user_id):
                await AuditStore(tx).note(proof.user_id, "verified")
