from __future__ import annotations

from auth_service import PASSWORD, Auth
from doors import call, login
from waiting import eventually


async def trail(auth: Auth, token: str, query: str = "") -> list[dict[str, object]]:
    answer = await call(auth, "GET", f"/auth/me/audit{query}", token=token)
    assert answer.status == 200, answer.body
    return answer.body["entries"]


async def test_one_reads_what_happened_to_one_s_account_newest_first(auth: Auth):
    await auth.verified()
    rig = (await login(auth, device_name="Rig")).body
    await call(auth, "POST", "/auth/reauthenticate", token=rig["access_token"], json={"password": PASSWORD})
    laptop = (await login(auth, device_name="Laptop")).body
    await call(auth, "POST", "/auth/logout", json={"refresh_token": rig["refresh_token"]})
    entries = await trail(auth, laptop["access_token"])
    assert [(entry["action"], entry["device_name"]) for entry in entries][:4] == [
        ("logout", "Rig"),
        ("login", "Laptop"),
        ("reauthenticated", None),
        ("login", "Rig"),
    ]
    assert entries[0]["session_id"] == entries[3]["session_id"]
    ids = [entry["id"] for entry in entries]
    assert ids == sorted(ids, reverse=True)  # type: ignore[type-var]


async def test_a_stolen_refresh_token_is_noted(auth: Auth):
    await auth.verified()
    first = (await login(auth)).body
    _, second = await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    await auth.post("/auth/refresh", refresh_token=second["refresh_token"])
    await auth.post("/auth/refresh", refresh_token=first["refresh_token"])
    entries = await trail(auth, (await login(auth)).body["access_token"])
    assert [entry["action"] for entry in entries][:3] == ["login", "token_reuse", "login"]


async def test_failed_sign_ins_are_one_line_a_minute_with_their_count(auth: Auth):
    await auth.verified()
    token = (await login(auth)).body["access_token"]

    async def noted() -> list[str]:
        return [str(entry["detail"]) for entry in await trail(auth, token) if entry["action"] == "login_failed"]

    await login(auth, password="not this one at all")
    assert await eventually(noted) == ["once"]
    for _ in range(3):
        await login(auth, password="not this one at all")
    waiting = await eventually(lambda: auth.rows("SELECT unnoted FROM failed_sign_ins WHERE unnoted = 3"))
    assert len(waiting) == 1
    assert await noted() == ["once"], "the minute is not over"
    await auth.rows("UPDATE failed_sign_ins SET noted_at = noted_at - interval '1 minute'")
    assert await eventually(lambda: _two(noted)) == ["3 times", "once"]
    await login(auth, "nobody@b.example", "not this one at all")
    assert len(await auth.rows("SELECT DISTINCT user_id FROM audit")) == 1


async def _two(noted) -> list[str] | None:
    found = await noted()
    return found if len(found) == 2 else None


async def test_the_trail_is_read_page_by_page(auth: Auth):
    await auth.verified()
    for _ in range(5):
        token = (await login(auth)).body["access_token"]
    whole = [entry["id"] for entry in await trail(auth, token)]
    pages, before = [], ""
    while True:
        answer = await call(auth, "GET", f"/auth/me/audit?limit=2{before}", token=token)
        pages += [entry["id"] for entry in answer.body["entries"]]
        if answer.body["before"] is None:
            break
        before = f"&before={answer.body['before']}"
    assert pages == whole
    for query, field in (("limit=0", "query.limit"), ("limit=201", "query.limit"), ("before=x", "query.before")):
        answer = await call(auth, "GET", f"/auth/me/audit?{query}", token=token)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


async def test_nobody_reads_another_s_trail(auth: Auth):
    await auth.verified()
    await login(auth, device_name="Rig")
    other = await auth.verified("other@raceoverlay.example")
    entries = await trail(auth, (await login(auth, other)).body["access_token"])
    assert "Rig" not in {entry["device_name"] for entry in entries}
