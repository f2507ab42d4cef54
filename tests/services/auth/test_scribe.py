from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from waiting import eventually

from chassis.database import Database
from contracts.event import now
from services.auth.domain.accounts import PROVED_WITHIN
from services.auth.domain.wanted import ASK_AGAIN, Kind, Wanted
from services.auth.scribe import Scribe
from services.auth.secrets import Secrets
from services.auth.store.accounts import AccountStore
from services.auth.store.wanted import WantedStore

SECRETS = Secrets.derive(base64.b64encode(bytes(32)).decode())


@pytest.fixture
async def database(database_of: Callable) -> AsyncIterator[Database]:
    opened = Database(await database_of("auth"))
    await opened.open()
    yield opened
    await opened.close()


async def test_several_scribes_write_every_letter_once(database: Database):
    scribes = [_scribe(database) for _ in range(3)]
    for number in range(30):
        await scribes[0].ask(Wanted(f"driver{number}@b.example", Kind.VERIFY, password_hash="a hash"))

    async def write_all(scribe: Scribe) -> None:
        while await scribe.compose_one():
            pass

    await asyncio.gather(*map(write_all, scribes))
    async with database.transaction() as tx:
        recipients = [row["recipient"] for row in await tx.rows("SELECT recipient FROM mails")]
        assert sorted(recipients) == sorted(f"driver{number}@b.example" for number in range(30))
        assert await tx.value("SELECT count(*) FROM users") == 30
        assert await tx.value("SELECT count(*) FROM outbox WHERE subject = 'user.registered'") == 30


async def test_what_was_brought_for_a_letter_is_forgotten_with_it_and_the_asking_after_a_minute(database: Database):
    scribe = _scribe(database)
    await scribe.ask(Wanted("a@b.example", Kind.VERIFY, password_hash="a hash", display_name="A Name"))
    assert await scribe.compose_one()
    assert not await scribe.compose_one()
    async with database.transaction() as tx:
        (kept,) = await tx.rows("SELECT * FROM wanted_letters")
        assert "a hash" not in str(kept)
        assert "A Name" not in str(kept)
        assert await WantedStore(tx).purge(now()) == 0
        assert await WantedStore(tx).purge(now() + ASK_AGAIN) == 1


async def test_asking_is_swallowed_for_a_minute_but_a_registration_waits_for_its_end(database: Database):
    scribe, moment = _scribe(database), now()
    again = [moment + timedelta(seconds=seconds) for seconds in (1, 30, 59)]
    async with database.transaction() as tx:
        await WantedStore(tx).ask(Wanted("a@b.example", Kind.RESET), moment)
        await WantedStore(tx).ask(Wanted("a@b.example", Kind.VERIFY), moment)
    while await scribe.compose_one():
        pass
    async with database.transaction() as tx:
        letters = WantedStore(tx)
        for each in again:
            await letters.ask(Wanted("a@b.example", Kind.RESET), each)
            await letters.ask(Wanted("a@b.example", Kind.VERIFY), each)
        assert await letters.take_due(moment + timedelta(hours=1)) is None
        for each in again:
            await letters.ask(Wanted("a@b.example", Kind.VERIFY, password_hash=str(each)), each)
        assert await letters.take_due(again[-1]) is None
        waited = await letters.take_due(now() + ASK_AGAIN)
        assert waited == Wanted("a@b.example", Kind.VERIFY, password_hash=str(again[-1])), "the newest counts"


async def test_a_letter_that_cannot_be_written_now_is_written_later(database: Database, monkeypatch):
    scribe = _scribe(database)
    await scribe.ask(Wanted("a@b.example", Kind.VERIFY, password_hash="a hash"))
    with monkeypatch.context() as broken:
        broken.setattr("services.auth.scribe.write", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await scribe.compose_one()
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM users") == 0, "all of it or nothing"
    assert await scribe.compose_one()


async def test_a_letter_that_cannot_be_written_holds_up_no_other(database: Database, monkeypatch):
    scribe = _scribe(database)
    register = AccountStore.register

    async def stumbling(accounts: AccountStore, email: str, *said: str | None) -> object:
        return 1 / 0 if email == "first@b.example" else await register(accounts, email, *said)  # type: ignore[arg-type]

    monkeypatch.setattr(AccountStore, "register", stumbling)
    for name in ("first", "second"):
        await scribe.ask(Wanted(f"{name}@b.example", Kind.VERIFY, password_hash="a hash"))
    with pytest.raises(ZeroDivisionError):
        await scribe.compose_one()
    assert await scribe.compose_one()
    async with database.transaction() as tx:
        assert [row["email"] for row in await tx.rows("SELECT email FROM users")] == ["second@b.example"]


async def test_what_is_over_is_forgotten_also_while_letters_never_cease_to_be_wanted(database: Database):
    scribe, none_left = _scribe(database), asyncio.Event()
    async with database.transaction() as tx:
        await WantedStore(tx).ask(Wanted("long-ago@b.example", Kind.RESET), now() - ASK_AGAIN * 3)
        await tx.run("UPDATE wanted_letters SET composed_at = due_at")
    compose_one = scribe.compose_one

    async def one_and_another() -> bool:
        await compose_one()
        return not none_left.is_set()

    scribe.compose_one = one_and_another  # type: ignore[method-assign]
    await scribe.open()

    async def is_forgotten() -> bool:
        async with database.transaction() as tx:
            return await tx.value("SELECT count(*) FROM wanted_letters") == 0

    await eventually(is_forgotten)
    none_left.set()
    await scribe.close()


async def test_whoever_never_proves_the_address_is_forgotten_and_others_hear_of_it(database: Database):
    scribe = _scribe(database)
    for name in ("soon", "late", "proved"):
        await scribe.ask(Wanted(f"{name}@b.example", Kind.VERIFY, password_hash="a hash"))
        assert await scribe.compose_one()
    async with database.transaction() as tx:
        await tx.run("UPDATE users SET is_verified = true WHERE email = 'proved@b.example'")
        old = "UPDATE users SET created_at = now() - $1::interval WHERE email <> 'soon@b.example'"
        await tx.run(old, PROVED_WITHIN)
        assert await AccountStore(tx).forget_unproven(now()) == 1
    async with database.transaction() as tx:
        left = [row["email"] for row in await tx.rows("SELECT email FROM users ORDER BY email")]
        assert left == ["proved@b.example", "soon@b.example"]
        assert await tx.value("SELECT count(*) FROM outbox WHERE subject = 'user.deleted'") == 1


def _scribe(database: Database) -> Scribe:
    return Scribe(database, SECRETS, "https://raceoverlay.test", on_posted=lambda: None)
