"""Row by row: who may make the call, and who may not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from gateway_rig import Running, Start

from contracts.identity import Role, Scope
from services.gateway.policy import GATEWAY, RULES, Access, Pace, Policy, Rule

CALLS = {f"{rule.method} {rule.path}": rule for rule in RULES}
OPEN = {name: rule for name, rule in CALLS.items() if rule.access is None}
CLOSED = {name: rule for name, rule in CALLS.items() if rule.access is not None}


async def _asked(gateway: Running, rule: Rule, **claims: Any) -> str:
    """Status and code of the answer to somebody with these claims; nobody where there are none."""
    headers = gateway.issuer.bearer(**claims) if claims else {}
    body = {"json": {}} if rule.body else {}
    # An open event stream has no end to wait for.
    method = "HEAD" if rule.path == "/events" and "role" in claims else rule.method
    got = await gateway.ask(method, re.sub(r"\{\w+\}", "some-id", rule.path), headers=headers, **body)
    if method != "HEAD" and got.status >= 400:
        return f"{got.status} {(await got.json(content_type=None))['code']}"
    return str(got.status)


def _expected(may: bool, refusal: str, rule: Rule) -> str:
    return "200" if may else refusal if rule.path != "/events" else refusal.split()[0]


@pytest.fixture
async def gateway(start: Start) -> Running:
    return await start(rate_limit_scale=1e6)


async def test_without_a_token_only_the_open_calls_are_answered(gateway: Running) -> None:
    told = {name: await _asked(gateway, rule) for name, rule in CALLS.items()}
    assert told == {**dict.fromkeys(OPEN, "200"), **dict.fromkeys(CLOSED, "401 unauthenticated")}


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_may_what_its_row_says(gateway: Running, role: Role) -> None:
    def expected(access: Access, rule: Rule) -> str:
        assert access is not None
        return _expected(role in access or role is Role.ADMIN, "403 forbidden", rule)

    told = {name: await _asked(gateway, rule, role=role.value) for name, rule in CLOSED.items()}
    assert told == {name: expected(rule.access, rule) for name, rule in CLOSED.items()}


@pytest.mark.parametrize("scope", ["", "everything", *Scope])
async def test_a_machine_may_only_what_its_scope_names_whatever_its_owner_may(gateway: Running, scope: str) -> None:
    told = {name: await _asked(gateway, rule, role="admin", scope=scope) for name, rule in CLOSED.items()}
    assert told == {
        name: _expected(rule.scope is not None and rule.scope.value == scope, "403 scope_missing", rule)
        for name, rule in CLOSED.items()
    }


async def test_a_machine_never_may_more_than_its_owner(gateway: Running) -> None:
    told = {
        name: await _asked(gateway, rule, role="driver", scope=" ".join(Scope))
        for name, rule in CLOSED.items()
        if rule.access is not None and Role.DRIVER not in rule.access
    }
    assert told
    assert set(told.values()) == {"403 forbidden"}


def test_no_row_hides_another() -> None:
    assert len(CALLS) == len(RULES)
    policy = Policy()
    for rule in RULES:
        assert policy.at(re.sub(r"\{\w+\}", "some-id", rule.path))[rule.method] is rule


def test_machines_never_reach_accounts_and_nothing_that_is_guessed_is_at_a_reader_s_pace() -> None:
    assert not [name for name, rule in CLOSED.items() if rule.path.startswith("/auth") and rule.scope]
    assert not [name for name, rule in CALLS.items() if rule.method != "GET" and rule.pace in (Pace.READ, Pace.FREE)]
    assert {rule.path for rule in RULES if rule.pace is Pace.FREE} == {"/healthz", "/readyz"}
    assert all(rule.upstream is GATEWAY for rule in RULES if rule.pace is Pace.FREE)
