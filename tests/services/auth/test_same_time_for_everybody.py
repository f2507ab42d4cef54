"""Whether the time of an answer tells who has an account: asked in a random order, and compared rank by rank."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable

import aiosmtplib
import asyncpg
import pytest
from auth_service import PASSWORD, Auth
from waiting import eventually

A_MAIL_TAKES = 0.1  # seconds, as it does with servers that are further away than a test's
CALLS = 30  # for each sort of address
TOLD_APART = 0.36  # a chance of 0.5 says nothing, and 30 calls are this far from it by chance once in a million times
VERIFIED, UNVERIFIED, UNKNOWN = "verified@b.example", "unverified@b.example", "unknown@b.example"

REQUESTS = {
    "/auth/register": {"password": "a different password"},
    "/auth/password/forgot": {},
    "/auth/login": {"password": "not this one at all"},
}


@pytest.mark.parametrize("path", REQUESTS)
async def test_no_answer_takes_longer_for_an_address_that_somebody_has(auth: Auth, path: str):
    await auth.verified(VERIFIED)
    await auth.post("/auth/register", email=UNVERIFIED, password=PASSWORD)
    await auth.mail.code_for(UNVERIFIED)

    took = await _interleaved(
        auth, {email: lambda email=email: auth.post(path, email=email, **REQUESTS[path]) for email in _ADDRESSES}
    )
    for one, other in ((VERIFIED, UNKNOWN), (UNVERIFIED, UNKNOWN), (VERIFIED, UNVERIFIED)):
        assert not _told_apart(took[one], took[other]), _spoken(path, took)


async def test_the_comparison_would_notice_one_mail_or_one_hash(auth: Auth):
    async def forgot() -> None:
        await auth.post("/auth/password/forgot", email=UNKNOWN)

    async def forgot_and_mailed_at_once() -> None:
        await forgot()
        await aiosmtplib.send("Subject: x\n\nx", sender="a@b.example", recipients=["c@d.example"], port=auth.mail.port)

    async def refused_without_a_hash() -> None:
        await auth.post("/auth/register", email=UNKNOWN, password="password1234")

    async def hashed() -> None:
        await auth.post("/auth/register", email=UNKNOWN, password=PASSWORD)

    took = await _interleaved(
        auth, {each.__name__: each for each in (forgot, forgot_and_mailed_at_once, refused_without_a_hash, hashed)}
    )
    assert _told_apart(took["forgot"], took["forgot_and_mailed_at_once"]), _spoken("a mail", took)
    assert _told_apart(took["refused_without_a_hash"], took["hashed"]), _spoken("a hash", took)


_ADDRESSES = (VERIFIED, UNVERIFIED, UNKNOWN)


async def _interleaved(auth: Auth, calls: dict[str, Callable[[], Awaitable[object]]]) -> dict[str, list[float]]:
    """Seconds that each call took, made in a random order, each when nothing is left to be done from those before."""
    order = [name for name in calls for _ in range(CALLS)]
    random.Random(7).shuffle(order)
    took: dict[str, list[float]] = {name: [] for name in calls}
    auth.mail.takes = A_MAIL_TAKES
    connection = await asyncpg.connect(auth.settings.database_url)

    async def nothing_left() -> bool:
        return await connection.fetchval(
            "SELECT NOT EXISTS (SELECT FROM wanted_letters WHERE composed_at IS NULL)"
            " AND NOT EXISTS (SELECT FROM mails)"
        )

    for name in order:
        await eventually(nothing_left)
        await connection.execute("DELETE FROM guesses")
        await connection.execute("UPDATE wanted_letters SET composed_at = composed_at - interval '1 minute'")
        began = time.perf_counter()
        await calls[name]()
        took[name].append(time.perf_counter() - began)
    await connection.close()
    return took


def _told_apart(some: list[float], others: list[float]) -> bool:
    """Whether one sort takes longer than the other, by how often one of each sort compares so (Mann and Whitney)."""
    wins = sum(1.0 if one > other else 0.5 if one == other else 0.0 for one in some for other in others)
    return abs(wins / (len(some) * len(others)) - 0.5) > TOLD_APART


def _spoken(what: str, took: dict[str, list[float]]) -> str:
    medians = {name: f"{sorted(seconds)[len(seconds) // 2] * 1000:.2f} ms" for name, seconds in took.items()}
    return f"{what}: {medians}"
