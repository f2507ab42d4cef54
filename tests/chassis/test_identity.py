"""No token but a valid access token of ours is an identity."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from uuid import uuid4

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from issuer import AUDIENCE, ISSUER, Issuer
from waiting import eventually

from chassis.identity import JwksCache, Verifier, bearer_token, fetch_from
from contracts.identity import KeySet, Role
from contracts.problem import Unauthenticated, Unavailable


@pytest.fixture
async def verifier(issuer: Issuer):
    async with aiohttp.ClientSession() as session:
        yield Verifier(JwksCache(fetch_from(session, issuer.jwks_url)), issuer=ISSUER, audience=AUDIENCE)


async def test_a_good_token_tells_who_calls(verifier: Verifier, issuer: Issuer):
    user_id, session_id = uuid4(), uuid4()
    identity = await verifier.verify(issuer.token(user_id, session_id=session_id, role="moderator"))
    assert (identity.user_id, identity.session_id, identity.role) == (user_id, session_id, Role.MODERATOR)


def _forged(header: dict[str, object], token: str) -> str:
    """The token with another header and no signature."""
    text = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return f"{text}.{token.split('.')[1]}."


def _signed_with_the_published_key(issuer: Issuer) -> str:
    """HS256, with the public key as the shared secret: what a careless verifier would take."""
    header, body, _ = issuer.token().split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": issuer.kid}).encode())
    signed = f"{header.decode().rstrip('=')}.{body}"
    proof = hmac.digest(msgspec.json.encode(issuer.key_set().keys[0]), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"


async def test_every_bad_token_is_refused(verifier: Verifier, issuer: Issuer):
    stranger = ec.generate_private_key(ec.SECP256R1())
    bad = {
        "empty": "",
        "noise": "not.a.token",
        "cut": issuer.token()[:-5],
        "alg none": _forged({"alg": "none", "typ": "at+jwt", "kid": issuer.kid}, issuer.token()),
        "alg confusion": _signed_with_the_published_key(issuer),
        "another key": issuer.token(key=stranger),
        "another kid": issuer.token(headers={"kid": "../../etc/passwd"}),
        "an endless kid": issuer.token(headers={"kid": "x" * 500}),
        "a kid that is no text": _forged({"alg": "ES256", "typ": "at+jwt", "kid": 7}, issuer.token()),
        "another type": issuer.token(headers={"typ": "JWT"}),
        "expired": issuer.token(life_s=-31),
        "not yet valid": issuer.token(nbf=int(time.time()) + 60),
        "issued in the future": issuer.token(iat=int(time.time()) + 60),
        "another issuer": issuer.token(iss="https://elsewhere.example"),
        "another audience": issuer.token(aud="somebody-else"),
        "no audience": issuer.token(aud=None),
        "no session": issuer.token(sid=None),
        "no end": issuer.token(exp=None),
        "a subject that is no id": issuer.token(sub="1; DROP TABLE users"),
        "a role that does not exist": issuer.token(role="emperor"),
        "oversized": issuer.token(filler="x" * 64_000),
    }
    for what, token in bad.items():
        try:
            await verifier.verify(token)
        except Unauthenticated:
            continue
        pytest.fail(f"accepted: {what}")


async def test_clocks_that_differ_by_half_a_minute_work(verifier: Verifier, issuer: Issuer):
    now = int(time.time())
    await verifier.verify(issuer.token(iat=now + 29))
    await verifier.verify(issuer.token(life_s=-29))


async def test_a_remembered_token_is_not_accepted_past_its_end(issuer: Issuer):
    now = time.time()

    async def fetch() -> KeySet:
        return issuer.key_set()

    verifier = Verifier(JwksCache(fetch), issuer=ISSUER, audience=AUDIENCE, clock=lambda: now)
    token = issuer.token(life_s=60)
    await verifier.verify(token)
    now += 89
    await verifier.verify(token)
    now += 2
    with pytest.raises(Unauthenticated, match="expired"):
        await verifier.verify(token)


async def test_remembered_tokens_are_bounded(issuer: Issuer):
    async def fetch() -> KeySet:
        return issuer.key_set()

    verifier = Verifier(JwksCache(fetch), issuer=ISSUER, audience=AUDIENCE, remember=3)
    for _ in range(10):
        await verifier.verify(issuer.token())
    assert len(verifier._verified) == 3


async def test_a_revoked_session_is_refused_also_when_its_token_was_remembered(verifier: Verifier, issuer: Issuer):
    session_id = uuid4()
    token, other = issuer.token(session_id=session_id), issuer.token()
    await verifier.verify(token)
    verifier.revoke(session_id, until=time.time() + 600)
    with pytest.raises(Unauthenticated, match="ended"):
        await verifier.verify(token)
    await verifier.verify(other)


async def test_a_rotated_key_is_looked_up_once(issuer: Issuer):
    clock = 0.0

    async def fetch() -> KeySet:
        issuer.asked += 1
        return issuer.key_set()

    keys = JwksCache(fetch, clock=lambda: clock)
    verifier = Verifier(keys, issuer=ISSUER, audience=AUDIENCE)
    await verifier.verify(issuer.token())
    issuer.add_key("second")
    clock += 3
    await verifier.verify(issuer.token())
    assert issuer.asked == 2
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            await verifier.verify(issuer.token(headers={"kid": "made up"}))
    assert issuer.asked == 2, "a stranger's key ids must not make us ask again and again"


async def test_a_token_that_was_remembered_goes_with_its_key(issuer: Issuer):
    clock = 0.0

    async def fetch() -> KeySet:
        return issuer.key_set()

    verifier = Verifier(JwksCache(fetch, clock=lambda: clock), issuer=ISSUER, audience=AUDIENCE)
    stolen = issuer.token(life_s=10 * 365 * 86400)
    await verifier.verify(stolen)
    issuer.withdraw(issuer.kid)
    issuer.add_key("second")
    clock += 3
    await verifier.verify(issuer.token())
    assert verifier.remembered(stolen) is None
    with pytest.raises(Unauthenticated):
        await verifier.verify(stolen)


async def test_a_token_that_alone_is_used_goes_with_its_key_all_the_same(issuer: Issuer):
    clock = 0.0

    async def fetch() -> KeySet:
        return issuer.key_set()

    verifier = Verifier(JwksCache(fetch, clock=lambda: clock), issuer=ISSUER, audience=AUDIENCE)
    stolen = issuer.token(life_s=10 * 365 * 86400)
    await verifier.verify(stolen)
    issuer.withdraw(issuer.kid)
    issuer.add_key("second")
    assert verifier.remembered(stolen)
    clock += 601
    assert verifier.remembered(stolen), "nobody waits for the keys to be had"
    await eventually(lambda: verifier.remembered(stolen) is None)
    with pytest.raises(Unauthenticated):
        await verifier.verify(stolen)


async def test_while_auth_is_away_the_keys_at_hand_go_on_serving(issuer: Issuer):
    clock = 0.0
    async with aiohttp.ClientSession() as session:
        keys = JwksCache(fetch_from(session, issuer.jwks_url), clock=lambda: clock)
        verifier = Verifier(keys, issuer=ISSUER, audience=AUDIENCE)
        await verifier.verify(issuer.token())
        issuer.reachable = False
        clock += 3600
        await verifier.verify(issuer.token())


async def test_while_auth_does_not_answer_nobody_waits_for_a_key_that_is_at_hand(issuer: Issuer):
    clock = 0.0
    hangs = asyncio.Event()

    async def fetch() -> KeySet:
        if clock:
            await hangs.wait()
        return issuer.key_set()

    verifier = Verifier(JwksCache(fetch, clock=lambda: clock), issuer=ISSUER, audience=AUDIENCE)
    await verifier.verify(issuer.token())
    clock += 3600
    await asyncio.wait_for(verifier.verify(issuer.token()), 5)
    hangs.set()


async def test_without_any_key_the_answer_is_try_again_not_sign_in(issuer: Issuer):
    issuer.reachable = False
    async with aiohttp.ClientSession() as session:
        verifier = Verifier(JwksCache(fetch_from(session, issuer.jwks_url)), issuer=ISSUER, audience=AUDIENCE)
        with pytest.raises(Unavailable):
            await verifier.verify(issuer.token())


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token"])
def test_a_header_without_a_bearer_token_is_refused(header: str | None):
    with pytest.raises(Unauthenticated):
        bearer_token(header)
