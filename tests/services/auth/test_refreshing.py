from __future__ import annotations

import asyncio

import asyncpg
import pytest
from auth_service import Auth
from doors import Answer, login
from waiting import eventually


@pytest.fixture
def more_settings() -> dict[str, object]:
    return {"database_pool_size": 4}


async def test_refreshing_goes_on_while_sign_ins_take_every_connection_that_they_may(auth: Auth):
    pair = await auth.signed_in()
    connection = await asyncpg.connect(auth.settings.database_url)
    flood: list[asyncio.Task[Answer]] = []
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM guesses FOR UPDATE")  # whoever counts a guess waits for this
            flood = [
                asyncio.create_task(login(auth, password="not this one at all", address=f"203.0.113.{n}"))
                for n in range(20)
            ]
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            await eventually(lambda: connection.fetchval(waiting))
            for _ in range(3):
                refreshing = auth.post("/auth/refresh", refresh_token=pair["refresh_token"])
                status, pair = await asyncio.wait_for(refreshing, 5)  # type: ignore[assignment]
                assert status == 200
            assert not all(each.done() for each in flood), "they wait all the while"
    finally:
        await connection.close()
        await asyncio.gather(*flood)
