from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import jwt
from auth_accounts import Person, ask, heard, person, signed_in_long_ago
from auth_service import Auth
from waiting import eventually

from contracts.auth import SessionRevoked
from contracts.event import now
from services.auth.domain.api_tokens import api_secret
from services.auth.routes import ROUTES


async def made(owner: Person, *scopes: str, name: str = "lap robot", days: int = 90) -> dict:
    answer = await owner.ask("POST", "/auth/tokens", name=name, scopes=scopes or ("tracks:read",), expires_in_days=days)
    assert answer.status == 201, answer.body
    return answer.body


async def exchanged(auth: Auth, secret: str) -> dict:
    answer = await ask(auth, "POST", "/auth/tokens/exchange", api_token=secret)
    assert answer.status == 200, answer.body
    return answer.body


async def test_a_machine_is_let_in_with_the_scopes_of_its_token_and_the_role_of_its_owner(auth: Auth):
    owner = await person(auth, role="moderator")
    token = await made(owner, "tracks:write", "tracks:read")
    access = await exchanged(auth, token["secret"])
    claims = jwt.decode(access["access_token"], options={"verify_signature": False})
    assert (access["scope"], access["expires_in"], access["token_type"]) == ("tracks:read tracks:write", 600, "Bearer")
    assert (claims["scope"], claims["role"]) == ("tracks:read tracks:write", "moderator")
    assert (claims["sub"], claims["sid"]) == (str(owner.id), token["token"]["id"])
    mail = await eventually(lambda: auth.mail.to(owner.email)[1:])
    assert mail[0]["Subject"] == "A new API token can use your RaceOverlay account"
    (note,) = await auth.rows("SELECT * FROM audit WHERE action = 'api_token_made'")
    assert (note["user_id"], note["detail"]) == (owner.id, "lap robot: tracks:read, tracks:write")


async def test_a_secret_is_shown_once_and_kept_by_nobody(auth: Auth):
    owner = await person(auth)
    answer = await owner.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    secret = answer.body["secret"]
    assert answer.headers["cache-control"] == "no-store"
    assert (await ask(auth, "POST", "/auth/tokens/exchange", api_token=secret)).headers["cache-control"] == "no-store"
    (listed,) = (await owner.ask("GET", "/auth/tokens")).body["tokens"]
    assert listed.keys() == answer.body["token"].keys()
    assert secret.endswith(listed["hint"])
    assert len(listed["hint"]) == 4
    for table in ("api_tokens", "audit", "outbox", "mails", "guesses"):
        assert secret[3:-6] not in str([dict(row) for row in await auth.rows(f"SELECT * FROM {table}")])


async def test_scopes_go_as_far_as_the_role(auth: Auth):
    driver, manager = await person(auth), await person(auth, "manager", role="release_manager")
    refused = await driver.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read", "releases:write"])
    assert (refused.status, refused.code) == (403, "scope_not_allowed")
    assert (await driver.ask("POST", "/auth/tokens", name="robot", scopes=["accounts:write"])).status == 422
    assert (await driver.ask("POST", "/auth/tokens", name="robot", scopes=[])).status == 422
    assert (await made(manager, "releases:write"))["token"]["scopes"] == ["releases:write"]


async def test_the_role_counts_that_the_account_has_now_and_not_the_one_in_the_access_token(auth: Auth):
    manager = await person(auth, role="release_manager")
    await auth.rows("UPDATE users SET role = 'driver'")
    refused = await manager.ask("POST", "/auth/tokens", name="robot", scopes=["releases:write"])
    assert (refused.status, refused.code) == (403, "scope_not_allowed")


async def test_a_token_is_made_only_soon_after_the_password_was_proved(auth: Auth):
    owner = await person(auth)
    await signed_in_long_ago(owner)
    answer = await owner.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    assert (answer.status, answer.code) == (403, "reauthentication_required")


async def test_an_account_has_twenty_five_tokens_however_many_are_asked_for_at_once(auth: Auth):
    owner = await person(auth)
    await auth.rows(
        "INSERT INTO api_tokens (id, user_id, name, scopes, hint, secret_hash, created_at, expires_at)"
        " SELECT gen_random_uuid(), $1, 'old', '{tracks:read}', '0000', decode(md5(at::text), 'hex'), now(),"
        " now() + CASE WHEN at <= 20 THEN interval '1 day' ELSE interval '-1 day' END FROM generate_series(1, 40) at",
        owner.id,
    )
    answers = await asyncio.gather(
        *(owner.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"]) for _ in range(8))
    )
    assert sorted(answer.status for answer in answers) == [201] * 5 + [409] * 3
    assert {answer.code for answer in answers if answer.status == 409} == {"too_many_api_tokens"}
    assert len((await owner.ask("GET", "/auth/tokens")).body["tokens"]) == 25


async def test_an_ended_token_lets_nobody_in_and_the_others_hear_of_it(auth: Auth):
    owner, stranger = await person(auth), await person(auth, "stranger")
    token = await made(owner)
    path = f"/auth/tokens/{token['token']['id']}"
    foreign = await stranger.ask("DELETE", path)
    assert (foreign.status, foreign.code) == (404, "api_token_unknown")
    assert (await owner.ask("DELETE", path)).status == 204
    assert (await owner.ask("DELETE", path)).status == 404
    refused = await ask(auth, "POST", "/auth/tokens/exchange", api_token=token["secret"])
    assert (refused.status, refused.code) == (401, "invalid_api_token")
    assert (await owner.ask("GET", "/auth/tokens")).body == {"tokens": []}
    (revoked,) = await heard(auth, SessionRevoked)
    assert (revoked.user_id, revoked.session_id) == (owner.id, UUID(token["token"]["id"]))
    assert revoked.reason == "api_token_revoked"


async def test_a_token_ends_when_its_time_is_over_and_access_with_it(auth: Auth):
    owner = await person(auth)
    token = await made(owner, days=1)
    await auth.rows("UPDATE api_tokens SET expires_at = now() + interval '60 seconds'")
    access = await exchanged(auth, token["secret"])
    assert 0 < access["expires_in"] <= 60
    claims = jwt.decode(access["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60
    await auth.rows("UPDATE api_tokens SET expires_at = now()")
    assert (await ask(auth, "POST", "/auth/tokens/exchange", api_token=token["secret"])).status == 401
    assert (await owner.ask("GET", "/auth/tokens")).body == {"tokens": []}


async def test_the_last_use_is_noted_at_most_once_a_minute(auth: Auth):
    owner = await person(auth)
    token = await made(owner)
    assert token["token"]["last_used_at"] is None
    seen = []
    for seconds in (0, 0, 61):
        await auth.rows("UPDATE api_tokens SET last_used_at = last_used_at - make_interval(secs => $1)", seconds)
        await exchanged(auth, token["secret"])
        seen.append((await auth.rows("SELECT last_used_at FROM api_tokens"))[0]["last_used_at"])
    assert seen[0] == seen[1] < seen[2] <= now()


async def test_who_guesses_at_secrets_has_to_wait_and_mistyped_ones_are_told_apart(auth: Auth):
    owner = await person(auth)
    token = await made(owner)
    cut_off = await ask(auth, "POST", "/auth/tokens/exchange", api_token=token["secret"][:-1])
    assert (cut_off.status, cut_off.code) == (401, "invalid_api_token")
    assert "mistyped" in cut_off.body["detail"]
    guesses = [
        await ask(auth, "POST", "/auth/tokens/exchange", api_token=api_secret(uuid4().bytes * 2)) for _ in range(40)
    ]
    assert {answer.code for answer in guesses} == {"invalid_api_token", "too_many_requests"}
    assert int(guesses[-1].headers["retry-after"]) >= 1


async def test_no_call_about_accounts_takes_a_machine_s_token_whatever_its_owner_may(auth: Auth):
    admin = await person(auth, role="admin")
    token = await made(admin, "tracks:read", "tracks:write", "license:read", "releases:write", "events:read")
    access = (await exchanged(auth, token["secret"]))["access_token"]
    asked = 0
    for route in ROUTES:
        for method in sorted(route.http_methods - {"OPTIONS"}):  # type: ignore[attr-defined]
            if not route.guards:
                continue
            (path,) = route.paths
            answer = await ask(auth, method, _real(path), access)
            assert (answer.status, answer.code) == (403, "scope_missing"), path
            asked += 1
    assert asked >= 10
    assert (await admin.ask("GET", "/auth/me")).status == 200


def _real(path: str) -> str:
    """The path of a route with an id where it takes one."""
    return "/".join(str(uuid4()) if "{" in part else part for part in path.split("/"))
