"""The scribe: decides what those who asked for a letter are mailed, and writes it.

A request only says that a letter is wanted, with the same statement for every address; so neither its answer nor its
time tells whether anybody has that address. What an address deserves is found out here, afterwards.
"""

from __future__ import annotations

import secrets as chance
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from chassis.database import Database, Transaction
from chassis.rounds import Rounds
from contracts.event import now
from services.auth.domain.accounts import Account
from services.auth.domain.codes import CODE_LIFE, Purpose, code_from, code_hash
from services.auth.domain.wanted import Kind, Wanted
from services.auth.letters import Letter, write
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.codes import CodeStore
from services.auth.store.mails import MailStore
from services.auth.store.wanted import WantedStore

_CODES = 10**8
_PURGE_EVERY = timedelta(minutes=1)
PAGES = {
    Purpose.VERIFY: "/auth/verify",
    Purpose.RESET: "/auth/password/reset",
    Purpose.CHANGE_EMAIL: "/auth/email/confirm",
}
"""Where the page is that a letter's link opens."""


class Scribe(Rounds):
    """`posted` is called when something was put into the box that the postman empties."""

    def __init__(self, database: Database, secrets: Secrets, public_url: str, on_posted: Callable[[], None]) -> None:
        super().__init__("letters", self._round)
        self._database = database
        self._secrets = secrets
        self._public_url = public_url
        self.posted = on_posted
        self._purged_at: datetime | None = None

    async def ask(self, wanted: Wanted) -> None:
        """Somebody wants a letter. What becomes of it is not known when this returns."""
        async with self._database.transaction() as tx:
            await WantedStore(tx).ask(wanted, now())
        self.wake()

    async def compose_one(self) -> bool:
        """Decide on the letter that was due first; False if none is."""
        wanted: Wanted | None = None
        try:
            async with self._database.transaction() as tx:
                letters = WantedStore(tx)
                wanted = await letters.take_due(now())
                if wanted is None:
                    return False
                await _WRITING[wanted.kind](self, tx, wanted)
                await letters.composed(wanted, now())
        except Exception:
            if wanted is not None:
                await self._put_behind_the_others(wanted)
            raise
        self.posted()
        return True

    async def _round(self) -> bool:
        was_one_due = await self.compose_one()
        if self._purged_at is None or now() - self._purged_at >= _PURGE_EVERY:
            await self._purge()
        return was_one_due

    async def _put_behind_the_others(self, wanted: Wanted) -> None:
        """A letter that cannot be written is tried again, but whoever else waits for one is served first."""
        async with self._database.transaction() as tx:
            await WantedStore(tx).put_off(wanted, now())

    async def _verify(self, tx: Transaction, wanted: Wanted) -> None:
        account = await self._registered(tx, wanted)
        if account is None:
            return
        if not account.is_verified:
            await self._post_code(tx, account, Purpose.VERIFY, account.email)
        elif wanted.password_hash:
            await MailStore(tx).post(account.email, write("already_registered"))

    async def _registered(self, tx: Transaction, wanted: Wanted) -> Account | None:
        """The account of the address, begun by the registration if nobody has one."""
        accounts = AccountStore(tx)
        if wanted.password_hash is None:
            return await accounts.by_email(wanted.email)
        await accounts.one_at_a_time(wanted.email)
        if user_id := await accounts.register(wanted.email, wanted.password_hash, wanted.display_name):
            await AuditStore(tx).note(user_id, "registered")
        account = await accounts.by_email(wanted.email)
        assert account is not None
        # The newest registration counts: whoever registered an address that is not theirs must not have chosen the
        # password of the account that its owner then verifies.
        await accounts.begin_again(account.id, wanted.password_hash, wanted.display_name)
        return account

    async def _reset(self, tx: Transaction, wanted: Wanted) -> None:
        account = await AccountStore(tx).by_email(wanted.email)
        if account is not None:
            await self._post_code(tx, account, Purpose.RESET, account.email)

    async def _change_email(self, tx: Transaction, wanted: Wanted) -> None:
        accounts = AccountStore(tx)
        account = await accounts.by_id(wanted.user_id) if wanted.user_id else None
        if account is None or account.email == wanted.email:
            return
        owner = await accounts.by_email(wanted.email)
        if owner is not None and owner.is_verified:
            await MailStore(tx).post(owner.email, write("address_taken"))
        else:
            await self._post_code(tx, account, Purpose.CHANGE_EMAIL, wanted.email)

    async def _post_code(self, tx: Transaction, account: Account, purpose: Purpose, email: str) -> None:
        code = code_from(chance.randbelow(_CODES))
        kept = code_hash(self._secrets.codes, account.id, purpose, code, email)
        await CodeStore(tx).keep(account.id, purpose, email, kept, now())
        letter = code_letter(purpose, code, email, self._public_url)
        await MailStore(tx).post(email, letter, good_for=CODE_LIFE)

    async def _purge(self) -> None:
        async with self._database.transaction() as tx:
            await WantedStore(tx).purge(now())
            await CodeStore(tx).purge(now())
            await AccountStore(tx).forget_unproven(now())
        self._purged_at = now()


_WRITING = {Kind.VERIFY: Scribe._verify, Kind.RESET: Scribe._reset, Kind.CHANGE_EMAIL: Scribe._change_email}


def code_letter(purpose: Purpose, code: str, email: str, public_url: str) -> Letter:
    """The link opens a page; only its button uses the code, so that a mail scanner cannot.

    The code stands behind the `#`: that part of an address is never sent to a server, so it is in no log.
    """
    link = f"{public_url}{PAGES[purpose]}#{urlencode({'email': email, 'code': code})}"
    return write(purpose.value, code=code, link=link)
