"""The signing keys of several replicas, on a real database, with a clock that the test turns."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import msgspec
import pytest

from chassis.database import Database
from contracts.event import new_id
from contracts.identity import Role, Scope
from contracts.problem import Unavailable
from services.auth.domain.accounts import Account
from services.auth.domain.keys import KEPT_AFTER, KEY_SIGNS_FOR, SWITCH_NOTICE
from services.auth.keyring import Keyring
from services.auth.keys import GOOD_FOR, SigningKeys
from services.auth.reencryption import AT_ONCE, Reencryption
from services.auth.secrets import Secrets
from services.auth.store.second_factors import SecondFactorStore

ISSUER, AUDIENCE = "https://raceoverlay.test", "raceoverlay"
START = datetime.now(UTC).replace(microsecond=0)
ACCOUNT = Account(uuid4(), "driver@raceoverlay.example", "", None, Role.DRIVER, True, START)


def a_secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


class Replicas:
    """Several replicas of auth on one database, and the time that all of them read."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.secrets = Secrets.derive(a_secret())

    def one(self, derived: Secrets | None = None) -> SigningKeys:
        return SigningKeys(
            self.database, derived or self.secrets, issuer=ISSUER, audience=AUDIENCE, clock=lambda: self.now
        )

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.database, self.secrets.key_storage)


@pytest.fixture
async def replicas(database_of) -> AsyncIterator[Replicas]:
    database = Database(await database_of("auth"))
    await database.open()
    yield Replicas(database)
    await database.close()


def kid_of(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


async def claims_of(token: str, keys: SigningKeys) -> dict[str, object]:
    """The claims, once the token was checked against what is published."""
    published = {key.kid: jwt.PyJWK(msgspec.to_builtins(key)) for key in (await keys.published()).keys}
    return jwt.decode(
        token,
        published[kid_of(token)],
        algorithms=["ES256"],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"verify_iat": False, "verify_exp": False},
    )


async def test_replicas_that_start_at_once_make_one_key_and_one_next(replicas: Replicas):
    several = [replicas.one() for _ in range(6)]
    tokens = await asyncio.gather(*(keys.access_token(ACCOUNT, uuid4()) for keys in several))
    assert len({kid_of(token) for token in tokens}) == 1
    assert len((await several[0].published()).keys) == 2
    for keys, token in zip(several, tokens, strict=True):
        assert (await claims_of(token, keys))["sub"] == str(ACCOUNT.id)


async def test_all_replicas_switch_at_the_same_moment_and_the_old_key_stays_until_its_tokens_died(replicas: Replicas):
    one, other = replicas.one(), replicas.one()
    first = await one.access_token(ACCOUNT, uuid4())
    replicas.now = START + KEY_SIGNS_FOR - timedelta(seconds=1)
    before = [await keys.access_token(ACCOUNT, uuid4()) for keys in (one, other)]
    assert {kid_of(token) for token in before} == {kid_of(first)}
    replicas.now = START + KEY_SIGNS_FOR  # neither has read anew since
    after = [await keys.access_token(ACCOUNT, uuid4()) for keys in (one, other)]
    assert len({kid_of(token) for token in after}) == 1
    assert kid_of(after[0]) != kid_of(first)
    replicas.now = START + KEY_SIGNS_FOR + KEPT_AFTER - timedelta(seconds=1)
    await one.look()
    assert (await claims_of(before[0], one))["sub"] == str(ACCOUNT.id)
    replicas.now += timedelta(seconds=1)
    await one.look()
    assert kid_of(first) not in {key.kid for key in (await one.published()).keys}
    assert len((await one.published()).keys) == 2


async def test_a_replica_that_cannot_read_the_keys_does_not_go_on_signing_with_the_old_one(replicas: Replicas):
    keys = replicas.one()
    await keys.access_token(ACCOUNT, uuid4())
    await replicas.database.close()
    replicas.now += GOOD_FOR - timedelta(seconds=1)
    await keys.access_token(ACCOUNT, uuid4())
    replicas.now += timedelta(seconds=1)
    with pytest.raises(Unavailable):
        await keys.access_token(ACCOUNT, uuid4())
    assert (await keys.published()).keys, "what is known can still be checked with"


async def test_a_rotation_that_is_asked_for_happens_everywhere_at_its_moment(replicas: Replicas):
    one, other = replicas.one(), replicas.one()
    before = kid_of(await one.access_token(ACCOUNT, uuid4()))
    replicas.now += timedelta(hours=1)
    following = await replicas.keyring.rotate(replicas.now)
    assert following.signs_from == replicas.now + SWITCH_NOTICE
    assert {kid_of(await keys.access_token(ACCOUNT, uuid4())) for keys in (one, other)} == {before}
    replicas.now = following.signs_from
    assert {kid_of(await keys.access_token(ACCOUNT, uuid4())) for keys in (one, other)} == {following.kid}


async def test_a_revoked_key_is_published_no_more_and_another_signs(replicas: Replicas):
    keys = replicas.one()
    stolen = kid_of(await keys.access_token(ACCOUNT, uuid4()))
    await replicas.keyring.revoke(stolen, replicas.now)
    await keys.look()
    assert stolen not in {key.kid for key in (await keys.published()).keys}
    token = await keys.access_token(ACCOUNT, uuid4())
    assert kid_of(token) != stolen
    assert (await claims_of(token, keys))["sid"]


async def test_the_secret_can_be_changed_and_the_previous_one_forgotten(replicas: Replicas):
    old, new = a_secret(), a_secret()
    first = await replicas.one(Secrets.derive(old)).access_token(ACCOUNT, uuid4())
    with pytest.raises(Unavailable):
        await replicas.one(Secrets.derive(new)).access_token(ACCOUNT, uuid4())
    both = Secrets.derive(new, old)
    assert kid_of(await replicas.one(both).access_token(ACCOUNT, uuid4())) == kid_of(first)
    async with replicas.database.transaction() as tx:
        users = [new_id() for _ in range(AT_ONCE + 1)]
        for user in users:
            await tx.run("INSERT INTO users (id, email, password_hash) VALUES ($1, $2, '')", user, f"{user}@b.example")
            factor = Secrets.derive(old).second_factors.encrypt(user.bytes)
            await SecondFactorStore(tx).enrol(user, factor, replicas.now)
    rounds = Reencryption(replicas.database, both)
    while await rounds.go_on():
        pass
    async with replicas.database.transaction() as tx:
        for user, kept in await SecondFactorStore(tx).secrets_after(UUID(int=0), 2 * AT_ONCE):
            assert Secrets.derive(new).second_factors.decrypt(kept) == user.bytes
    assert kid_of(await replicas.one(Secrets.derive(new)).access_token(ACCOUNT, uuid4())) == kid_of(first)


async def test_a_token_says_what_rfc_9068_asks_for(replicas: Replicas):
    keys, session = replicas.one(), uuid4()
    person = await claims_of(await keys.access_token(ACCOUNT, session, authenticated_at=START), keys)
    assert {"iss", "aud", "sub", "client_id", "exp", "iat", "jti", "auth_time", "sid", "role"} == set(person)
    assert (person["client_id"], person["auth_time"]) == ("raceoverlay", int(START.timestamp()))
    scopes = (Scope.TRACKS_READ, Scope.EVENTS_READ)
    machine = await claims_of(await keys.access_token(ACCOUNT, session, scopes=scopes), keys)
    assert (machine["client_id"], machine["scope"]) == (str(session), "events:read tracks:read")
    assert "auth_time" not in machine
