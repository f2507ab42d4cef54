"""Signing in: the password, the second factor where there is one, and then a session begins."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Database
from contracts.auth import Login, TokenPair
from contracts.event import new_id, now
from services.auth.caller import Caller
from services.auth.domain.accounts import Account, EmailNotVerified, InvalidCredentials, same_address
from services.auth.domain.devices import device_token, known_device, seen_from
from services.auth.domain.guessing import Guessed
from services.auth.domain.second_factor import InvalidSecondFactor
from services.auth.domain.sessions import MOST_SESSIONS
from services.auth.guessing import Guessing
from services.auth.housekeeping import Housekeeping
from services.auth.letters import moment, write
from services.auth.mail import Postman
from services.auth.pairs import Pairs
from services.auth.passwords import Passwords
from services.auth.places import Places
from services.auth.proof import Proof
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.sessions import SessionStore

_NOBODY = UUID(int=0)
_CHECKS = 3  # as often a password is checked again because its hash was renewed by another sign-in meanwhile


@dataclass(frozen=True)
class _Knock:
    """Somebody at the door. `device` is None for a stranger, otherwise what their guesses are counted under.

    `is_known`: the account signed in on that device before.
    """

    email: str
    account: Account | None
    device: str | None
    is_known: bool
    device_id: UUID
    caller: Caller


class SignIn:
    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        guessing: Guessing,
        proof: Proof,
        pairs: Pairs,
        places: Places,
        postman: Postman,
        housekeeping: Housekeeping,
        secrets: Secrets,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._guessing = guessing
        self._proof = proof
        self._pairs = pairs
        self._places = places
        self._postman = postman
        self._housekeeping = housekeeping
        self._secrets = secrets

    async def login(self, said: Login, caller: Caller) -> TokenPair:
        """
        Raises:
            InvalidCredentials: nobody has that address, or the password is wrong; which of both is not said.
            EmailNotVerified, SecondFactorRequired, InvalidSecondFactor: said only to somebody who knows the password.
            TooManyRequests: the guesses were too many, whether or not somebody has that address.
        """
        knock = await self._who_knocks(said, caller)
        async with self._guessing.guarded(
            Guessed.PASSWORD,
            knock.email,
            caller,
            device=knock.device,
            wrong=(InvalidCredentials, InvalidSecondFactor),
        ):
            for _ in range(_CHECKS):
                account, renewed_hash = await self._with_the_right_password(knock, said.password)
                pair = await self._enter(knock, account, renewed_hash, said)
                if pair is not None:
                    self._postman.wake()
                    return pair
                knock = await self._who_knocks(said, caller)
        raise InvalidCredentials

    async def _who_knocks(self, said: Login, caller: Caller) -> _Knock:
        """The same statements for every address."""
        email = same_address(said.email)
        async with self._database.transaction() as tx:
            account = await AccountStore(tx).by_email(email)
            user_id = account.id if account else _NOBODY
            from_here = seen_from(self._secrets.devices, user_id, caller.address)
            was_here = await SessionStore(tx).knows(user_id, from_here, said.device_name)
            is_welcome = await self._guessing.is_welcome(tx, email, caller)
        by_token = known_device((each.devices for each in self._secrets.accepted), user_id, said.device_token)
        if account is None:
            return _Knock(email, None, None, False, new_id(), caller)
        if by_token is not None:
            return _Knock(email, account, f"token {by_token}", True, by_token, caller)
        if was_here:
            return _Knock(email, account, f"place {from_here.hex()} {said.device_name or ''}", True, new_id(), caller)
        device = f"welcome {from_here.hex()}" if is_welcome else None
        return _Knock(email, account, device, False, new_id(), caller)

    async def _with_the_right_password(self, knock: _Knock, password: str) -> tuple[Account, str | None]:
        """The account, and a better hash of its password if there is one. No connection is held meanwhile."""
        known_hash = knock.account.password_hash if knock.account else None
        right, renewed_hash = await self._passwords.check(password, known_hash)
        if knock.account is None:
            raise InvalidCredentials
        if not right:
            self._housekeeping.sign_in_failed(knock.account.id)
            raise InvalidCredentials
        if not knock.account.is_verified:
            raise EmailNotVerified
        return knock.account, renewed_hash

    async def _enter(self, knock: _Knock, account: Account, renewed_hash: str | None, said: Login) -> TokenPair | None:
        """Begin a session; None if the account or its password changed while the password was checked."""
        place = self._places.of(knock.caller.address)
        async with (
            self._proof.guarded_factor(account.id, said.second_factor, knock.caller, device=knock.device),
            self._database.transaction() as tx,
        ):
            if not await AccountStore(tx).still_has(account, renewed_hash):
                return None
            try:
                await self._proof.second_factor(tx, account, said.second_factor, now())
            except InvalidSecondFactor:
                self._housekeeping.sign_in_failed(account.id)
                raise
            sessions = SessionStore(tx)
            if not knock.is_known and await sessions.was_ever_signed_in(account.id):
                facts = {"device_name": said.device_name, "place": place, "at": moment(now())}
                await MailStore(tx).post(account.email, write("new_sign_in", **facts))
            session = await sessions.begin(
                account.id,
                said.device_name,
                now(),
                place=place,
                seen_from=seen_from(self._secrets.devices, account.id, knock.caller.address),
            )
            await sessions.end_beyond(account.id, MOST_SESSIONS, now())
            await AuditStore(tx).note(
                account.id, "login", session_id=session.id, device_name=said.device_name, place=place
            )
            account = await AccountStore(tx).by_id(account.id) or account  # its role may have changed meanwhile
        kept = device_token(self._secrets.devices, account.id, knock.device_id)
        return await self._pairs.make(account, session, counter=0, device_token=kept)
