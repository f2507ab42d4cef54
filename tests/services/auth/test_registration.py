from __future__ import annotations

import asyncpg
from auth_service import PASSWORD, Auth, text_of
from waiting import eventually


async def test_a_mail_brings_a_code_and_a_link_and_the_code_proves_the_address(auth: Auth):
    assert (await auth.post("/auth/register", email="New@Driver.example", password=PASSWORD))[0] == 202
    code = await auth.mail.code_for("new@driver.example")
    text = text_of(auth.mail.to("new@driver.example")[0])
    assert f"https://raceoverlay.test/auth/verify#email=new%40driver.example&code={code}" in text
    assert (await auth.post("/auth/login", email="new@driver.example", password=PASSWORD))[1]["code"] == (
        "email_not_verified"
    )
    assert (await auth.post("/auth/verify", email="NEW@driver.example", code=code))[0] == 204
    assert (await auth.post("/auth/login", email="new@driver.example", password=PASSWORD))[0] == 200


async def test_a_code_works_once(auth: Auth):
    email = await auth.verified()
    code = await auth.mail.code_for(email)
    assert (await auth.post("/auth/verify", email=email, code=code))[1]["code"] == "invalid_code"


async def test_ten_wrong_codes_use_the_right_one_up(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    code = await auth.mail.code_for("a@b.example")
    wrong = "00000000" if code != "00000000" else "11111111"
    for _ in range(10):
        assert (await auth.post("/auth/verify", email="a@b.example", code=wrong))[0] == 400
    assert (await auth.post("/auth/verify", email="a@b.example", code=code))[0] == 400


async def test_known_and_unknown_addresses_get_the_same_answers(auth: Auth):
    known = await auth.verified()
    for path, body in (
        ("/auth/register", {"password": PASSWORD}),
        ("/auth/verify/resend", {}),
        ("/auth/verify", {"code": "12345678"}),
    ):
        answers = [await auth.post(path, email=email, **body) for email in (known, "nobody@nowhere.example")]
        for _, body in answers:
            body.pop("request_id", None)
        assert answers[0] == answers[1], path


async def test_who_registers_again_is_told_by_mail_that_they_have_an_account(auth: Auth):
    email = await auth.verified()
    await auth.post("/auth/register", email=email, password="a different password")
    await eventually(lambda: len(auth.mail.to(email)) == 2)
    assert auth.mail.to(email)[1]["Subject"] == "You already have a RaceOverlay account"
    assert (await auth.post("/auth/login", email=email, password=PASSWORD))[0] == 200, "nothing changed"


async def test_who_registered_an_address_first_did_not_choose_its_owner_s_password(auth: Auth):
    await auth.post("/auth/register", email="victim@b.example", password="the intruder's choice")
    await auth.mail.code_for("victim@b.example")
    await auth.post("/auth/register", email="victim@b.example", password=PASSWORD)
    code = await auth.mail.code_for("victim@b.example", after=1)
    assert (await auth.post("/auth/verify", email="victim@b.example", code=code))[0] == 204
    assert (await auth.post("/auth/login", email="victim@b.example", password="the intruder's choice"))[0] == 401
    assert (await auth.post("/auth/login", email="victim@b.example", password=PASSWORD))[0] == 200


async def test_another_code_is_sent_at_most_once_a_minute(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    first = await auth.mail.code_for("a@b.example")
    await auth.post("/auth/verify/resend", email="a@b.example")
    connection = await asyncpg.connect(auth.settings.database_url)
    assert await connection.fetchval("SELECT count(*) FROM mails") == 0
    await connection.execute("UPDATE verification_codes SET sent_at = sent_at - interval '61 seconds'")
    await connection.close()
    await auth.post("/auth/verify/resend", email="a@b.example")
    second = await auth.mail.code_for("a@b.example", after=1)
    assert (await auth.post("/auth/verify", email="a@b.example", code=second))[0] == 204
    assert len(auth.mail.to("a@b.example")) == 2
    assert first.isdigit()


async def test_weak_and_malformed_registrations_name_what_is_wrong(auth: Auth):
    for body, field in (
        ({"email": "no address", "password": PASSWORD}, "email"),
        ({"email": "a@b.example\r\nBcc: x@y.example", "password": PASSWORD}, "email"),
        ({"email": "a@b.example", "password": "short"}, "password"),
        ({"email": "a@b.example", "password": "x" * 129}, "password"),
        ({"email": "a@b.example"}, "password"),
        ({"email": "a@b.example", "password": PASSWORD, "role": "admin"}, "role"),
        ({"email": "a@b.example", "password": PASSWORD, "display_name": ""}, "display_name"),
        ({"email": "a@b.example", "password": PASSWORD, "display_name": "zero\0byte"}, "display_name"),
        ({"email": "a\0@b.example", "password": PASSWORD}, "email"),
        ({"email": "a@b.example\n", "password": PASSWORD}, "email"),
        ({"email": "a@b.example", "password": PASSWORD + "\0"}, "password"),
    ):
        status, problem = await auth.post("/auth/register", **body)
        assert status == 422
        assert [error["field"] for error in problem["errors"]] == [field]  # type: ignore[index, union-attr]
    for password in ("someone@b.example", "aaaaaaaaaaaaaaaa"):
        status, problem = await auth.post("/auth/register", email="someone@b.example", password=password)
        assert (status, problem["code"]) == (422, "weak_password")


async def test_a_mail_server_that_is_away_delays_the_mail_but_not_the_answer(auth: Auth):
    auth.mail.refusing = True
    assert (await auth.post("/auth/register", email="a@b.example", password=PASSWORD))[0] == 202
    connection = await asyncpg.connect(auth.settings.database_url)
    await eventually(lambda: connection.fetchval("SELECT tries FROM mails WHERE tries > 0"))
    auth.mail.refusing = False
    await connection.execute("UPDATE mails SET due_at = now()")
    await connection.close()
    assert await auth.mail.code_for("a@b.example")


async def test_opening_the_link_uses_nothing_up(auth: Auth):
    async with auth.http.get(f"{auth.address}/auth/verify") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "Confirm my address" in await answer.text()
