"""Maps from before layouts had names and lines are found, judged against and learned from as if they always had."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from laps import circuit, upload_of
from msgspec import structs
from tracks_service import Parts

from chassis.database import Database
from chassis.settings import Secret
from devstack.postgres import Postgres
from services.tracks.settings import TracksSettings

CHASSIS = Path("chassis/schema.sql")
FOLDER = Path("services/tracks/migrations")
FILES = sorted(file for file in FOLDER.glob("*.sql") if "rollback" not in file.name)
BEFORE = 3


@pytest.fixture
async def old(postgres: Postgres) -> AsyncIterator[Database]:
    """A database as it was then."""
    database = Database(await postgres.create(f"old_tracks_{uuid4().hex}"))
    await database.open()
    await apply(database, CHASSIS, *FILES[:BEFORE])
    yield database
    await database.close()


async def apply(database: Database, *files: Path) -> None:
    async with database.transaction() as tx:
        for file in files:
            await tx.run(file.read_text())


async def test_what_was_published_then_is_found_confirmed_and_learned_from(
    settings: TracksSettings, parts: Parts, old: Database
):
    """Its document is one that today's service wrote, because those of then can still be read."""
    first, second, third = uuid4(), uuid4(), uuid4()
    event = await parts.receive(upload_of(circuit()), first)
    layout_id = (await parts.judge(event)).layout_id
    assert layout_id is not None
    found = await parts.library.find("f1", "testring", None)
    async with old.transaction() as tx:
        await tx.run("INSERT INTO layouts VALUES ($1, now())", layout_id)
        await tx.run(
            "INSERT INTO track_maps VALUES ($1, $2, 'f1', 'testring', 1, NULL, NULL, 2984.5, $3, $4, 9, $5, now())",
            uuid4(),
            layout_id,
            found.etag,
            found.storage_path,
            first,
        )
        laps = {first: "accepted", second: "duplicate", third: "rejected"}
        ids = {driver: await uploaded(tx, driver, status, layout_id) for driver, status in laps.items()}
    await apply(old, *FILES[BEFORE:])

    async with Parts.open(structs.replace(settings, database_url=Secret(old._url))) as now:
        assert (await now.library.find("f1", "testring", None)).layout_id == layout_id
        duplicate = await now.reception.status(ids[second], second)
        assert duplicate.duplicate_of == duplicate.track == (await parts.reception.status(event.upload_id, first)).track
        assert (await now.reception.status(ids[third], third)).layout_id is None
        verdict = await now.judge(await now.receive(upload_of(circuit()), first))
        assert (verdict.status, verdict.version) == ("duplicate", 2)
        newest = await now.library.find("f1", "testring", None)
        assert newest.status == "confirmed"  # two drivers were known: the first and the second


async def uploaded(tx, driver: UUID, status: str, layout_id: UUID) -> UUID:
    upload_id = uuid4()
    await tx.run(
        "INSERT INTO uploads (id, user_id, game, track_id, status, fingerprint, layout_id, version, judged_at)"
        " VALUES ($1, $2, 'f1', 'testring', $3, 'x', $4, 1, now())",
        upload_id,
        driver,
        status,
        layout_id,
    )
    return upload_id


async def test_each_migration_can_be_undone(old: Database):
    await apply(old, *FILES[BEFORE:])
    undo = [file.with_name(file.name.replace(".sql", ".rollback.sql")) for file in reversed(FILES[BEFORE:])]
    async with old.transaction() as tx:
        await tx.run("INSERT INTO uploads (id, game, fingerprint) VALUES ($1, 'gt7', 'x')", uuid4())  # without a name
    await apply(old, *undo)
    await apply(old, *FILES[BEFORE:])
