from __future__ import annotations

import asyncio
import json
from uuid import UUID

import asyncpg
import jwt
import msgspec
from auth_service import PASSWORD, Auth
from waiting import eventually

from chassis.bus import Bus
from contracts.auth import SessionRevoked, UserRegistered, UserVerified
from contracts.identity import KeySet


async def test_an_access_token_says_who_and_is_signed_with_a_published_key(auth: Auth):
    pair = await auth.signed_in()
    _, published = await auth.get("/.well-known/jwks.json")
    keys = msgspec.convert(published, KeySet).keys
    header = jwt.get_unverified_header(pair["access_token"])
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert header["kid"] in {key.kid for key in keys}
    status, me = await auth.get("/auth/me", pair["access_token"])
    assert status == 200
    assert me["id"] == pair["user"]["id"]  # type: ignore[index]
    assert (me["email"], me["role"], me["is_verified"]) == ("driver@raceoverlay.example", "driver", True)
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 600)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(auth: Auth):
    email = await auth.verified()
    wrong = await auth.post("/auth/login", email=email, password="not this one at all")
    nobody = await auth.post("/auth/login", email="nobody@b.example", password="not this one at all")
    for _, body in (wrong, nobody):
        body.pop("request_id")
    assert wrong == nobody
    assert (wrong[0], wrong[1]["code"]) == (401, "invalid_credentials")


async def test_a_password_is_the_same_however_its_accents_were_typed(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password="grüne Hölle bei Nacht")
    await auth.post("/auth/verify", email="a@b.example", code=await auth.mail.code_for("a@b.example"))
    status, _ = await auth.post("/auth/login", email="a@b.example", password="gru\u0308ne Ho\u0308lle bei Nacht")
    assert status == 200


async def test_a_refresh_token_is_traded_for_the_next(auth: Auth):
    pair = await auth.signed_in()
    for _ in range(5):
        status, following = await auth.post("/auth/refresh", refresh_token=pair["refresh_token"])
        assert status == 200
        assert following["refresh_token"] != pair["refresh_token"]
        pair = following  # type: ignore[assignment]
    assert (await auth.get("/auth/me", pair["access_token"]))[0] == 200


async def test_a_lost_answer_is_given_again(auth: Auth):
    pair = await auth.signed_in()
    answers = [await auth.post("/auth/refresh", refresh_token=pair["refresh_token"]) for _ in range(2)]
    assert {status for status, _ in answers} == {200}
    assert len({body["refresh_token"] for _, body in answers}) == 1


async def test_a_hundred_refreshes_at_once_give_one_successor_and_sign_nobody_out(auth: Auth):
    pair = await auth.signed_in()
    answers = await asyncio.gather(
        *(auth.post("/auth/refresh", refresh_token=pair["refresh_token"]) for _ in range(100))
    )
    assert {status for status, _ in answers} == {200}
    (successor,) = {str(body["refresh_token"]) for _, body in answers}
    assert (await auth.post("/auth/refresh", refresh_token=successor))[0] == 200


async def test_a_stolen_older_token_ends_the_session_and_says_so_on_the_bus(auth: Auth):
    first = await auth.signed_in()
    _, second = await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    _, third = await auth.post("/auth/refresh", refresh_token=second["refresh_token"])
    status, problem = await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    assert (status, problem["code"]) == (401, "refresh_token_reused")
    status, problem = await auth.post("/auth/refresh", refresh_token=third["refresh_token"])
    assert (status, problem["code"]) == (401, "invalid_refresh_token")
    revoked = await _last_event(auth, "session.revoked", SessionRevoked)
    assert revoked.reason == "token_reuse"
    assert str(revoked.user_id) == first["user"]["id"]  # type: ignore[index]


async def test_the_previous_token_does_not_work_after_its_minute(auth: Auth):
    first = await auth.signed_in()
    await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    connection = await asyncpg.connect(auth.settings.database_url)
    await connection.execute("UPDATE sessions SET rotated_at = rotated_at - interval '61 seconds'")
    await connection.close()
    status, problem = await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    assert (status, problem["code"]) == (401, "refresh_token_reused")


async def test_logging_out_ends_the_session(auth: Auth):
    pair = await auth.signed_in()
    assert (await auth.post("/auth/logout", refresh_token=pair["refresh_token"]))[0] == 204
    assert (await auth.post("/auth/refresh", refresh_token=pair["refresh_token"]))[0] == 401
    revoked = await _last_event(auth, "session.revoked", SessionRevoked)
    claims = jwt.decode(pair["access_token"], options={"verify_signature": False})
    assert (revoked.reason, revoked.session_id) == ("logout", UUID(claims["sid"]))


async def test_made_up_refresh_tokens_are_refused(auth: Auth):
    pair = await auth.signed_in()
    token = pair["refresh_token"]
    flipped = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for made_up in (
        flipped,
        token[:-1],
        token + "A",
        "rt_" + "A" * 70,
        token[3:],
        pair["access_token"][:500],
        "x" * 20,
    ):
        status, problem = await auth.post("/auth/refresh", refresh_token=made_up)
        assert (status, problem["code"]) == (401, "invalid_refresh_token"), made_up
        assert (await auth.post("/auth/logout", refresh_token=made_up))[0] == 204
    assert (await auth.post("/auth/refresh", refresh_token=token))[0] == 200


async def test_a_refresh_token_is_no_access_token(auth: Auth):
    pair = await auth.signed_in()
    assert (await auth.get("/auth/me", pair["refresh_token"]))[0] == 401


async def test_neither_passwords_nor_usable_tokens_are_stored(auth: Auth):
    pair = await auth.signed_in()
    connection = await asyncpg.connect(auth.settings.database_url)
    stored = ""
    for table in ("users", "sessions", "codes", "wanted_letters", "signing_keys", "outbox"):
        stored += str([dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")])
    await connection.close()
    assert PASSWORD not in stored
    assert pair["refresh_token"] not in stored
    assert "PRIVATE KEY" not in stored
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored


async def test_events_tell_of_the_account_by_its_id_alone(auth: Auth):
    pair = await auth.signed_in()
    registered = await _last_event(auth, "user.registered", UserRegistered)
    verified = await _last_event(auth, "user.verified", UserVerified)
    assert str(registered.user_id) == str(verified.user_id) == pair["user"]["id"]  # type: ignore[index]
    assert "driver@" not in json.dumps(msgspec.to_builtins(registered))


async def _last_event(auth: Auth, subject: str, kind: type):
    bus = Bus(auth.settings.nats_url, name="test")
    await bus.open()
    await bus.connected()
    try:

        async def last() -> bytes | None:
            try:
                return (await bus.jetstream.get_last_msg("AUTH", subject)).data
            except Exception:
                return None

        return msgspec.json.decode(await eventually(last), type=kind)
    finally:
        await bus.close()
