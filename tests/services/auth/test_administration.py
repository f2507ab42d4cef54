from __future__ import annotations

import asyncio

from auth_accounts import Person, ask, heard, person
from auth_service import PASSWORD, Auth
from waiting import eventually

from contracts.auth import SessionRevoked


def addresses(answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [user["email"].partition("@")[0] for user in answer.body["users"]]


async def role_given(admin: Person, somebody: Person, role: str):
    return await admin.ask("PUT", f"/auth/users/{somebody.id}/role", role=role)


async def test_accounts_are_found_by_their_address_its_beginning_and_their_role_page_by_page(auth: Auth):
    admin = await person(auth, "admin", role="admin")
    for name in ("anna", "anton", "berta"):
        await auth.verified(f"{name}@raceoverlay.example")
    assert addresses(await admin.ask("GET", "/auth/users")) == ["admin", "anna", "anton", "berta"]
    assert addresses(await admin.ask("GET", "/auth/users?email=AN")) == ["anna", "anton"]
    assert addresses(await admin.ask("GET", "/auth/users?email=berta@raceoverlay.example")) == ["berta"]
    assert addresses(await admin.ask("GET", "/auth/users?email=%25a")) == [], "it is a beginning, not a pattern"
    assert addresses(await admin.ask("GET", "/auth/users?role=admin")) == ["admin"]
    found, after = [], ""
    for _ in range(3):
        page = await admin.ask("GET", f"/auth/users?email=an&limit=1{after}")
        found += addresses(page)
        if page.body["after"] is None:
            break
        after = f"&after={page.body['after']}"
    assert found == ["anna", "anton"]
    for wrong in ("limit=0", "limit=201", "role=god", "after=x", "email="):
        assert (await admin.ask("GET", f"/auth/users?{wrong}")).status == 422, wrong


async def test_one_account_is_shown_as_it_shows_itself(auth: Auth):
    admin, driver = await person(auth, "admin", role="admin"), await person(auth)
    shown = await admin.ask("GET", f"/auth/users/{driver.id}")
    assert shown.body == (await driver.ask("GET", "/auth/me")).body
    missing = await admin.ask("GET", "/auth/users/00000000-0000-7000-8000-000000000000")
    assert (missing.status, missing.code) == (404, "user_unknown")


async def test_only_admins_administer(auth: Auth):
    somebody = await person(auth)
    for role in ("driver", "moderator", "release_manager"):
        await auth.rows("UPDATE users SET role = $1", role)
        token = (await auth.signed_in(somebody.email))["access_token"]
        for method, path in (
            ("GET", "/auth/users"),
            ("GET", f"/auth/users/{somebody.id}"),
            ("PUT", f"/auth/users/{somebody.id}/role"),
            ("DELETE", f"/auth/users/{somebody.id}/sessions"),
            ("GET", f"/auth/users/{somebody.id}/audit"),
        ):
            answer = await ask(auth, method, path, token, **({"role": "admin"} if method == "PUT" else {}))
            assert (answer.status, answer.code) == (403, "forbidden"), path
            assert (await ask(auth, method, path)).status == 401


async def test_a_new_role_counts_from_the_next_token_on_and_is_told_by_letter(auth: Auth):
    admin, driver = await person(auth, "admin", role="admin"), await person(auth)
    given = await role_given(admin, driver, "release_manager")
    assert (given.status, given.body["role"], given.body["id"]) == (200, "release_manager", str(driver.id))
    assert (await role_given(admin, driver, "release_manager")).status == 200, "again is no news"
    _, pair = await auth.post("/auth/refresh", refresh_token=driver.pair["refresh_token"])
    assert pair["user"]["role"] == "release_manager"  # type: ignore[index]
    subject = "Your role at RaceOverlay has changed"
    mails = await eventually(lambda: [mail for mail in auth.mail.to(driver.email) if mail["Subject"] == subject])
    assert len(mails) == 1
    trail = (await admin.ask("GET", f"/auth/users/{driver.id}/audit")).body["entries"]
    noted = [(entry["detail"], entry["by"]) for entry in trail if entry["action"] == "role_changed"]
    assert noted == [("driver to release_manager", str(admin.id))]


async def test_whoever_loses_a_role_is_signed_out_with_all_their_machines(auth: Auth):
    admin, other = await person(auth, "admin", role="admin"), await person(auth, "other", role="admin")
    made = await other.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    assert (await role_given(admin, other, "moderator")).status == 200
    assert not await other.is_signed_in()
    still = await other.ask("GET", "/auth/users")
    assert (still.status, still.code) == (401, "unauthenticated"), "although the token says admin for ten minutes"
    assert (await ask(auth, "POST", "/auth/tokens/exchange", api_token=made.body["secret"])).status == 401
    ended = await heard(auth, SessionRevoked, 2)
    assert {(event.user_id, event.reason) for event in ended} == {(other.id, "role_changed")}
    assert made.body["token"]["id"] in {str(event.session_id) for event in ended}
    assert (await auth.post("/auth/login", email=other.email, password=PASSWORD))[0] == 200


async def test_the_last_admin_stays_one_also_when_two_demote_each_other_at_once(auth: Auth):
    one, other = await person(auth, "one", role="admin"), await person(auth, "other", role="admin")
    answers = await asyncio.gather(role_given(one, other, "driver"), role_given(other, one, "driver"))
    assert sorted(answer.status for answer in answers) in ([200, 401], [200, 409])
    (left,) = await auth.rows("SELECT email FROM users WHERE role = 'admin'")
    last = one if left["email"] == one.email else other
    refused = await role_given(last, last, "driver")
    assert (refused.status, refused.code) == (409, "last_admin")
    assert await last.is_signed_in()


async def test_a_role_is_for_those_who_have_proved_their_address(auth: Auth):
    admin = await person(auth, "admin", role="admin")
    await auth.post("/auth/register", email="new@raceoverlay.example", password=PASSWORD)
    (new,) = await eventually(lambda: auth.rows("SELECT id FROM users WHERE email = 'new@raceoverlay.example'"))
    refused = await admin.ask("PUT", f"/auth/users/{new['id']}/role", role="admin")
    assert (refused.status, refused.code) == (409, "address_not_proved")
    assert (await admin.ask("PUT", f"/auth/users/{new['id']}/role", role="god")).status == 422


async def test_an_admin_can_sign_somebody_out_everywhere(auth: Auth):
    admin, driver = await person(auth, "admin", role="admin"), await person(auth)
    second = await auth.signed_in(driver.email)
    made = await driver.ask("POST", "/auth/tokens", name="robot", scopes=["tracks:read"])
    assert (await admin.ask("DELETE", f"/auth/users/{driver.id}/sessions")).status == 204
    assert not await driver.is_signed_in()
    assert (await auth.post("/auth/refresh", refresh_token=second["refresh_token"]))[0] == 401
    assert (await ask(auth, "POST", "/auth/tokens/exchange", api_token=made.body["secret"])).status == 401
    assert await admin.is_signed_in()
    ended = await heard(auth, SessionRevoked, 3)
    assert {(event.user_id, event.reason) for event in ended} == {(driver.id, "ended_by_admin")}
    trail = (await admin.ask("GET", f"/auth/users/{driver.id}/audit?limit=1")).body
    assert trail["entries"][0]["action"] == "sessions_ended_by_admin"
    assert trail["entries"][0]["by"] == str(admin.id)
    older = (await admin.ask("GET", f"/auth/users/{driver.id}/audit?before={trail['before']}")).body["entries"]
    assert older
    assert all(entry["id"] < trail["before"] for entry in older)
    assert (await admin.ask("DELETE", "/auth/users/00000000-0000-7000-8000-000000000000/sessions")).status == 404
