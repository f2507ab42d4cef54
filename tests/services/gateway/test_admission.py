"""Who is let in, and what is said inward about them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from gateway_rig import Behind, Running, Start
from issuer import AUDIENCE, ISSUER, Issuer
from waiting import eventually

from chassis.client_address import TrustedProxies
from chassis.identity import Verifier
from contracts.auth import SessionRevoked
from contracts.event import Event
from contracts.identity import Role
from services.gateway.admission import Admission
from services.gateway.policy import AUTH, Rule
from services.gateway.tally import Draw, OwnTally

PRIVATE = "/auth/me"
PUBLIC = "/versions"


async def test_a_good_token_is_passed_on_for_the_service_to_check_again(gateway: Running, behind: Behind) -> None:
    bearer = gateway.issuer.bearer()
    assert (await gateway.ask("GET", PRIVATE, headers=bearer)).status == 200
    assert behind.arrived[0].values("authorization") == [bearer["authorization"]]


async def test_a_public_call_needs_no_token_and_a_bad_one_does_not_hurt(gateway: Running) -> None:
    assert (await gateway.ask("GET", PUBLIC)).status == 200
    assert (await gateway.ask("GET", PUBLIC, headers={"authorization": "Bearer x"})).status == 200


def _unsigned(_issuer: Issuer) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(uuid4()), "sid": str(uuid4()), "exp": time.time() + 600}
    return jwt.encode(claims, None, algorithm="none", headers={"typ": "at+jwt", "kid": "first"})


def _signed_with_the_public_key_as_a_password(issuer: Issuer) -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(uuid4()), "sid": str(uuid4()), "exp": time.time() + 600}
    secret = issuer.key_set().keys[0].x + "x" * 32
    return jwt.encode(claims, secret, algorithm="HS256", headers={"typ": "at+jwt", "kid": "first"})


BAD = {
    "nothing at all": lambda _issuer: "",
    "no token": lambda _issuer: "x.y.z",
    "expired": lambda issuer: issuer.token(life_s=-60),
    "another kind of token": lambda issuer: issuer.token(headers={"typ": "JWT"}),
    "no signature": _unsigned,
    "a signature of the wrong sort": _signed_with_the_public_key_as_a_password,
    "a key that is not published": lambda issuer: issuer.token(headers={"kid": "foreign"}),
    "a foreign key under our name": lambda issuer: issuer.token(key=ec.generate_private_key(ec.SECP256R1())),
    "another audience": lambda issuer: issuer.token(aud="elsewhere"),
    "another issuer": lambda issuer: issuer.token(iss="https://elsewhere.example"),
    "no session": lambda issuer: issuer.token(sid=None),
    "no expiry": lambda issuer: issuer.token(exp=None),
    "far too long": lambda _issuer: "a" * 5000,
}


async def test_a_bad_token_ends_at_the_gateway(gateway: Running, behind: Behind) -> None:
    for why, token in BAD.items():
        for path in (PRIVATE, "/events"):
            got = await gateway.ask("GET", path, headers={"authorization": f"Bearer {token(gateway.issuer)}"})
            assert (got.status, got.headers.get("www-authenticate")) == (401, "Bearer"), (why, path)
            assert (await got.json(content_type=None))["code"] == "unauthenticated"
    assert (await gateway.ask("GET", PRIVATE)).status == 401
    assert behind.arrived == []


async def test_a_role_that_may_not_is_forbidden_and_an_admin_may_all(start: Start) -> None:
    moderators = frozenset({Role.MODERATOR})
    gateway = await start(rules=(Rule("GET", PRIVATE, AUTH, moderators),))
    by_role = {
        role: (await gateway.ask("GET", PRIVATE, headers=gateway.issuer.bearer(role=role))).status for role in Role
    }
    assert by_role == {Role.DRIVER: 403, Role.MODERATOR: 200, Role.RELEASE_MANAGER: 403, Role.ADMIN: 200}


async def test_an_ended_session_is_refused_by_every_replica_within_a_second(
    start: Start, publish: Callable[[Event], Awaitable[None]]
) -> None:
    replicas = [await start() for _ in range(2)]
    user_id, session_id = uuid4(), uuid4()
    ended = replicas[0].issuer.bearer(user_id, session_id=session_id)
    other = replicas[0].issuer.bearer(user_id)
    for replica in replicas:
        assert (await replica.ask("GET", PRIVATE, headers=ended)).status == 200
    began = time.monotonic()
    await publish(SessionRevoked(user_id=user_id, session_id=session_id, reason="logout"))

    async def refused_everywhere() -> bool:
        return {(await replica.ask("GET", PRIVATE, headers=ended)).status for replica in replicas} == {401}

    await eventually(refused_everywhere)
    assert time.monotonic() - began < 1
    for replica in replicas:
        assert (await replica.ask("GET", PRIVATE, headers=other)).status == 200


@pytest.mark.parametrize("seen_before", [True, False])
async def test_a_session_that_ends_while_its_request_is_counted_is_refused(
    gateway: Running, monkeypatch: pytest.MonkeyPatch, seen_before: bool
) -> None:
    session_id = uuid4()
    bearer = gateway.issuer.bearer(session_id=session_id)
    if seen_before:
        assert (await gateway.ask("GET", PRIVATE, headers=bearer)).status == 200
    take, verifier = OwnTally.take, gateway.gateway.verifier

    async def end_meanwhile(tally: OwnTally, draws: Sequence[Draw]) -> list[int]:
        if any(key.startswith("read:account:") for key, *_ in draws):
            verifier.revoke(session_id, until=time.time() + 60)
        return await take(tally, draws)

    monkeypatch.setattr(OwnTally, "take", end_meanwhile)
    assert (await gateway.ask("GET", PRIVATE, headers=bearer)).status == 401


def test_a_proxy_of_ours_is_known_however_its_address_is_written() -> None:
    admission = Admission(Verifier.__new__(Verifier), OwnTally(), TrustedProxies.parse("10.0.0.0/8"))
    for peer, scheme in (("10.1.2.3", "https"), ("::ffff:10.1.2.3", "https"), ("192.0.2.1", "http")):
        scope = {"client": (peer, 1), "scheme": "http", "state": {}}
        admission.find_origin({b"x-forwarded-proto": b"https"}, scope)
        assert scope["scheme"] == scheme


async def test_while_auth_is_away_the_keys_at_hand_go_on_serving(gateway: Running) -> None:
    gateway.issuer.reachable = False
    assert (await gateway.ask("GET", PRIVATE, headers=gateway.issuer.bearer())).status == 200


async def test_a_client_cannot_say_who_or_where_it_is(gateway: Running, behind: Behind) -> None:
    lies = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-User-Id": str(uuid4()),
        "X-Role": "admin",
        "X-Original-URL": "/metrics",
        "Cookie": "a=b",
        "X-HTTP-Method-Override": "DELETE",
        "Proxy-Authorization": "Basic eA==",
        "Host": "evil.example",
    }
    await gateway.ask("GET", "/versions", headers=lies)
    [arrived] = behind.arrived
    assert arrived.values("x-forwarded-for") == ["127.0.0.1"]
    assert arrived.values("x-forwarded-proto") == ["https"]
    assert arrived.values("host") == [behind.url.removeprefix("http://")]
    told = {name.lower() for name, _ in arrived.headers}
    assert told == {
        "host",
        "accept",
        "accept-encoding",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-request-id",
        "traceparent",
        "x-request-deadline-ms",
    }


async def test_what_connection_names_goes_no_further_in_either_direction(gateway: Running, behind: Behind) -> None:
    async def answer(_request: web.Request) -> web.Response:
        headers = {"connection": "x-secret, close", "x-secret": "1", "keep-alive": "timeout=5", "x-request-id": "other"}
        return web.Response(headers=headers)

    behind.answer = answer
    hidden = {"connection": "prefer, keep-alive", "prefer": "wait=5", "te": "trailers"}
    got = await gateway.ask("GET", "/versions", headers=hidden)
    assert not {"x-secret", "keep-alive"} & {name.lower() for name in got.headers}
    assert got.headers.getall("x-request-id") != ["other"]
    assert len(got.headers.getall("x-request-id")) == 1
    assert behind.arrived[0].values("prefer") == []
    assert behind.arrived[0].values("te") == []


async def test_request_id_and_trace_are_carried_on(gateway: Running, behind: Behind) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = {"x-request-id": "mine-12345678", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    got = await gateway.ask("GET", "/versions", headers=sent)
    assert got.headers.getall("x-request-id") == ["mine-12345678"]
    [arrived] = behind.arrived
    assert arrived.values("x-request-id") == ["mine-12345678"]
    assert arrived.values("traceparent")[0].split("-")[1] == trace


async def test_a_trace_begins_here_if_the_client_has_none(gateway: Running, behind: Behind) -> None:
    for _ in range(2):
        await gateway.ask("GET", "/versions", headers={"x-request-id": "not ok\x7f"[:6]})
    traces = {arrived.values("traceparent")[0].split("-")[1] for arrived in behind.arrived}
    ids = {arrived.values("x-request-id")[0] for arrived in behind.arrived}
    assert len(traces) == len(ids) == 2
