from __future__ import annotations

import asyncio

import msgspec
from auth_accounts import ask, heard, person, signed_in_long_ago
from auth_service import PASSWORD, Auth
from waiting import eventually

from contracts.auth import Export, SessionRevoked, UserDeleted
from services.auth.erasure import MOST_EXPORTED

# What is left where something stays: events on their way out tell of the account by its id alone.
_ALL_TABLES = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '%yoyo%'"
)


async def everything(auth: Auth) -> dict[str, str]:
    """What the database holds, by table, as text."""
    return {
        row["table_name"]: "\n".join(
            each["line"] for each in await auth.rows(f"SELECT t::text AS line FROM {row['table_name']} t")
        )
        for row in await auth.rows(_ALL_TABLES)
    }


async def test_an_export_of_a_long_life_stays_small_and_says_how_to_go_on(auth: Auth):
    driver = await person(auth)
    await auth.rows(
        "INSERT INTO audit (user_id, action) SELECT $1, 'login' FROM generate_series(1, $2)", driver.id, MOST_EXPORTED
    )
    exported = (await driver.ask("GET", "/auth/me/export")).body
    assert len(exported["audit"]) == MOST_EXPORTED
    older = (await driver.ask("GET", f"/auth/me/audit?before={exported['audit_before']}")).body
    everything_noted = await auth.rows("SELECT FROM audit WHERE user_id = $1", driver.id)
    assert len(exported["audit"]) + len(older["entries"]) == len(everything_noted)


async def test_an_erased_account_leaves_its_bare_id_in_the_audit_trail_and_nothing_else(auth: Auth):
    driver, other = await person(auth), await person(auth, "other")
    await driver.ask("POST", "/auth/tokens", name="my private robot", scopes=["tracks:read"])
    await auth.rows(
        "INSERT INTO mails (id, recipient, subject, body, due_at)"
        " VALUES (gen_random_uuid(), $1, 'news', 'news', now() + interval '1 hour')",
        driver.email,
    )
    await auth.rows(
        "INSERT INTO audit (user_id, action, device_name, place) VALUES ($1, 'login', 'my rig', 'Spa-Francorchamps')",
        driver.id,
    )
    assert (await driver.ask("DELETE", "/auth/me")).status == 204
    await eventually(lambda: [mail for mail in auth.mail.to(driver.email) if "erased" in mail["Subject"]])

    async def quiet() -> bool:
        return not await auth.rows("SELECT FROM mails UNION ALL SELECT FROM outbox")

    await eventually(quiet)
    stored = await everything(auth)
    assert "users" in stored
    for table, lines in stored.items():
        assert driver.email not in lines, table
        assert "my rig" not in lines, table
        assert "my private robot" not in lines, table
        assert "Spa-Francorchamps" not in lines, table
        assert table == "audit" or str(driver.id) not in lines, table
    actions = {row["action"] for row in await auth.rows("SELECT action FROM audit WHERE user_id = $1", driver.id)}
    assert {"erased", "login", "api_token_made"} <= actions
    assert (await other.ask("GET", "/auth/me")).status == 200
    assert await other.is_signed_in()


async def test_everybody_hears_of_it_and_nothing_that_was_signed_is_believed_any_more(auth: Auth):
    driver = await person(auth)
    second = await auth.signed_in(driver.email)
    made = await driver.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    assert (await driver.ask("DELETE", "/auth/me")).status == 204
    (deleted,) = await heard(auth, UserDeleted)
    ended = await heard(auth, SessionRevoked, 3)
    assert deleted.user_id == driver.id
    assert {(event.user_id, event.reason) for event in ended} == {(driver.id, "erased")}
    for method, path in (
        ("GET", "/auth/me"),
        ("GET", "/auth/me/export"),
        ("GET", "/auth/tokens"),
        ("DELETE", "/auth/me"),
    ):
        assert (await driver.ask(method, path)).status == 401, path
    assert (await driver.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])).status == 401
    for token in (driver.pair["refresh_token"], second["refresh_token"]):
        assert (await auth.post("/auth/refresh", refresh_token=token))[0] == 401
    assert (await ask(auth, "POST", "/auth/tokens/exchange", api_token=made.body["secret"])).status == 401
    assert (await auth.post("/auth/login", email=driver.email, password=PASSWORD))[1]["code"] == "invalid_credentials"


async def test_it_is_done_once_however_often_it_is_asked_for_at_once(auth: Auth):
    driver = await person(auth)
    answers = await asyncio.gather(*(driver.ask("DELETE", "/auth/me") for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [204, 401, 401, 401, 401]
    assert len(await heard(auth, UserDeleted)) == 1


async def test_it_needs_a_password_proved_just_now(auth: Auth):
    driver = await person(auth)
    await signed_in_long_ago(driver)
    refused = await driver.ask("DELETE", "/auth/me")
    assert (refused.status, refused.code) == (403, "reauthentication_required")
    assert (await driver.ask("GET", "/auth/me")).status == 200


async def test_the_last_admin_cannot_leave(auth: Auth):
    admin = await person(auth, role="admin")
    refused = await admin.ask("DELETE", "/auth/me")
    assert (refused.status, refused.code) == (409, "last_admin")
    await person(auth, "other", role="admin")
    assert (await admin.ask("DELETE", "/auth/me")).status == 204


async def test_the_same_address_can_begin_again_as_somebody_new(auth: Auth):
    driver = await person(auth)
    assert (await driver.ask("DELETE", "/auth/me")).status == 204
    await auth.post("/auth/register", email=driver.email, password=PASSWORD)
    code = await auth.mail.code_for(driver.email, after=len(auth.mail.to(driver.email)))
    assert (await auth.post("/auth/verify", email=driver.email, code=code))[0] == 204
    assert (await auth.signed_in(driver.email))["user"]["id"] != str(driver.id)  # type: ignore[index]


async def test_an_export_is_a_file_with_everything_in_it(auth: Auth):
    driver = await person(auth)
    made = await driver.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    answer = await driver.ask("GET", "/auth/me/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="raceoverlay-account.json"'
    assert answer.headers["cache-control"] == "no-store"
    export = msgspec.convert(answer.body, Export)
    assert export.user.email == driver.email
    assert [session.is_current for session in export.sessions] == [True]
    assert [str(token.id) for token in export.api_tokens] == [made.body["token"]["id"]]
    assert export.second_factor.totp is False
    assert {"exported", "api_token_made", "login"} <= {entry.action for entry in export.audit}
    assert made.body["secret"] not in str(answer.body)
