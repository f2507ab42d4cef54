from __future__ import annotations

import asyncio
import time

import pytest
from auth_service import PASSWORD, Auth, text_of
from doors import Answer, call, login
from passlib.hash import argon2
from passlib.totp import TOTP
from waiting import eventually

EMAIL = "driver@raceoverlay.example"
SUBJECT_USED = "A recovery code of your RaceOverlay account was used"


class App:
    """An authenticator app. Its code is each time one that the server has not seen, as early as the server takes it."""

    def __init__(self, secret: str) -> None:
        self._totp = TOTP(key=secret)
        self._shown = 0

    def code(self) -> str:
        self._shown = max(int(time.time()) // 30 - 1, self._shown + 1)
        return self._totp.generate(self._shown * 30).token or ""

    def wrong(self) -> str:
        step = int(time.time()) // 30
        right = {self._totp.generate((step + each) * 30).token for each in range(-3, 6)}
        return next(code for code in (f"{n:06d}" for n in range(20)) if code not in right)


async def with_a_factor(auth: Auth) -> tuple[App, list[str], str]:
    """The app, the recovery codes and an access token of an account that has a second factor."""
    await auth.verified()
    token = (await login(auth, device_name="Rig")).body["access_token"]
    enrolled = await call(auth, "POST", "/auth/mfa/totp", token=token)
    assert enrolled.headers["cache-control"] == "no-store"
    app = App(enrolled.body["secret"])
    confirmed = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": app.code()})
    assert confirmed.status == 200, confirmed.body
    return app, confirmed.body["recovery_codes"], token


async def with_password(auth: Auth, path: str, token: str, **said: object) -> Answer:
    return await call(auth, "POST", path, token=token, json={"password": PASSWORD, **said})


async def test_signing_in_asks_for_the_factor_once_it_is_confirmed(auth: Auth):
    await auth.verified()
    token = (await login(auth)).body["access_token"]
    assert (await call(auth, "GET", "/auth/mfa", token=token)).body["totp"] is False
    enrolled = await call(auth, "POST", "/auth/mfa/totp", token=token)
    assert enrolled.body["uri"].startswith("otpauth://totp/RaceOverlay:driver@raceoverlay.example?secret=")
    assert (await login(auth)).status == 200, "not confirmed, not asked for"
    app = App(enrolled.body["secret"])
    refused = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": app.wrong()})
    assert (refused.status, refused.code) == (400, "wrong_totp_code")
    confirmed = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": app.code()})
    assert len(set(confirmed.body["recovery_codes"])) == 10
    state = await call(auth, "GET", "/auth/mfa", token=token)
    assert (state.body["totp"], state.body["recovery_codes_left"]) == (True, 10)
    without = await login(auth)
    assert (without.status, without.code) == (401, "second_factor_required")
    wrong = await login(auth, second_factor=app.wrong())
    assert (wrong.status, wrong.code) == (401, "invalid_second_factor")
    assert (await login(auth, second_factor=app.code())).status == 200


async def test_only_somebody_with_the_password_learns_that_there_is_a_factor(auth: Auth):
    app, _, _ = await with_a_factor(auth)
    for said in ({}, {"second_factor": app.code()}):
        answer = await login(auth, password="not this one at all", **said)
        assert (answer.status, answer.code) == (401, "invalid_credentials")


async def test_a_code_signs_in_once(auth: Auth):
    app, _, _ = await with_a_factor(auth)
    code = app.code()
    assert (await login(auth, second_factor=code)).status == 200
    again = await login(auth, second_factor=f"{code[:3]} {code[3:]}")
    assert (again.status, again.code) == (401, "invalid_second_factor")
    assert (await login(auth, second_factor=app.code())).status == 200


async def test_of_several_who_say_one_code_at_once_one_signs_in(auth: Auth):
    app, codes, _ = await with_a_factor(auth)
    for said in (app.code(), codes[0]):
        answers = await asyncio.gather(*(login(auth, device_name="Rig", second_factor=said) for _ in range(4)))
        assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]


async def test_a_recovery_code_signs_in_once_and_a_letter_says_how_many_are_left(auth: Auth):
    _, codes, token = await with_a_factor(auth)
    assert (await login(auth, second_factor=codes[0].upper())).status == 200
    assert (await login(auth, second_factor=codes[0])).code == "invalid_second_factor"
    assert (await call(auth, "GET", "/auth/mfa", token=token)).body["recovery_codes_left"] == 9
    letters = await eventually(lambda: [mail for mail in auth.mail.to(EMAIL) if mail["Subject"] == SUBJECT_USED])
    assert "Left: 9." in text_of(letters[0])


async def test_a_wrong_password_uses_no_recovery_code_up(auth: Auth):
    _, codes, _ = await with_a_factor(auth)
    assert (await login(auth, password="not this one at all", second_factor=codes[0])).status == 401
    assert (await login(auth, second_factor=codes[0])).status == 200


async def test_new_recovery_codes_replace_the_old_ones(auth: Auth):
    app, codes, token = await with_a_factor(auth)
    missing = await with_password(auth, "/auth/mfa/recovery-codes", token)
    assert (missing.status, missing.code) == (401, "second_factor_required")
    fresh = await with_password(auth, "/auth/mfa/recovery-codes", token, second_factor=app.code())
    assert fresh.headers["cache-control"] == "no-store"
    assert not set(fresh.body["recovery_codes"]) & set(codes)
    assert (await login(auth, second_factor=codes[1])).status == 401
    assert (await login(auth, second_factor=fresh.body["recovery_codes"][1])).status == 200


async def test_the_factor_is_switched_off_by_both_factors_and_the_letters_say_so(auth: Auth):
    app, _, token = await with_a_factor(auth)
    assert (await with_password(auth, "/auth/mfa/totp/disable", token)).code == "second_factor_required"
    assert (await call(auth, "POST", "/auth/mfa/totp", token=token)).code == "second_factor_already_on"
    off = await with_password(auth, "/auth/mfa/totp/disable", token, second_factor=app.code())
    assert off.status == 204
    assert (await login(auth)).status == 200
    assert (await with_password(auth, "/auth/mfa/totp/disable", token)).code == "no_second_factor"
    assert len(await auth.rows("SELECT FROM recovery_codes")) == 0
    await eventually(lambda: len([mail for mail in auth.mail.to(EMAIL) if "second factor" in mail["Subject"]]) == 2)


async def test_a_password_that_is_too_short_to_stand_alone_keeps_its_factor(auth: Auth):
    app, _, token = await with_a_factor(auth)
    short = "vw7-Kq2p!"
    other = await auth.verified("other@raceoverlay.example")
    await auth.rows("UPDATE users SET password_hash = $1", argon2.using(memory_cost=64, time_cost=1).hash(short))
    refused = await call(
        auth, "POST", "/auth/mfa/totp/disable", token=token, json={"password": short, "second_factor": app.code()}
    )
    assert (refused.status, refused.code) == (409, "password_too_short_alone")
    assert "12 or more characters" in refused.body["title"]
    assert (await login(auth, password=short)).code == "second_factor_required"
    assert (await login(auth, other, password=short)).status == 200


async def test_six_digits_are_guessed_slowly_from_however_many_addresses(auth: Auth):
    app, _, _ = await with_a_factor(auth)
    answers = [(await login(auth, address=f"203.0.113.{n}", second_factor=app.wrong())).status for n in range(30)]
    assert answers[:10] == [401] * 10
    assert answers[-10:].count(429) >= 8


async def test_neither_the_secret_nor_the_recovery_codes_are_stored(auth: Auth):
    _, codes, _ = await with_a_factor(auth)
    (factor,) = await auth.rows("SELECT secret FROM second_factors")
    assert factor["secret"].startswith(b"gAAAA"), "encrypted"
    stored = str(await auth.rows("SELECT * FROM recovery_codes")) + str(await auth.rows("SELECT * FROM audit"))
    for code in codes:
        assert code not in stored
        assert code.replace("-", "") not in stored


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", ""])
async def test_what_has_not_the_form_of_a_code_is_not_even_tried(auth: Auth, code: str):
    await auth.verified()
    token = (await login(auth)).body["access_token"]
    answer = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": code})
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "code")


async def test_confirming_what_was_never_enrolled_is_refused(auth: Auth):
    await auth.verified()
    token = (await login(auth)).body["access_token"]
    answer = await call(auth, "POST", "/auth/mfa/totp/confirm", token=token, json={"code": "123456"})
    assert (answer.status, answer.code) == (409, "no_second_factor")
