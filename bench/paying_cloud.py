"""A whole cloud for a benchmark, and drivers in it who pay: as people do, by mail, page and card."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from devstack import seed

PROJECT = Path(__file__).resolve().parent.parent
GOOD_CARD = "4242424242424242"


@dataclass(frozen=True)
class PayingCloud:
    """`told` is its devstack.json."""

    told: dict[str, Any]

    @property
    def gateway(self) -> str:
        return self.told["gateway"]

    @property
    def authority(self) -> Path:
        return Path(self.told["ca"])

    def browser(self, *, auto_decompress: bool = True) -> aiohttp.ClientSession:
        trust = ssl.create_default_context(cafile=self.authority)
        connector = aiohttp.TCPConnector(ssl=trust, limit=0)
        patience = aiohttp.ClientTimeout(total=60)
        return aiohttp.ClientSession(
            self.gateway, connector=connector, timeout=patience, auto_decompress=auto_decompress
        )

    async def drivers(self, count: int) -> list[seed.Account]:
        """New accounts, each proved by mail."""
        at_once = asyncio.Semaphore(4)  # hashing takes its time
        mail_dir = Path(self.told["mail_dir"])

        async def make(number: int) -> seed.Account:
            account = seed.Account(f"payer{number}@raceoverlay.example", "flat out through the esses")
            async with at_once:
                await seed.open_account(account, self.gateway, self.authority, mail_dir)
            return account

        return await asyncio.gather(*(make(number) for number in range(count)))

    async def sign_in(self, http: aiohttp.ClientSession, account: seed.Account) -> str:
        """An access token of ten minutes."""
        body = {"email": account.email, "password": account.password}
        async with http.post("/auth/login", json=body) as answer:
            return (await _said(answer))["access_token"]

    async def page_for(self, http: aiohttp.ClientSession, token: str) -> str:
        """Where Pro is paid for, by the month."""
        headers = {"authorization": f"Bearer {token}"}
        async with http.post("/license/checkout", json={"plan": "pro"}, headers=headers) as answer:
            return (await _said(answer))["url"]

    async def customers(self) -> list[str]:
        """Stripe's ids of all customers."""
        stripe = self.told["stripe"]
        headers = {"authorization": f"Bearer {stripe['secret_key']}"}
        async with (
            aiohttp.ClientSession(stripe["api"], headers=headers) as http,
            http.get("/v1/customers?limit=100") as answer,
        ):
            return [customer["id"] for customer in (await _said(answer))["data"]]


async def pay(page: str, email: str) -> float:
    """Send the page's form, as a browser does; the moment (of time.perf_counter) at which it was sent."""
    form = {"action": "pay", "number": GOOD_CARD, "email": email, "name": "Bench"}
    async with aiohttp.ClientSession() as http:
        sent = time.perf_counter()
        async with http.post(page, data=form, allow_redirects=False) as answer:
            if answer.status != 303:
                raise SystemExit(f"the page did not take the card: {answer.status}")
    return sent


async def _said(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    if answer.status != 200:
        raise SystemExit(f"{answer.method} {answer.url.path} was answered {answer.status}: {await answer.text()}")
    return await answer.json()


@contextlib.contextmanager
def paying_cloud(folder: Path) -> Iterator[PayingCloud]:
    """As `make cloud` brings it up, without limits on how often one may ask."""
    document = folder / "devstack.json"
    environment = {**os.environ, "RACEOVERLAY_STATE": str(folder), "RACEOVERLAY_PORT": "0", "RATE_LIMIT_SCALE": "0"}
    cloud = subprocess.Popen(
        [sys.executable, "-m", "devstack", "cloud"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        while not document.exists():
            if cloud.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("the cloud did not start")
            time.sleep(0.05)
        yield PayingCloud(json.loads(document.read_text()))
    finally:
        cloud.terminate()
        cloud.wait()
