from __future__ import annotations

from uuid import uuid4

import asyncpg
from auth_accounts import heard
from auth_service import PASSWORD, Auth
from doors import call, login

from chassis.database import Database
from contracts.auth import SessionRevoked
from services.auth.housekeeping import Housekeeping


async def signed_in(auth: Auth, email: str = "", **more: object) -> dict[str, str]:
    if not email:
        await auth.verified()
    answer = await login(auth, email or "driver@raceoverlay.example", **more)  # type: ignore[arg-type]
    assert answer.status == 200, answer.body
    return answer.body


async def age(auth: Auth, what: str) -> None:
    connection = await asyncpg.connect(auth.settings.database_url)
    await connection.execute(f"UPDATE sessions SET {what}")
    await connection.close()


async def test_one_sees_where_one_is_signed_in(auth: Auth):
    first = await signed_in(auth, device_name="Rig")
    second = await signed_in(auth, "driver@raceoverlay.example", device_name="Laptop")
    answer = await call(auth, "GET", "/auth/sessions", token=second["access_token"])
    assert answer.status == 200
    assert [(each["device_name"], each["is_current"]) for each in answer.body["sessions"]] == [
        ("Laptop", True),
        ("Rig", False),
    ]
    assert {each["place"] for each in answer.body["sessions"]} == {None}
    assert (await call(auth, "POST", "/auth/logout", json={"refresh_token": first["refresh_token"]})).status == 204
    answer = await call(auth, "GET", "/auth/sessions", token=second["access_token"])
    assert [each["device_name"] for each in answer.body["sessions"]] == ["Laptop"]


async def test_a_session_was_seen_when_it_was_refreshed_to_the_minute(auth: Auth):
    pair = await signed_in(auth)

    async def seen() -> str:
        answer = await call(auth, "GET", "/auth/sessions", token=pair["access_token"])
        return answer.body["sessions"][0]["last_seen_at"]

    begun = await seen()
    _, following = await auth.post("/auth/refresh", refresh_token=pair["refresh_token"])
    assert await seen() == begun, "a moment ago is exact enough"
    await age(auth, "last_seen_at = last_seen_at - interval '1 minute'")
    await auth.post("/auth/refresh", refresh_token=following["refresh_token"])
    assert await seen() > begun


async def test_sessions_that_died_of_age_are_not_shown_and_their_tokens_are_refused(auth: Auth):
    pair = await signed_in(auth)
    await age(auth, "rotated_at = rotated_at - interval '31 days'")
    assert (await call(auth, "GET", "/auth/sessions", token=pair["access_token"])).status == 401
    fresh = await signed_in(auth, "driver@raceoverlay.example")
    answer = await call(auth, "GET", "/auth/sessions", token=fresh["access_token"])
    assert len(answer.body["sessions"]) == 1


async def test_one_session_can_be_ended_from_another(auth: Auth):
    rig = await signed_in(auth, device_name="Rig")
    laptop = await signed_in(auth, "driver@raceoverlay.example", device_name="Laptop")
    listed = await call(auth, "GET", "/auth/sessions", token=laptop["access_token"])
    ended = next(each["id"] for each in listed.body["sessions"] if each["device_name"] == "Rig")
    assert (await call(auth, "DELETE", f"/auth/sessions/{ended}", token=laptop["access_token"])).status == 204
    assert (await auth.post("/auth/refresh", refresh_token=rig["refresh_token"]))[0] == 401
    assert (await auth.post("/auth/refresh", refresh_token=laptop["refresh_token"]))[0] == 200
    (revoked,) = await heard(auth, SessionRevoked)
    assert (str(revoked.session_id), revoked.reason) == (ended, "ended")
    again = await call(auth, "DELETE", f"/auth/sessions/{ended}", token=laptop["access_token"])
    assert (again.status, again.code) == (404, "not_found")


async def test_somebody_else_s_session_is_not_there(auth: Auth):
    mine = await signed_in(auth)
    await auth.verified("other@raceoverlay.example")
    theirs = await signed_in(auth, "other@raceoverlay.example")
    listed = await call(auth, "GET", "/auth/sessions", token=theirs["access_token"])
    paths = [f"/auth/sessions/{listed.body['sessions'][0]['id']}", f"/auth/sessions/{uuid4()}"]
    answers = [await call(auth, "DELETE", path, token=mine["access_token"]) for path in paths]
    for answer in answers:
        answer.body.pop("request_id")
        answer.body.pop("instance")
    assert answers[0].body == answers[1].body
    assert {answer.status for answer in answers} == {404}
    assert (await auth.post("/auth/refresh", refresh_token=theirs["refresh_token"]))[0] == 200


async def test_one_signs_out_everywhere_at_once(auth: Auth):
    rig = await signed_in(auth, device_name="Rig")
    laptop = await signed_in(auth, "driver@raceoverlay.example", device_name="Laptop")
    assert (await call(auth, "POST", "/auth/logout/all", token=rig["access_token"])).status == 204
    for pair in (rig, laptop):
        assert (await auth.post("/auth/refresh", refresh_token=pair["refresh_token"]))[0] == 401
    revoked = await heard(auth, SessionRevoked, 2)
    assert {event.reason for event in revoked} == {"logout_all"}
    assert len({event.session_id for event in revoked}) == 2
    assert (await call(auth, "POST", "/auth/logout/all", token=rig["access_token"])).status == 401


async def test_the_password_proved_again_makes_a_sign_in_recent(auth: Auth):
    pair = await signed_in(auth)
    token = pair["access_token"]
    await age(auth, "authenticated_at = authenticated_at - interval '16 minutes'")
    refused = await call(auth, "POST", "/auth/mfa/totp", token=token)
    assert (refused.status, refused.code) == (403, "reauthentication_required")
    _, refreshed = await auth.post("/auth/refresh", refresh_token=pair["refresh_token"])
    assert (await call(auth, "POST", "/auth/mfa/totp", token=str(refreshed["access_token"]))).status == 403
    wrong = await call(auth, "POST", "/auth/reauthenticate", token=token, json={"password": "not this one"})
    assert (wrong.status, wrong.code) == (401, "invalid_credentials")
    assert (await call(auth, "POST", "/auth/mfa/totp", token=token)).status == 403
    assert (await call(auth, "POST", "/auth/reauthenticate", token=token, json={"password": PASSWORD})).status == 204
    assert (await call(auth, "POST", "/auth/mfa/totp", token=token)).status == 200


async def test_who_has_a_session_guesses_the_password_slowly(auth: Auth):
    token = (await signed_in(auth))["access_token"]
    wrong = {"password": "not this one"}
    statuses = [(await call(auth, "POST", "/auth/reauthenticate", token=token, json=wrong)).status for _ in range(20)]
    assert statuses[:10] == [401] * 10
    assert 429 in statuses
    assert (await login(auth)).status == 200, "signing in is not any slower"


async def test_an_account_has_a_hundred_sessions_at_most_and_the_oldest_makes_room(auth: Auth):
    oldest = await signed_in(auth)
    await auth.rows(
        "INSERT INTO sessions (id, user_id, created_at, rotated_at, expires_at, last_seen_at) SELECT gen_random_uuid(),"
        " user_id, created_at, rotated_at, expires_at, last_seen_at + interval '1 second'"
        " FROM sessions, generate_series(1, 99)"
    )
    assert (await auth.get("/auth/sessions", oldest["access_token"]))[0] == 200
    newest = await signed_in(auth, "driver@raceoverlay.example")
    listed = await call(auth, "GET", "/auth/sessions", token=newest["access_token"])
    assert len(listed.body["sessions"]) == 100
    assert (await auth.post("/auth/refresh", refresh_token=oldest["refresh_token"]))[0] == 401
    assert [event.reason for event in await heard(auth, SessionRevoked)] == ["ended"]


async def test_what_ended_long_ago_is_forgotten(auth: Auth):
    await signed_in(auth)
    await signed_in(auth, "driver@raceoverlay.example")
    database = Database(auth.settings.database_url)
    await database.open()
    try:
        housekeeping = Housekeeping(database)
        await age(auth, "revoked_at = now() - interval '89 days'")
        await housekeeping.purge()
        assert len(await auth.rows("SELECT FROM sessions")) == 2
        await age(auth, "revoked_at = now() - interval '91 days'")
        await housekeeping.purge()
        assert len(await auth.rows("SELECT FROM sessions")) == 0
    finally:
        await database.close()
