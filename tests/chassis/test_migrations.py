from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from yoyo import get_backend, read_migrations

from chassis.migrations import migrate
from devstack.postgres import Postgres

SERVICES = ("auth", "license", "tracks", "versions")


async def _tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    return {row["tablename"] for row in rows if not row["tablename"].startswith(("_yoyo", "yoyo_"))}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_s_tables_can_be_made_undone_and_made_again(postgres: Postgres, service: str):
    url = await postgres.create(f"again_{service}")
    assert await asyncio.to_thread(migrate, url, service)
    made = await _tables(url)
    backend = get_backend(url.replace("postgresql://", "postgresql+psycopg://"))
    migrations = read_migrations(f"services/{service}/migrations")
    backend.rollback_migrations(backend.to_rollback(migrations))
    backend.connection.close()
    assert await _tables(url) == {"outbox", "inbox"}, "undoing leaves only what the chassis keeps"
    await asyncio.to_thread(migrate, url, service)
    assert await _tables(url) == made


async def test_of_several_that_start_at_once_one_migrates_and_all_succeed(postgres: Postgres):
    url = await postgres.create("crowd")
    crowd = [
        subprocess.Popen(
            [sys.executable, "-m", "chassis.migrations", "services.license"],
            env={"DATABASE_URL": url, "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = [await asyncio.to_thread(process.communicate) for process in crowd]
    assert [process.returncode for process in crowd] == [0, 0, 0, 0]
    applied = [out for out, _ in said if "0001.licenses" in out]
    assert len(applied) == 1, said


async def test_migrating_again_changes_nothing(postgres: Postgres):
    url = await postgres.create("twice")
    assert await asyncio.to_thread(migrate, url, "versions") == ["0001.releases"]
    assert await asyncio.to_thread(migrate, url, "versions") == []


def test_a_service_without_tables_is_told_so():
    with pytest.raises(FileNotFoundError, match="gateway keeps no tables"):
        migrate("postgresql://nobody@127.0.0.1/none", "gateway")


def test_the_command_names_the_missing_address():
    process = subprocess.run(
        [sys.executable, "-m", "chassis.migrations", "auth"], env={}, capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert "DATABASE_URL is not set" in process.stderr


def test_every_migration_can_be_undone():
    for path in Path("services").glob("*/migrations/*.sql"):
        if not path.name.endswith(".rollback.sql"):
            assert path.with_suffix(".rollback.sql").exists(), f"{path} has no way back"
