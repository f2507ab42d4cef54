from __future__ import annotations

from auth_service import PASSWORD, Auth, text_of
from waiting import eventually


async def test_a_mail_brings_a_code_and_a_link_and_the_code_proves_the_address(auth: Auth):
    assert (await auth.post("/auth/register", email="New@Driver.example", password=PASSWORD))[0] == 202
    code = await auth.mail.code_for("new@driver.example")
    (mail,) = auth.mail.to("new@driver.example")
    link = f"https://raceoverlay.test/auth/verify#email=new%40driver.example&code={code}"
    assert link in text_of(mail)
    assert link.replace("&", "&amp;") in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
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
        await auth.rows("DELETE FROM guesses")  # whoever waits between the tries
        assert (await auth.post("/auth/verify", email="a@b.example", code=wrong))[0] == 400
    await auth.rows("DELETE FROM guesses")
    assert (await auth.post("/auth/verify", email="a@b.example", code=code))[0] == 400


async def test_whoever_guesses_codes_has_to_wait(auth: Auth):
    answers = [await auth.post("/auth/verify", email="nobody@b.example", code=f"{n:08d}") for n in range(12)]
    assert answers[0][1]["code"] == "invalid_code"
    assert answers[-1][1]["code"] == "too_many_requests"


async def test_a_code_is_good_for_half_an_hour(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    code = await auth.mail.code_for("a@b.example")
    await auth.rows("UPDATE codes SET expires_at = expires_at - interval '30 minutes'")
    assert (await auth.post("/auth/verify", email="a@b.example", code=code))[1]["code"] == "invalid_code"


async def test_known_and_unknown_addresses_get_the_same_answers(auth: Auth):
    known = await auth.verified()
    for path, body in (
        ("/auth/register", {"password": PASSWORD}),
        ("/auth/verify/resend", {}),
        ("/auth/verify", {"code": "12345678"}),
        ("/auth/password/forgot", {}),
        ("/auth/password/reset", {"code": "12345678", "new_password": "grüne Hölle bei Nacht"}),
        ("/auth/password/reset", {"code": "12345678", "new_password": "password1234"}),
        ("/auth/email/confirm", {"code": "12345678"}),
    ):
        answers = [await auth.post(path, email=email, **body) for email in (known, "nobody@nowhere.example")]
        for _, body in answers:
            body.pop("request_id", None)
        assert answers[0] == answers[1], path


async def test_who_registers_again_is_told_by_mail_that_they_have_an_account(auth: Auth):
    email = await auth.verified()
    await auth.a_minute_passes_for_letters()
    await auth.post("/auth/register", email=email, password="a different password")
    await eventually(lambda: len(auth.mail.to(email)) == 2)
    assert auth.mail.to(email)[1]["Subject"] == "You already have a RaceOverlay account"
    assert (await auth.post("/auth/login", email=email, password=PASSWORD))[0] == 200, "nothing changed"
    assert (await auth.post("/auth/login", email=email, password="a different password"))[0] == 401


async def test_who_registered_an_address_first_did_not_choose_its_owner_s_password(auth: Auth):
    await auth.post("/auth/register", email="victim@b.example", password="the intruder's choice")
    first = await auth.mail.code_for("victim@b.example")
    await auth.post("/auth/register", email="victim@b.example", password=PASSWORD)
    assert (await auth.post("/auth/verify", email="victim@b.example", code=first))[1]["code"] == "invalid_code", (
        "it would prove the address for the intruder's password"
    )
    assert len(auth.mail.to("victim@b.example")) == 1
    await auth.a_minute_passes_for_letters()
    code = await auth.mail.code_for("victim@b.example", after=1)
    assert (await auth.post("/auth/verify", email="victim@b.example", code=code))[0] == 204
    assert (await auth.post("/auth/login", email="victim@b.example", password="the intruder's choice"))[0] == 401
    assert (await auth.post("/auth/login", email="victim@b.example", password=PASSWORD))[0] == 200


async def test_one_letter_a_minute_is_written_to_an_address_however_often_somebody_asks(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    await auth.mail.code_for("a@b.example")
    for _ in range(5):
        assert (await auth.post("/auth/verify/resend", email="a@b.example"))[0] == 202
        assert (await auth.post("/auth/register", email="a@b.example", password=PASSWORD))[0] == 202
    (waiting,) = await auth.rows("SELECT due_at - now() AS waits FROM wanted_letters WHERE composed_at IS NULL")
    assert 0 < waiting["waits"].total_seconds() <= 60
    await auth.a_minute_passes_for_letters()
    code = await auth.mail.code_for("a@b.example", after=1)
    assert (await auth.post("/auth/verify", email="a@b.example", code=code))[0] == 204
    assert len(auth.mail.to("a@b.example")) == 2


async def test_another_code_can_be_had_a_minute_later(auth: Auth):
    await auth.post("/auth/register", email="a@b.example", password=PASSWORD)
    first = await auth.mail.code_for("a@b.example")
    await auth.a_minute_passes_for_letters()
    await auth.post("/auth/verify/resend", email="a@b.example")
    second = await auth.mail.code_for("a@b.example", after=1)
    assert (await auth.post("/auth/verify", email="a@b.example", code=first))[0] == 400
    assert (await auth.post("/auth/verify", email="a@b.example", code=second))[0] == 204


async def test_nothing_is_written_to_an_address_that_nobody_has(auth: Auth):
    for path in ("/auth/verify/resend", "/auth/password/forgot"):
        await auth.post(path, email="nobody@b.example")
    await eventually(lambda: auth.rows("SELECT FROM wanted_letters HAVING count(composed_at) = 2"))
    assert await auth.rows("SELECT FROM mails") + await auth.rows("SELECT FROM codes") == []
    assert auth.mail.mails == []


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
        ({"email": "a@b.example", "password": PASSWORD, "display_name": "two\r\nlines"}, "display_name"),
        ({"email": "a\0@b.example", "password": PASSWORD}, "email"),
        ({"email": "a@b.example\n", "password": PASSWORD}, "email"),
        ({"email": "a@b.example", "password": PASSWORD + "\0"}, "password"),
    ):
        status, problem = await auth.post("/auth/register", **body)
        assert status == 422
        assert [error["field"] for error in problem["errors"]] == [field]  # type: ignore[index, union-attr]
    for password in ("someone@b.example", "aaaaaaaaaaaaaaaa", "eleven char", "Sven Someone"):
        status, problem = await auth.post(
            "/auth/register", email="someone@b.example", password=password, display_name="Sven Someone"
        )
        assert (status, problem["code"]) == (422, "weak_password")
        assert [error["field"] for error in problem["errors"]] == ["password"]  # type: ignore[index, union-attr]
        assert password not in str(problem)


async def test_what_happened_is_in_the_audit_trail_without_the_address(auth: Auth):
    await auth.verified()
    noted = await auth.rows("SELECT * FROM audit ORDER BY id")
    assert [row["action"] for row in noted] == ["registered", "verified"]
    assert "driver@" not in str(noted)
