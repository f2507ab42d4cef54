"""What a verifier remembers: the good tokens that are used, for as long as they are good."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from issuer import AUDIENCE, ISSUER, Issuer

from chassis.identity import JwksCache, Verifier
from contracts.identity import KeySet
from contracts.problem import Unauthenticated


def _verifier(issuer: Issuer, now: list[float], *, remember: int = 3) -> Verifier:
    async def fetch() -> KeySet:
        return issuer.key_set()

    keys = JwksCache(fetch)
    return Verifier(keys, issuer=ISSUER, audience=AUDIENCE, remember=remember, clock=lambda: now[0])


async def test_the_token_longest_unused_is_forgotten_first(issuer: Issuer):
    verifier = _verifier(issuer, [time.time()])
    first, second, third, fourth = (issuer.token() for _ in range(4))
    for token in (first, second, third, first, fourth):
        await verifier.verify(token)
    assert [verifier.remembered(token) is not None for token in (first, second, third, fourth)] == [
        True,
        False,
        True,
        True,
    ]
    assert (await verifier.verify(second)).user_id  # it is only looked at once more


async def test_a_flood_of_bad_tokens_pushes_no_good_one_out(issuer: Issuer):
    verifier = _verifier(issuer, [time.time()])
    good = issuer.token()
    whose = await verifier.verify(good)
    thief = ec.generate_private_key(ec.SECP256R1())
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await verifier.verify(issuer.token(key=thief))
    assert verifier.remembered(good) is whose


async def test_nothing_is_said_of_a_token_that_is_no_longer_good(issuer: Issuer):
    now = [time.time()]
    verifier = _verifier(issuer, now)
    session_id = uuid4()
    ended, expired = issuer.token(session_id=session_id), issuer.token(life_s=60)
    for token in (ended, expired):
        assert verifier.remembered(token) is None  # not yet
        await verifier.verify(token)
        assert verifier.remembered(token) is not None
    verifier.revoke(session_id, until=now[0] + 900)
    assert verifier.remembered(ended) is None
    now[0] += 91
    assert verifier.remembered(expired) is None
