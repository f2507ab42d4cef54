"""How much of the machine's hashing auth turns into sign-ins, and how long a refresh waits meanwhile.

`python -m bench.auth` prints one JSON object. A real auth (its own process, real PostgreSQL and NATS) takes as many
logins as it can, with the right password; the baseline of the same run checks the same hash in as many threads and does
nothing else. While the logins saturate the machine, other sessions are refreshed at a steady pace. The two are measured
in turns, so that whatever else the machine does meets both alike.

The threads are as many as auth takes by itself: all cores but one, which answers everybody else. `--threads` says
another number.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import argon2
import asyncpg
import msgspec

from bench.machine import machine
from chassis.migrations import migrate
from contracts.auth import TokenPair
from contracts.event import new_id
from devstack import ports, secrets
from devstack.authority import certificates
from devstack.environment import clean
from devstack.nats import Nats
from devstack.postgres import Postgres
from devstack.services import Service
from services.auth.passwords import Passwords
from services.auth.settings import AuthSettings

PASSWORD = "flat out through the esses"
REFRESH_EVERY_S = 0.05
SESSIONS = 20  # that are refreshed in turn, each once a second
ROUNDS = 3


class Waited:
    """How long refreshes took, in milliseconds, and how many logins came meanwhile."""

    def __init__(self) -> None:
        self.refreshes: list[float] = []
        self.logins = 0


async def measure(*, seconds: float, clients: int, threads: int) -> dict[str, object]:
    """`seconds` is how long each of the rounds lasts, for the service and for the baseline alike."""
    known_hash = await _hash()
    bare, logins, waited = [], [], Waited()
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as folder:
        async with (
            _auth(Path(folder), known_hash, accounts=clients, threads=threads) as url,
            aiohttp.ClientSession(url) as http,
        ):
            sessions = [await _login(http, number % clients) for number in range(SESSIONS)]
            for _ in range(ROUNDS):
                bare.append(await asyncio.to_thread(_bare, known_hash, threads, seconds))
                logins.append(await _flood(http, sessions, waited, seconds=seconds, clients=clients))
            every_core = await asyncio.to_thread(_bare, known_hash, os.cpu_count() or 1, seconds)
    took = sorted(waited.refreshes)
    return {
        "benchmark": "auth",
        "threads": threads,
        "clients": clients,
        "logins_per_s": round(_middle(logins), 1),
        "baseline_bare_argon2_per_s": round(_middle(bare), 1),
        "ratio": round(_middle([mine / its for mine, its in zip(logins, bare, strict=True)]), 3),
        "bare_argon2_on_every_core_per_s": round(every_core, 1),
        "refreshes": len(took),
        "refresh_meanwhile": {"p50_ms": round(_percentile(took, 0.50), 1), "p99_ms": round(_percentile(took, 0.99), 1)},
    }


async def _hash() -> str:
    """A hash of the password as auth makes it: it carries its own parameters."""
    passwords = Passwords(1)
    try:
        return await passwords.hash_new(PASSWORD, email=_address(0), display_name=None, field="password")
    finally:
        await passwords.close()


def _bare(known_hash: str, threads: int, seconds: float) -> float:
    """Checks per second of `threads` threads that do nothing else."""
    hasher = argon2.PasswordHasher()
    begun = time.perf_counter()

    def check_on(_thread: int) -> int:
        checked = 0
        while time.perf_counter() - begun < seconds:
            hasher.verify(known_hash, PASSWORD)
            checked += 1
        return checked

    with ThreadPoolExecutor(threads) as pool:
        checked = sum(pool.map(check_on, range(threads)))
    return checked / (time.perf_counter() - begun)


async def _flood(
    http: aiohttp.ClientSession, sessions: list[TokenPair], waited: Waited, *, seconds: float, clients: int
) -> float:
    """Logins per second from `clients` who sign in again as soon as they are signed in."""
    begun = time.perf_counter()
    before = waited.logins

    async def sign_in_again(number: int) -> None:
        while time.perf_counter() - begun < seconds:
            await _login(http, number)
            waited.logins += 1

    async with asyncio.TaskGroup() as group:
        for number in range(clients):
            group.create_task(sign_in_again(number))
        for beat in range(int(seconds / REFRESH_EVERY_S)):
            await asyncio.sleep(max(0.0, begun + beat * REFRESH_EVERY_S - time.perf_counter()))
            group.create_task(_refresh(http, sessions, beat % SESSIONS, waited))
    return (waited.logins - before) / (time.perf_counter() - begun)


async def _login(http: aiohttp.ClientSession, number: int) -> TokenPair:
    async with http.post("/auth/login", json={"email": _address(number), "password": PASSWORD}) as answer:
        return await _pair(answer)


async def _refresh(http: aiohttp.ClientSession, sessions: list[TokenPair], which: int, waited: Waited) -> None:
    asked = time.perf_counter()
    async with http.post("/auth/refresh", json={"refresh_token": sessions[which].refresh_token}) as answer:
        sessions[which] = await _pair(answer)
    waited.refreshes.append((time.perf_counter() - asked) * 1000)


async def _pair(answer: aiohttp.ClientResponse) -> TokenPair:
    body = await answer.read()
    if answer.status != 200:
        raise SystemExit(f"auth answered {answer.status}: {body.decode()}")
    return msgspec.json.decode(body, type=TokenPair)


@contextlib.asynccontextmanager
async def _auth(folder: Path, known_hash: str, *, accounts: int, threads: int) -> AsyncIterator[str]:
    """The address of an auth with that many accounts, all with one password."""
    async with Postgres(folder) as postgres, Nats(folder) as nats:
        database = await postgres.create("auth")
        await asyncio.to_thread(migrate, database, "auth")
        await _make_accounts(database, known_hash, accounts)
        port = ports.reserve(folder, "auth")
        url = f"http://{ports.HOST}:{port}"
        environment = clean(
            PORT=str(port),
            NATS_URL=nats.url,
            JWKS_URL=f"{url}/.well-known/jwks.json",
            TOKEN_ISSUER=url,
            DATABASE_URL=database,
            AUTH_SECRET=secrets.key(folder, "auth"),
            SMTP_URL=f"smtp://{ports.HOST}:1",
            PUBLIC_URL=url,
            HASHING_THREADS=str(threads),
            DRAIN_SECONDS="0",
        )
        async with Service(folder, "auth", environment, url, certificates(folder).authority):
            yield url


async def _make_accounts(database: str, known_hash: str, accounts: int) -> None:
    connection = await asyncpg.connect(database)
    try:
        await connection.executemany(
            "INSERT INTO users (id, email, password_hash, is_verified) VALUES ($1, $2, $3, true)",
            [(new_id(), _address(number), known_hash) for number in range(accounts)],
        )
    finally:
        await connection.close()


def _threads_by_default() -> int:
    fields = msgspec.structs.fields(AuthSettings)
    return next(field.default for field in fields if field.name == "hashing_threads")


def _address(number: int) -> str:
    return f"driver{number}@raceoverlay.example"


def _middle(figures: list[float]) -> float:
    return sorted(figures)[len(figures) // 2]


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.auth", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--threads", type=int, default=_threads_by_default())
    chosen = parser.parse_args(arguments)
    result = asyncio.run(measure(seconds=chosen.seconds, clients=chosen.clients, threads=chosen.threads))
    sys.stdout.buffer.write(msgspec.json.encode(result | {"machine": machine()}) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
