from __future__ import annotations

import asyncio

import jwt
from auth_service import PASSWORD, Auth, text_of
from waiting import eventually

ANOTHER = "grüne Hölle bei Nacht"


async def test_a_forgotten_password_is_replaced_with_a_code_out_of_the_mail(auth: Auth):
    here, there = await auth.signed_in(), await auth.signed_in("driver@raceoverlay.example")
    email = here["user"]["email"]  # type: ignore[index]
    assert (await auth.post("/auth/password/forgot", email="DRIVER@raceoverlay.example"))[0] == 202
    code = await _code(auth, email, "new RaceOverlay password")
    link = f"https://raceoverlay.test/auth/password/reset#email=driver%40raceoverlay.example&code={code}"
    assert link in text_of(auth.mail.to(email)[-1])
    assert (await auth.post("/auth/password/reset", email=email, code=code, new_password=ANOTHER))[0] == 204
    for pair in (here, there):
        assert (await auth.post("/auth/refresh", refresh_token=pair["refresh_token"]))[0] == 401
    assert (await auth.post("/auth/login", email=email, password=PASSWORD))[0] == 401
    assert (await auth.post("/auth/login", email=email, password=ANOTHER))[0] == 200
    await eventually(lambda: "Your RaceOverlay password was changed" in _subjects(auth, email))
    reasons = {row["revoked_why"] for row in await auth.rows("SELECT revoked_why FROM sessions")}
    assert "password_changed" in reasons
    assert (await auth.post("/auth/password/reset", email=email, code=code, new_password=ANOTHER))[0] == 400


async def test_a_reset_proves_the_address_too(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password="the intruder's choice")
    stale = await auth.mail.code_for("a@b.example")
    await auth.post("/auth/password/forgot", email="a@b.example")
    code = await _code(auth, "a@b.example", "new RaceOverlay password")
    assert (await auth.post("/auth/password/reset", email="a@b.example", code=code, new_password=ANOTHER))[0] == 204
    assert (await auth.post("/auth/verify", email="a@b.example", code=stale))[0] == 400
    assert (await auth.post("/auth/login", email="a@b.example", password="the intruder's choice"))[0] == 401
    assert (await auth.post("/auth/login", email="a@b.example", password=ANOTHER))[0] == 200
    actions = [row["action"] for row in await auth.rows("SELECT action FROM audit ORDER BY id")]
    assert actions[:3] == ["registered", "password_reset", "verified"]


async def test_a_weak_new_password_does_not_use_the_code_up(auth: Auth):
    email = await auth.verified()
    await auth.post("/auth/password/forgot", email=email)
    code = await _code(auth, email, "new RaceOverlay password")
    status, problem = await auth.post("/auth/password/reset", email=email, code=code, new_password="driver-driver")
    assert (status, problem["code"]) == (422, "weak_password")
    assert [error["field"] for error in problem["errors"]] == ["new_password"]  # type: ignore[index, union-attr]
    assert (await auth.post("/auth/password/reset", email=email, code=code, new_password=ANOTHER))[0] == 204


async def test_a_code_for_one_thing_is_good_for_nothing_else(auth: Auth):
    pair = await auth.signed_in()
    email = pair["user"]["email"]  # type: ignore[index]
    await auth.post("/auth/register", email="unproved@b.example", password=PASSWORD)
    verify = await auth.mail.code_for("unproved@b.example")
    await auth.post("/auth/password/forgot", email=email)
    reset = await _code(auth, email, "new RaceOverlay password")
    await auth.post("/auth/email/change", pair["access_token"], current_password=PASSWORD, new_email="moved@b.example")
    move = await auth.mail.code_for("moved@b.example")
    for address, path, codes in (
        ("unproved@b.example", "/auth/password/reset", (verify,)),
        ("unproved@b.example", "/auth/email/confirm", (verify,)),
        (email, "/auth/verify", (reset,)),
        (email, "/auth/email/confirm", (reset, move)),
        (email, "/auth/password/reset", (move,)),
        ("moved@b.example", "/auth/password/reset", (move, reset)),
        ("moved@b.example", "/auth/verify", (move,)),
        ("moved@b.example", "/auth/email/confirm", (reset,)),
    ):
        more = {"new_password": ANOTHER} if "reset" in path else {}
        for code in codes:
            await auth.rows("DELETE FROM guesses")
            status, problem = await auth.post(path, email=address, code=code, **more)
            assert (status, problem["code"]) == (400, "invalid_code"), (address, path)


async def test_changing_the_password_ends_the_other_sessions_and_tells_the_owner(auth: Auth):
    here, there = await auth.signed_in(), await auth.signed_in("driver@raceoverlay.example")
    email, token = here["user"]["email"], here["access_token"]  # type: ignore[index]
    status, problem = await auth.post(
        "/auth/password/change", token, current_password="not this one at all", new_password=ANOTHER
    )
    assert (status, problem["code"]) == (401, "invalid_credentials")
    status, problem = await auth.post("/auth/password/change", token, current_password=PASSWORD, new_password=PASSWORD)
    assert (status, problem["code"]) == (422, "weak_password")
    assert (await auth.post("/auth/password/change", token, current_password=PASSWORD, new_password=ANOTHER))[0] == 204
    assert (await auth.post("/auth/refresh", refresh_token=here["refresh_token"]))[0] == 200
    assert (await auth.post("/auth/refresh", refresh_token=there["refresh_token"]))[0] == 401
    assert (await auth.post("/auth/login", email=email, password=ANOTHER))[0] == 200
    await eventually(lambda: "Your RaceOverlay password was changed" in _subjects(auth, email))
    session_id = jwt.decode(token, options={"verify_signature": False})["sid"]
    (noted,) = await auth.rows("SELECT session_id FROM audit WHERE action = 'password_changed'")
    assert str(noted["session_id"]) == session_id


async def test_changing_the_password_asks_for_a_living_session(auth: Auth):
    pair = await auth.signed_in()
    body = {"current_password": PASSWORD, "new_password": ANOTHER}
    assert (await auth.post("/auth/password/change", **body))[0] == 401
    await auth.post("/auth/logout", refresh_token=pair["refresh_token"])
    status, problem = await auth.post("/auth/password/change", pair["access_token"], **body)
    assert (status, problem["code"]) == (401, "unauthenticated")


async def test_eight_characters_are_enough_beside_a_second_factor(auth: Auth):
    pair = await auth.signed_in()
    body = {"current_password": PASSWORD, "new_password": "Kx9#mQ2$"}
    status, problem = await auth.post("/auth/password/change", pair["access_token"], **body)
    assert (status, problem["detail"]) == (422, "A password needs at least 12 characters.")
    await auth.rows(
        "INSERT INTO second_factors (user_id, secret, enrolled_at, confirmed_at) SELECT id, '', now(), now() FROM users"
    )
    assert (await auth.post("/auth/password/change", pair["access_token"], **body))[0] == 204


async def test_a_thief_who_knows_the_old_password_cannot_finish_what_they_began(auth: Auth):
    thief = await auth.signed_in()
    email = thief["user"]["email"]  # type: ignore[index]
    await auth.post("/auth/email/change", thief["access_token"], current_password=PASSWORD, new_email="thief@b.example")
    theirs = await auth.mail.code_for("thief@b.example")
    await auth.post("/auth/password/forgot", email=email)
    code = await _code(auth, email, "new RaceOverlay password")
    assert (await auth.post("/auth/password/reset", email=email, code=code, new_password=ANOTHER))[0] == 204
    assert (await auth.post("/auth/email/confirm", email="thief@b.example", code=theirs))[0] == 400


async def test_a_change_of_address_that_waits_to_be_written_goes_with_the_old_password(auth: Auth):
    thief = await auth.signed_in()
    email = thief["user"]["email"]  # type: ignore[index]
    await auth.rows(
        "INSERT INTO wanted_letters (email, kind, user_id, due_at)"
        " SELECT 'thief@b.example', 'change_email', id, now() + interval '1 hour' FROM users"
    )
    await auth.post("/auth/password/forgot", email=email)
    code = await _code(auth, email, "new RaceOverlay password")
    assert (await auth.post("/auth/password/reset", email=email, code=code, new_password=ANOTHER))[0] == 204
    assert await auth.rows("SELECT FROM wanted_letters WHERE kind = 'change_email'") == []


async def test_a_code_used_twice_at_once_is_used_once(auth: Auth):
    email = await auth.verified()
    await auth.post("/auth/password/forgot", email=email)
    code = await _code(auth, email, "new RaceOverlay password")
    choices = [f"{ANOTHER} {number}" for number in range(3)]
    answers = await asyncio.gather(
        *(auth.post("/auth/password/reset", email=email, code=code, new_password=choice) for choice in choices)
    )
    assert sorted(status for status, _ in answers) == [204, 400, 400]
    (winner,) = [choice for choice, (status, _) in zip(choices, answers, strict=True) if status == 204]
    assert (await auth.post("/auth/login", email=email, password=winner))[0] == 200


def _subjects(auth: Auth, email: str) -> list[str]:
    return [mail["Subject"] for mail in auth.mail.to(email)]


async def _code(auth: Auth, email: str, subject: str) -> str:
    """The code in the letter to `email` about that, once it has come."""
    found = await eventually(lambda: [mail for mail in auth.mail.to(email) if subject in mail["Subject"]])
    return found[-1]["Subject"].split()[0]
