"""What a licence costs to ask for, and how long a payment takes to arrive: `python -m bench.license`, one JSON object.

A whole cloud with its stand-in for Stripe, all of it on this machine. `status` is asked of the service itself and of a
gateway that has the answer in memory, in turns; what counts is the ratio. `paid_to_licensed` begins when the form with
the card is sent and ends when the client that listens to /events has asked and knows that it is Pro: page, webhook,
look at Stripe, event, question. `webhook` is how long Stripe waits for its 200 while the look-ups that webhooks cause
go on; its baseline are signed webhooks about things that change nothing here, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import asyncpg
import msgspec

from bench.http_load import Wish
from bench.http_rig import Load, cpu_seconds, gateway
from bench.machine import machine
from bench.paying_cloud import PayingCloud, pay, paying_cloud
from contracts.event import new_id
from desktop_client.cloud import Cloud, CloudState
from desktop_client.settings import ClientSettings
from desktop_client.vault import FileVault
from devstack import seed
from devstack.stripe.delivery import signature

CONNECTIONS = 32
ROUNDS = 3
PATIENCE_S = 20.0
HEARD, UNHEARD = "customer.subscription.updated", "customer.updated"
GOALS = {"paid_to_licensed_p99_s": 1.0, "webhook_p99_ms": 100.0}


class Driver:
    """A whole client without windows, and what it knows of its plan."""

    def __init__(self, cloud: PayingCloud, account: seed.Account, folder: Path) -> None:
        settings = ClientSettings(
            state=folder, gateway=cloud.gateway, ca=cloud.authority, email=account.email, password=account.password
        )
        self._changed = asyncio.Event()
        self._client = Cloud(settings, on_state=self._became, vault=FileVault(folder / "secrets"))

    async def start(self) -> None:
        """Returns when it listens and is on the free plan."""
        await self._client.start()
        await self._until(plan="free")

    async def is_pro(self) -> float:
        """The moment at which it is."""
        await self._until(plan="pro")
        return time.perf_counter()

    async def stop(self) -> None:
        await self._client.stop()

    def _became(self, _state: CloudState) -> None:
        self._changed.set()

    async def _until(self, plan: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not (self._client.state.plan == plan and self._client.state.is_live):
                self._changed.clear()
                await self._changed.wait()


async def payments(cloud: PayingCloud, accounts: Sequence[seed.Account], folder: Path) -> list[float]:
    """Seconds from each payment until its client is licensed, one after the other."""
    took = list[float]()
    async with cloud.browser() as http:
        for number, account in enumerate(accounts):
            driver = Driver(cloud, account, folder / f"client{number}")
            await driver.start()
            page = await cloud.page_for(http, await cloud.sign_in(http, account))
            knows = asyncio.create_task(driver.is_pro())
            sent = await pay(page, account.email)
            took.append(await knows - sent)
            await driver.stop()
    return took


async def webhooks(cloud: PayingCloud, kind: str, *, per_second: float, seconds: float) -> list[float]:
    """Milliseconds until each was acknowledged, at a steady pace, about all customers in turn."""
    customers, took = await cloud.customers(), list[float]()
    async with cloud.browser() as http, asyncio.TaskGroup() as ringing:
        begun = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            ringing.create_task(_ring(http, cloud, kind, customers[number % len(customers)], took))
    return took


async def _ring(http: aiohttp.ClientSession, cloud: PayingCloud, kind: str, customer: str, took: list[float]) -> None:
    thing = {"id": customer, "customer": customer}
    body = msgspec.json.encode({"id": f"evt_{new_id().hex}", "type": kind, "data": {"object": thing}})
    signed = signature(cloud.told["stripe"]["webhook_secret"], body, int(time.time()))
    sent = time.perf_counter()
    async with http.post("/license/webhooks/stripe", data=body, headers={"stripe-signature": signed}) as answer:
        if answer.status != 200:
            raise SystemExit(f"a webhook was answered {answer.status}: {await answer.text()}")
    took.append((time.perf_counter() - sent) * 1000)


async def looked_at_all(cloud: PayingCloud) -> float:
    """Seconds until no customer waits to be looked at."""
    begun = time.perf_counter()
    connection = await asyncpg.connect(cloud.told["postgres"]["license"])
    try:
        while await connection.fetchval("SELECT count(*) FROM errands WHERE done_at IS NULL"):  # noqa: ASYNC110 # elsewhere
            await asyncio.sleep(0.02)
    finally:
        await connection.close()
    return time.perf_counter() - begun


def statuses(cloud: PayingCloud, token: str, *, seconds: float) -> dict[str, object]:
    """How often a licence's status can be asked for in a second."""
    request = f"GET /license/status HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: */*\r\n\r\n"
    services = cloud.told["services"]
    told = {f"{name.upper()}_URL": services[name] for name in ("auth", "license", "tracks", "versions")}
    port = int(services["license"].rpartition(":")[2])
    keys, issuer = f"{services['auth']}/.well-known/jwks.json", cloud.gateway
    found = dict[str, list[float]](memory=[], service=[])
    load = Load()
    with gateway(cloud.told["nats"], port, JWKS_URL=keys, TOKEN_ISSUER=issuer, **told) as (door, _):
        for lasting in (0.5, *[seconds] * ROUNDS):  # the first warms up
            for name, asked in (("memory", door), ("service", port)):
                finding = load.ask(Wish(port=asked, request=request, connections=CONNECTIONS, seconds=lasting))
                if finding.refused:
                    raise SystemExit(f"{finding.refused} answers of {name} were not 200")
                found[name].append(finding.per_second)
    load.close()
    memory, service = found["memory"][1:], found["service"][1:]
    return {
        "gateways_memory_per_s": round(statistics.median(memory)),
        "service_per_s": round(statistics.median(service)),
        "memory_to_service": round(statistics.median(m / s for m, s in zip(memory, service, strict=True)), 2),
    }


async def money(cloud: PayingCloud, folder: Path, *, count: int, per_second: float, seconds: float):
    """Figures of the payments and of the webhooks, and a token of somebody who has paid."""
    accounts = await cloud.drivers(count)
    paid = await payments(cloud, accounts, folder)
    await looked_at_all(cloud)
    unheard = await webhooks(cloud, UNHEARD, per_second=per_second, seconds=seconds)
    worked = cpu_seconds(cloud.told["pids"]["license"])
    heard = await webhooks(cloud, HEARD, per_second=per_second, seconds=seconds)
    behind = await looked_at_all(cloud)
    worked = cpu_seconds(cloud.told["pids"]["license"]) - worked
    async with cloud.browser() as http:
        token = await cloud.sign_in(http, accounts[0])
    return token, {
        "payments": count,
        "paid_to_licensed": {"p50_s": _at(paid, 0.5), "p99_s": _at(paid, 0.99)},
        "webhooks_per_s": per_second,
        "webhook": {"p50_ms": _at(heard, 0.5), "p99_ms": _at(heard, 0.99)},
        "baseline_webhook_about_nothing": {"p50_ms": _at(unheard, 0.5), "p99_ms": _at(unheard, 0.99)},
        "looked_at_all_after_s": round(behind, 2),
        "license_cpu_ms_a_webhook": round(worked * 1000 / len(heard), 1),
    }


def _at(figures: list[float], share: float) -> float:
    ordered = sorted(figures)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.license", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--payments", type=int, default=40)
    parser.add_argument("--per-second", type=float, default=50.0, help="webhooks")
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="of webhooks; a quarter of it of status, each round"
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as name, paying_cloud(Path(name) / "var") as cloud:
        pace = {"per_second": chosen.per_second, "seconds": chosen.seconds}
        token, figures = asyncio.run(money(cloud, Path(name), count=chosen.payments, **pace))
        asked = statuses(cloud, token, seconds=chosen.seconds / 4)
    result = {"benchmark": "license", "status": asked, **figures, "goals": GOALS, "machine": machine()}
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
