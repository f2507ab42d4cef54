from __future__ import annotations

import asyncio
from typing import Any

import pytest
from auth_service import PASSWORD, Auth, text_of
from waiting import eventually

from services.auth.domain.accounts import Account
from services.auth.own_password import OwnPassword

NEW = "moved@b.example"


async def test_an_account_moves_when_the_new_address_is_proved_and_the_old_one_is_told(auth: Auth):
    pair = await auth.signed_in()
    old = pair["user"]["email"]  # type: ignore[index]
    assert (await _ask(auth, pair, "Moved@B.example"))[0] == 202
    code = await auth.mail.code_for(NEW)
    assert f"https://raceoverlay.test/auth/email/confirm#email=moved%40b.example&code={code}" in (
        text_of(auth.mail.to(NEW)[0])
    )
    assert (await auth.post("/auth/login", email=old, password=PASSWORD))[0] == 200, "nothing has changed yet"
    assert (await auth.post("/auth/email/confirm", email=NEW, code=code))[0] == 204
    assert (await auth.post("/auth/login", email=old, password=PASSWORD))[0] == 401
    assert (await auth.post("/auth/login", email=NEW, password=PASSWORD))[1]["user"]["id"] == pair["user"]["id"]  # type: ignore[index]
    mails = await eventually(lambda: [m for m in auth.mail.to(old) if "another address" in m["Subject"]])
    assert NEW not in text_of(mails[0]), "who reads the old box need not know the new one"
    actions = [row["action"] for row in await auth.rows("SELECT action FROM audit ORDER BY id")]
    assert actions.index("email_change_asked") < actions.index("email_changed")
    assert "@" not in str(await auth.rows("SELECT detail FROM audit"))


async def test_a_password_that_is_changed_while_it_is_checked_moves_nothing(
    auth: Auth, monkeypatch: pytest.MonkeyPatch
):
    pair = await auth.signed_in()
    prove = OwnPassword.prove

    async def prove_and_be_overtaken(*said: Any) -> Account:
        account = await prove(*said)
        await auth.rows("UPDATE users SET password_hash = 'another'")
        return account

    monkeypatch.setattr(OwnPassword, "prove", prove_and_be_overtaken)
    status, problem = await _ask(auth, pair, NEW)
    assert (status, problem["code"]) == (401, "invalid_credentials")
    assert await auth.rows("SELECT FROM wanted_letters WHERE kind = 'change_email'") == []


async def test_asking_for_an_address_that_is_taken_gets_the_same_answer_and_its_owner_a_letter(auth: Auth):
    await auth.verified("owner@b.example")
    pair = await auth.signed_in()
    free, taken = await _ask(auth, pair, NEW), await _ask(auth, pair, "owner@b.example")
    assert free == taken
    await eventually(lambda: len(auth.mail.to("owner@b.example")) == 2)
    assert auth.mail.to("owner@b.example")[1]["Subject"] == "Somebody tried to use your address at RaceOverlay"
    (code,) = await auth.rows("SELECT email FROM codes WHERE purpose = 'change_email'")
    assert code["email"] == NEW


async def test_an_address_that_somebody_proved_meanwhile_is_not_taken_away(auth: Auth):
    pair = await auth.signed_in()
    await _ask(auth, pair, NEW)
    code = await auth.mail.code_for(NEW)
    await auth.post("/auth/register", email=NEW, password=PASSWORD)
    theirs = await _newest_code(auth, NEW, "is your RaceOverlay code")
    assert (await auth.post("/auth/verify", email=NEW, code=theirs))[0] == 204
    status, problem = await auth.post("/auth/email/confirm", email=NEW, code=code)
    assert (status, problem["code"]) == (400, "invalid_code")
    assert len(await auth.rows("SELECT FROM users")) == 2


async def test_whoever_only_began_an_account_there_does_not_keep_the_owner_out(auth: Auth):
    pair = await auth.signed_in()
    await auth.post("/auth/register", email=NEW, password="the intruder's choice")
    await auth.mail.code_for(NEW)
    await _ask(auth, pair, NEW)
    code = await _newest_code(auth, NEW, "to use this address")
    assert (await auth.post("/auth/email/confirm", email=NEW, code=code))[0] == 204
    (user,) = await auth.rows("SELECT id, email FROM users")
    assert (str(user["id"]), user["email"]) == (pair["user"]["id"], NEW)  # type: ignore[index]


async def test_two_who_want_the_same_address_at_once_do_not_both_get_it(auth: Auth):
    pairs = [await auth.signed_in(await auth.verified(f"{name}@b.example")) for name in ("one", "two")]
    codes = []
    for pair in pairs:
        await _ask(auth, pair, NEW)
        codes.append(await eventually(lambda: [m["Subject"][:8] for m in auth.mail.to(NEW)][len(codes) :]))
        await auth.a_minute_passes_for_letters()
    answers = await asyncio.gather(*(auth.post("/auth/email/confirm", email=NEW, code=c[0]) for c in codes))
    assert sorted(status for status, _ in answers) == [204, 400]


async def test_the_password_is_asked_for_and_guessing_it_has_to_wait(auth: Auth):
    pair = await auth.signed_in()
    assert (await auth.post("/auth/email/change", current_password=PASSWORD, new_email=NEW))[0] == 401
    answers = [await _ask(auth, pair, NEW, password="not this one at all") for _ in range(14)]
    assert answers[0][1]["code"] == "invalid_credentials"
    assert answers[-1][1]["code"] == "too_many_requests"
    assert await auth.rows("SELECT FROM codes WHERE purpose = 'change_email'") == []


async def test_what_was_mailed_to_the_old_address_is_good_for_nothing_afterwards(auth: Auth):
    pair = await auth.signed_in()
    old = pair["user"]["email"]  # type: ignore[index]
    await auth.post("/auth/password/forgot", email=old)
    reset = await _newest_code(auth, old, "new RaceOverlay password")
    await _ask(auth, pair, NEW)
    code = await auth.mail.code_for(NEW)
    assert (await auth.post("/auth/email/confirm", email=NEW, code=code))[0] == 204
    for email in (old, NEW):
        status, _ = await auth.post(
            "/auth/password/reset", email=email, code=reset, new_password="grüne Hölle bei Nacht"
        )
        assert status == 400


async def _ask(auth: Auth, pair: dict[str, str], new_email: str, *, password: str = PASSWORD):
    return await auth.post("/auth/email/change", pair["access_token"], current_password=password, new_email=new_email)


async def _newest_code(auth: Auth, email: str, subject: str) -> str:
    found = await eventually(lambda: [mail for mail in auth.mail.to(email) if subject in mail["Subject"]])
    return found[-1]["Subject"].split()[0]
