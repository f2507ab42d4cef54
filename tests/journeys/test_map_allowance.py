"""Twenty new maps a day in the whole cloud: given from the gateway's memory, counted by tracks, lifted by a payment."""

from __future__ import annotations

import asyncio

import aiohttp
import msgspec
import pytest
from buyers import Buyer, signed_in
from cloud_stack import CloudStack
from laps import circuit, upload_of
from laptop_stripe import LaptopStripe
from waiting import eventually

from services.tracks.domain.allowance import MAPS_A_DAY

PATHS = [f"/tracks/allowance/circuit{number}" for number in range(MAPS_A_DAY + 1)]
LAST = PATHS[-1]


async def ask(buyer: Buyer, path: str, **headers: str) -> tuple[int, str, str]:
    """The status, the validator, and the code of a refusal."""
    sent = {"authorization": f"Bearer {buyer.access_token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    async with buyer.http.get(path, headers=sent) as answer:
        body = await answer.read()
        code = msgspec.json.decode(body)["code"] if answer.status >= 400 else ""
        return answer.status, answer.headers.get("etag", ""), code


async def send_laps(buyer: Buyer) -> None:
    """One of each track, judged when this returns."""
    headers = {"authorization": f"Bearer {buyer.access_token}", "prefer": "wait=10", "content-type": "application/json"}
    at_once = asyncio.Semaphore(4)

    async def send(path: str) -> None:
        _, _, game, track_id = path.split("/")
        body = msgspec.json.encode(upload_of(circuit(), game=game, track_id=track_id))
        async with at_once, buyer.http.post("/tracks/upload", data=body, headers=headers) as answer:
            assert answer.status == 202, await answer.text()

    await asyncio.gather(*map(send, PATHS))

    async def is_there(path: str) -> bool:
        return (await ask(buyer, path))[0] == 200

    for path in PATHS:
        await eventually(lambda path=path: is_there(path))


@pytest.mark.timeout(300)
async def test_who_takes_many_maps_is_stopped_at_the_twenty_first_until_they_pay(cloud: CloudStack) -> None:
    assert cloud.stripe is not None
    async with signed_in(cloud, "mapper", "collector") as (mapper, collector), LaptopStripe.at(cloud.stripe) as stripe:
        await send_laps(mapper)  # who sent the laps has just had all of them, and none was counted

        taken = [await ask(collector, path) for path in PATHS[:-1]]
        assert {status for status, _, _ in taken} == {200}
        assert (await ask(collector, LAST))[::2] == (403, "map_allowance_used_up")
        assert (await ask(collector, PATHS[0]))[0] == 200, "that one was counted before"
        tag = (await ask(mapper, LAST))[1]
        assert (await ask(collector, LAST, if_none_match=tag))[0] == 304, (
            "who has a map is told whether it is the newest"
        )
        assert (await ask(collector, LAST, prefer="anything"))[0] == 403, "there is no way around memory"
        assert await refused_inside(collector)

        assert await stripe.pay(await collector.checkout(), collector.email)
        await collector.stands("valid", plan="pro")

        async def is_let_through() -> bool:
            return (await ask(collector, LAST))[0] == 200

        await eventually(is_let_through, within=10)


async def refused_inside(buyer: Buyer) -> bool:
    """What the gateway asks tracks is no address of the API."""
    headers = {"authorization": f"Bearer {buyer.access_token}"}
    try:
        async with buyer.http.put(f"{LAST}/taken", headers=headers) as answer:
            return answer.status == 404
    except aiohttp.ClientError:
        return False
