"""A whole service over real HTTP: refusals, transactions, readiness, the order of its stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from uuid import uuid4

import aiohttp
import msgspec
import pytest
from issuer import AUDIENCE, ISSUER, Issuer
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from waiting import eventually

from chassis.database import Database, Transaction
from chassis.guards import requires, signed_in
from chassis.migrations import migrate
from chassis.service import Service
from chassis.settings import DatabaseSettings
from contracts.auth import UserRegistered
from contracts.identity import Identity, Role
from contracts.problem import Problem
from devstack.nats import Nats
from devstack.postgres import Postgres

Serve = Callable[[Service], Awaitable[str]]


class EngineStalled(Problem):
    """The engine has stalled."""

    status = 409


class Lap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    sectors: tuple[float, ...] = ()


@post("/laps", status_code=200)
async def drive(data: JSONBody[Lap], tx: NamedDependency[Transaction]) -> dict[str, int]:
    await tx.run("INSERT INTO laps VALUES ($1)", data.number)
    if data.number == 13:
        raise EngineStalled("On lap 13.", retry_after=5)
    if data.number == 666:
        raise RuntimeError("secret detail")
    return {"laps": await tx.value("SELECT count(*) FROM laps")}


@get("/me", guards=[signed_in])
async def me(identity: NamedDependency[Identity]) -> str:
    return str(identity.user_id)


@get("/steward", guards=[requires(Role.MODERATOR)])
async def steward() -> str:
    return "welcome"


@pytest.fixture
async def service(database_of, nats_server: Nats, issuer: Issuer, free_port) -> Service:
    settings = DatabaseSettings(
        port=free_port(),
        nats_url=nats_server.url,
        jwks_url=issuer.jwks_url,
        token_issuer=ISSUER,
        token_audience=AUDIENCE,
        drain_seconds=0,
        database_url=await database_of("versions"),
    )
    database = Database(settings.database_url)
    return Service("versions", settings, database=database, routes=[drive, me, steward], max_body_bytes=2000)


@pytest.fixture
async def address(service: Service, serve: Serve) -> str:
    address = await serve(service)
    assert service.database is not None
    async with service.database.transaction() as tx:
        await tx.run("CREATE TABLE laps (number int)")
    return address


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_request_is_one_transaction(http: aiohttp.ClientSession, address: str):
    for number, expected in ((1, 200), (13, 409), (666, 500), (2, 200)):
        async with http.post(f"{address}/laps", json={"number": number}) as answer:
            assert answer.status == expected
            body = await answer.json()
    assert body == {"laps": 2}, "what was refused or failed left nothing behind"


async def test_a_refusal_is_its_class(http: aiohttp.ClientSession, address: str):
    async with http.post(f"{address}/laps", json={"number": 13}, headers={"x-request-id": "race-123"}) as answer:
        assert answer.status == 409
        assert answer.content_type == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert await answer.json(content_type=None) == {
            "type": "urn:raceoverlay:problem:engine_stalled",
            "title": "The engine has stalled.",
            "status": 409,
            "code": "engine_stalled",
            "detail": "On lap 13.",
            "instance": "/laps",
            "request_id": "race-123",
            "retry_after": 5,
        }


async def test_a_surprise_tells_the_caller_nothing_but_where_to_look(http: aiohttp.ClientSession, address: str):
    async with http.post(f"{address}/laps", json={"number": 666}) as answer:
        body = await answer.json(content_type=None)
        assert (answer.status, body["code"]) == (500, "internal_error")
        assert body["request_id"] == answer.headers["x-request-id"]
        assert "secret" not in json.dumps(body)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"number":"one"}', 422, "number"),
        (b"{}", 422, "number"),
        (b'{"number":1,"wings":2}', 422, "wings"),
        (b'{"number":1,"sectors":[1,"x"]}', 422, "sectors[1]"),
        (b"[]", 422, "body"),
        (b"", 422, "body"),
        (b"{", 400, None),
        (b"\xff\xfe", 400, None),
        (b'{"number":"\xff"}', 400, None),
        (b'{"num\xffber":1}', 400, None),
        (b'{"number":NaN}', 400, None),
        (b'{"number":' + b"[" * 500 + b"]" * 500 + b"}", 422, "number"),
        (b'{"number":1,"sectors":[' + b"1," * 2000 + b"1]}", 413, None),
    ],
)
async def test_bad_input_is_named(http: aiohttp.ClientSession, address: str, body: bytes, status: int, field: str):
    async with http.post(f"{address}/laps", data=body, headers={"content-type": "application/json"}) as answer:
        problem = await answer.json(content_type=None)
        assert (answer.status, answer.content_type) == (status, "application/problem+json"), problem
        assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])


async def test_unknown_addresses_and_methods_are_problems_too(http: aiohttp.ClientSession, address: str):
    async with http.get(f"{address}/nowhere") as answer:
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (404, "not_found")
    async with http.delete(f"{address}/laps") as answer:
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (405, "method_not_allowed")


async def test_guards_let_in_whom_they_should(http: aiohttp.ClientSession, address: str, issuer: Issuer):
    async with http.get(f"{address}/me") as answer:
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    async with http.get(f"{address}/me", headers=issuer.bearer()) as answer:
        assert answer.status == 200
    for role, expected in (("driver", 403), ("moderator", 200), ("admin", 200)):
        async with http.get(f"{address}/steward", headers=issuer.bearer(role=role)) as answer:
            assert answer.status == expected, role


async def test_it_is_ready_only_while_bus_and_database_answer(
    http: aiohttp.ClientSession, address: str, nats_server: Nats
):
    async def said() -> tuple[int, dict[str, str]]:
        async with http.get(f"{address}/readyz") as answer:
            return answer.status, (await answer.json())["checks"]

    assert await said() == (200, {"bus": "ok", "database": "ok"})
    nats_server.kill()

    async def unready() -> bool:
        status, checks = await said()
        return status == 503 and checks["bus"] != "ok" and checks["database"] == "ok"

    await eventually(unready)
    async with http.get(f"{address}/healthz") as answer:
        assert answer.status == 200, "a bus that is away is no reason to be killed"
    await nats_server.start()

    async def ready() -> bool:
        return (await said())[0] == 200

    await eventually(ready)


async def test_metrics_count_requests_by_route(http: aiohttp.ClientSession, address: str):
    await (await http.get(f"{address}/nowhere")).read()
    async with http.get(f"{address}/metrics") as answer:
        text = await answer.text()
    assert (
        'http_server_request_duration_seconds_count{method="GET",route="unmatched",service="versions",status="404"}'
        in text
    )


async def test_metrics_can_have_a_port_of_their_own(
    service: Service, serve: Serve, http: aiohttp.ClientSession, free_port: Callable[[], int]
):
    settings = msgspec.structs.replace(service.settings, metrics_port=free_port())
    address = await serve(Service("versions", settings, database=service.database, routes=[]))
    async with http.get(f"http://127.0.0.1:{settings.metrics_port}/metrics") as answer:
        assert "python_info" in await answer.text()
    async with http.get(f"{address}/metrics") as answer:
        assert answer.status == 404, "what faces the world does not show them"


async def test_readiness_falls_before_the_sockets_close(
    database_of, nats_server: Nats, issuer: Issuer, free_port, http
):
    """A real process, a real SIGTERM: it says "draining" while it still answers, then ends with exit code 0."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "services.versions"],
        env={
            **os.environ,
            "PORT": str(port),
            "NATS_URL": nats_server.url,
            "JWKS_URL": issuer.jwks_url,
            "TOKEN_ISSUER": ISSUER,
            "DATABASE_URL": await database_of("versions"),
            "DRAIN_SECONDS": "1",
        },
        stdout=subprocess.PIPE,
    )

    async def readyz() -> int:
        try:
            async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status
        except aiohttp.ClientError:
            return 0

    async def is_ready() -> bool:
        return await readyz() == 200

    await eventually(is_ready)
    process.send_signal(signal.SIGTERM)
    seen: list[int] = []

    async def is_gone() -> bool:
        seen.append(await readyz())
        return process.poll() is not None

    await eventually(is_gone)
    assert 503 in seen, "nobody was told before the sockets closed"
    assert process.returncode == 0
    out, _ = await asyncio.to_thread(process.communicate)
    lines = [json.loads(line)["event"] for line in out.splitlines()]
    assert lines.index("service.draining") < lines.index("service.stopped")


async def test_it_stops_also_while_the_bus_is_away_and_events_wait(service: Service, nats_server: Nats):
    stopping = asyncio.Event()
    running = asyncio.create_task(service.serve(stopping))
    await eventually(lambda: service.bus.is_connected)
    assert service.database is not None
    async with service.database.transaction() as tx:
        tx.record(UserRegistered(user_id=uuid4()))
    nats_server.kill()
    async with service.database.transaction() as tx:
        tx.record(UserRegistered(user_id=uuid4()))
    await eventually(lambda: not service.bus.is_connected)
    stopping.set()
    await asyncio.wait_for(running, 10)


async def test_while_the_database_is_away_the_answer_is_503_and_it_heals(
    tmp_path, nats_server: Nats, issuer: Issuer, free_port, serve: Serve, http: aiohttp.ClientSession
):
    async with Postgres(tmp_path / "postgres") as postgres:
        settings = DatabaseSettings(
            port=free_port(),
            nats_url=nats_server.url,
            jwks_url=issuer.jwks_url,
            token_issuer=ISSUER,
            drain_seconds=0,
            database_url=await postgres.create("versions"),
        )
        await asyncio.to_thread(migrate, settings.database_url, "versions")
        database = Database(settings.database_url)
        address = await serve(Service("versions", settings, database=database, routes=[drive]))
        async with database.transaction() as tx:
            await tx.run("CREATE TABLE laps (number int)")
        postgres.kill()
        async with http.post(f"{address}/laps", json={"number": 1}) as answer:
            assert answer.status == 503
            assert "retry-after" in answer.headers
        await postgres.start()

        async def healed() -> bool:
            async with http.post(f"{address}/laps", json={"number": 1}) as answer:
                return answer.status == 200

        await eventually(healed)


def test_a_missing_setting_is_one_sentence():
    process = subprocess.run(
        [sys.executable, "-m", "services.license"],
        env={"PATH": os.environ["PATH"], "PORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 2
    assert process.stderr.startswith("Cannot start: NATS_URL is not set (the bus")
    assert "Traceback" not in process.stderr
