"""Personal API tokens: what somebody's scripts and machines work with, and what each of them may."""

from __future__ import annotations

import secrets as chance
from datetime import timedelta
from uuid import UUID

from chassis.database import Database
from contracts.auth import ApiToken, ApiTokenList, MachineToken, MadeApiToken, NewApiToken
from contracts.event import new_id, now
from contracts.identity import Identity
from contracts.problem import Unauthenticated
from services.auth.caller import Caller
from services.auth.domain.api_tokens import (
    HINT,
    MOST_API_TOKENS,
    RANDOM_BYTES,
    ApiTokenUnknown,
    InvalidApiToken,
    KnownToken,
    TooManyApiTokens,
    api_secret,
    life_of_access,
    secret_hash,
)
from services.auth.domain.guessing import Guessed
from services.auth.domain.scopes import allowed_scopes, check_scopes
from services.auth.guessing import Guessing
from services.auth.keys import SigningKeys
from services.auth.letters import write
from services.auth.mail import Postman
from services.auth.reauthentication import living_session, recently_signed_in
from services.auth.store.accounts import AccountStore
from services.auth.store.api_tokens import ApiTokenStore
from services.auth.store.audit import AuditStore
from services.auth.store.mails import MailStore
from services.auth.store.roster import RosterStore


class Machines:
    def __init__(self, database: Database, keys: SigningKeys, postman: Postman, guessing: Guessing) -> None:
        self._database = database
        self._keys = keys
        self._postman = postman
        self._guessing = guessing

    async def make(self, identity: Identity, wanted: NewApiToken) -> MadeApiToken:
        """
        Raises:
            ReauthenticationRequired: the sign-in was too long ago.
            ScopeNotAllowed: the role that the account has now does not reach that far.
            TooManyApiTokens: there are 25.
        """
        made_at, secret = now(), api_secret(chance.token_bytes(RANDOM_BYTES))
        async with self._database.transaction() as tx:
            await recently_signed_in(tx, identity)
            user = await RosterStore(tx).find(identity.user_id, to_change=True)  # or two could make the 25th at once
            if user is None:
                raise Unauthenticated("This account does not exist any more.")
            tokens = ApiTokenStore(tx)
            token = KnownToken(
                id=new_id(),
                user_id=user.id,
                name=wanted.name,
                scopes=check_scopes(wanted.scopes, user.role),
                hint=secret[-HINT:],
                created_at=made_at,
                expires_at=made_at + timedelta(days=wanted.expires_in_days),
            )
            await tokens.forget_expired(user.id, made_at)
            if len(await tokens.alive_of(user.id, made_at)) >= MOST_API_TOKENS:
                raise TooManyApiTokens
            await tokens.keep(token, secret_hash(secret))
            scopes = ", ".join(token.scopes)
            await AuditStore(tx).note(
                user.id, "api_token_made", session_id=identity.session_id, detail=f"{token.name}: {scopes}"
            )
            letter = write("api_token_made", token=token.name, scopes=scopes, until=f"{token.expires_at:%d %B %Y}")
            await MailStore(tx).post(user.email, letter)
        self._postman.wake()
        return MadeApiToken(token=as_shown(token), secret=secret)

    async def of(self, identity: Identity) -> ApiTokenList:
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            tokens = await ApiTokenStore(tx).alive_of(identity.user_id, now())
        return ApiTokenList(tokens=tuple(map(as_shown, tokens)))

    async def end(self, identity: Identity, token_id: UUID) -> None:
        """
        Raises:
            ApiTokenUnknown: it is not one of the caller's.
        """
        async with self._database.transaction() as tx:
            await living_session(tx, identity)
            token = await ApiTokenStore(tx).end(identity.user_id, token_id)
            if token is None:
                raise ApiTokenUnknown
            await AuditStore(tx).note(
                identity.user_id, "api_token_revoked", session_id=identity.session_id, detail=token.name
            )

    async def exchange(self, secret: str, caller: Caller) -> MachineToken:
        """An access token for the secret of an API token, with the role that the account has now.

        Raises:
            InvalidApiToken: nothing living has that secret.
            TooManyRequests: too many that nothing had were tried from there.
        """
        presented = secret_hash(secret)
        async with self._guessing.guarded(Guessed.API_TOKEN, None, caller, wrong=(InvalidApiToken,)):
            return await self._let_in(presented)

    async def _let_in(self, presented: bytes) -> MachineToken:
        moment = now()
        async with self._database.transaction() as tx:
            token = await ApiTokenStore(tx).used(presented, moment)
            account = await AccountStore(tx).by_id(token.user_id) if token else None
        if token is None or account is None:
            raise InvalidApiToken
        scopes = [scope for scope in token.scopes if scope in allowed_scopes(account.role)]
        life = life_of_access(token.expires_at, moment)
        return MachineToken(
            access_token=await self._keys.access_token(account, token.id, life=life, scopes=scopes),
            expires_in=int(life.total_seconds()),
            scope=" ".join(sorted(scopes)),
        )


def as_shown(token: KnownToken) -> ApiToken:
    return ApiToken(
        id=token.id,
        name=token.name,
        scopes=token.scopes,
        hint=token.hint,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
