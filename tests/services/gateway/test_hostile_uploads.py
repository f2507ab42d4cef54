"""Uploads that are packed or too many: what of them goes through the door."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter

from gateway_rig import Behind, Running

from services.gateway.limits import LIMITS
from services.gateway.policy import Pace

UPLOAD = "/tracks/upload"
MB = 1 << 20


async def test_five_megabytes_go_through_whole(gateway: Running, behind: Behind) -> None:
    got = await gateway.ask("POST", UPLOAD, headers=gateway.issuer.bearer(), data=b" " * (5 * MB))
    assert (got.status, len(behind.arrived[0].body)) == (200, 5 * MB)


async def test_a_packed_body_is_not_unpacked_and_what_it_says_of_itself_is_handed_on(
    gateway: Running, behind: Behind
) -> None:
    body = gzip.compress(b" " * MB)
    headers = gateway.issuer.bearer() | {"content-encoding": "lz4"}  # gzip the stand-in for tracks would unpack itself
    assert (await gateway.ask("POST", UPLOAD, headers=headers, data=body)).status == 200
    [arrived] = behind.arrived
    assert (arrived.body, arrived.values("content-encoding")) == (body, ["lz4"])


async def test_a_hundred_laps_of_one_account_are_taken_as_far_as_its_pace_goes_and_others_are_not_held_up(
    gateway: Running, behind: Behind
) -> None:
    greedy, other = gateway.issuer.bearer(), gateway.issuer.bearer()
    some = asyncio.Semaphore(8)

    async def one() -> int:
        async with some:
            answer = await gateway.ask("POST", UPLOAD, headers=greedy, data=b"{}")
        assert answer.status == 200 or int(answer.headers["retry-after"]) >= 1
        return answer.status

    statuses = Counter(await asyncio.gather(*(one() for _ in range(100))))
    pace = LIMITS[Pace.UPLOAD].account.count
    assert statuses == {200: pace, 429: 100 - pace}
    assert len(behind.arrived) == pace
    assert (await gateway.ask("POST", UPLOAD, headers=other, data=b"{}")).status == 200
