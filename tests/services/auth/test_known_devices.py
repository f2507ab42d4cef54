from __future__ import annotations

import asyncio

from auth_service import Auth, text_of
from doors import HOME, Answer, call, login
from waiting import eventually

AWAY = "198.51.100.7"
WRONG = "not this one at all"


async def strangers(auth: Auth, count: int, email: str = "driver@raceoverlay.example") -> list[Answer]:
    """Wrong guesses from ever new addresses, some at a time."""
    answers = []
    for start in range(0, count, 50):
        answers += await asyncio.gather(
            *(
                login(auth, email, WRONG, address=f"203.0.{n // 250}.{n % 250}")
                for n in range(start, min(start + 50, count))
            )
        )
    return answers


async def test_a_thousand_wrong_guesses_slow_strangers_down_and_never_the_owner(auth: Auth):
    await auth.verified()
    kept = (await login(auth)).body["device_token"]
    answers = await strangers(auth, 1000)
    statuses = [answer.status for answer in answers]
    assert statuses[:5] == [401] * 5
    assert statuses.count(429) > 900
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status == 429)
    assert (await login(auth, address=AWAY, device_token=kept)).status == 200, "wherever the device is now"
    assert (await login(auth, address=HOME)).status == 200, "by where it signed in from, without its token"
    await auth.rows("UPDATE guesses SET welcome_at = now() + interval '59 seconds'")  # the flood goes on
    refused = await login(auth, address="198.51.100.8", device_token="dt_" + "A" * 64)
    assert (refused.status, refused.code) == (429, "too_many_requests")


async def test_under_a_flood_of_guesses_the_owner_gets_in_on_a_new_device_by_mail(auth: Auth):
    email = await auth.verified()
    await auth.rows("DELETE FROM guesses")
    await strangers(auth, 120)
    await auth.rows("UPDATE guesses SET welcome_at = now() + interval '59 seconds'")  # the flood goes on
    assert (await login(auth, address=AWAY)).status == 429
    before = len(auth.mail.to(email))
    await call(auth, "POST", "/auth/password/forgot", address=AWAY, json={"email": email})
    said = {"email": email, "code": await auth.mail.code_for(email, after=before), "new_password": "new box, new luck"}
    assert (await call(auth, "POST", "/auth/password/reset", address=AWAY, json=said)).status == 204
    assert (await login(auth, password="new box, new luck", address="198.51.100.8")).status == 429
    assert (await login(auth, password="new box, new luck", address=AWAY)).status == 200


async def test_an_address_that_nobody_has_is_slowed_down_just_the_same(auth: Auth):
    await auth.verified()
    known = [await login(auth, password=WRONG, address=AWAY) for _ in range(12)]
    unknown = [await login(auth, "nobody@b.example", WRONG, address="198.51.100.8") for _ in range(12)]
    assert [answer.status for answer in known] == [answer.status for answer in unknown]
    for answer in (*known, *unknown):
        for name in ("request_id", "retry_after"):
            answer.body.pop(name, None)
    assert [answer.body for answer in known] == [answer.body for answer in unknown]
    assert known[-1].status == 429


async def test_a_right_password_is_not_let_in_while_its_guesser_has_to_wait(auth: Auth):
    await auth.verified()
    for _ in range(7):
        await login(auth, password=WRONG, address=AWAY)
    assert (await login(auth, address=AWAY)).status == 429
    assert (await login(auth)).status == 200, "somebody else, at home"


async def test_somebody_who_has_the_device_guesses_slowly_too(auth: Auth):
    await auth.verified()
    kept = (await login(auth, device_name="Rig")).body["device_token"]
    thief = [(await login(auth, password=WRONG, address=AWAY, device_token=kept)).status for _ in range(25)]
    assert thief[:10] == [401] * 10
    assert thief[-5:].count(429) >= 4


async def test_a_hundred_right_sign_ins_from_one_machine_pass(auth: Auth):
    await auth.verified()
    statuses = [answer.status for answer in await asyncio.gather(*(login(auth, device_name="Rig") for _ in range(5)))]
    statuses += [(await login(auth)).status for _ in range(95)]
    assert statuses == [200] * 100


async def test_a_device_keeps_its_token_and_an_account_s_token_means_nothing_to_another(auth: Auth):
    await auth.verified()
    other = await auth.verified("other@raceoverlay.example")
    kept = (await login(auth)).body["device_token"]
    assert (await login(auth, device_token=kept)).body["device_token"] == kept
    assert (await login(auth, other, device_token=kept)).body["device_token"] != kept


async def test_a_letter_tells_of_a_new_device_but_not_of_the_first_nor_of_a_known_one(auth: Auth):
    email = await auth.verified()
    kept = (await login(auth, device_name="Rig")).body["device_token"]
    await login(auth, device_name="Rig")
    await login(auth, address=AWAY, device_token=kept)
    before = len(auth.mail.to(email))
    await login(auth, address="198.51.100.9", device_name="Laptop\u2028Bcc")
    await eventually(lambda: len(auth.mail.to(email)) > before)
    (letter,) = auth.mail.to(email)[before:]
    assert letter["Subject"] == "New sign-in to your RaceOverlay account"
    assert "Device: Laptop Bcc" in text_of(letter)
    assert "198.51.100" not in letter.as_string()


async def test_no_address_of_a_caller_is_stored(auth: Auth):
    await auth.verified()
    await login(auth, address="198.51.100.77", device_name="Rig")
    await login(auth, password=WRONG, address="198.51.100.77")
    stored = ""
    for table in ("users", "sessions", "guesses", "audit", "failed_sign_ins", "mails", "outbox"):
        stored += str([dict(row) for row in await auth.rows(f"SELECT * FROM {table}")])
    assert "198.51.100.77" not in stored
    assert "Rig" in stored
