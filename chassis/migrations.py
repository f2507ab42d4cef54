"""Migrations are SQL files, applied once and in order: `python -m chassis.migrations services.license`.

Any number of these may start at once: yoyo's lock lets one work while the others wait and then find nothing to do.
A migration must also work for the version of the service that still runs: add first, remove one release later.
"""

# yoyo carries no types; this file is its one door.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
from yoyo import get_backend, read_migrations

from chassis.settings import MissingSettings, Secret, load

_CHASSIS_SCHEMA = Path(__file__).with_name("schema.sql")


class MigrationSettings(msgspec.Struct, frozen=True):
    """All that a migration asks of the environment."""

    database_url: Annotated[Secret, msgspec.Meta(description="the database to migrate, postgresql://…")]


def migrate(database_url: str, service: str) -> list[str]:
    """Bring the database of `service` ("license") to its newest schema; returns the ids of what was applied.

    Raises:
        FileNotFoundError: there is no such service, or it has no migrations.
    """
    folder = Path("services", service, "migrations")
    if not folder.is_dir():
        folder = Path(__file__).parent.parent / folder
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} does not exist: {service} keeps no tables")
    backend = get_backend(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with backend.lock(timeout=60):
            _apply_chassis_schema(backend)
            pending = backend.to_apply(read_migrations(str(folder)))
            backend.apply_migrations(pending)
            return [migration.id for migration in pending]
    finally:
        backend.connection.close()


def _apply_chassis_schema(backend: Any) -> None:
    with backend.transaction():
        backend.execute(_CHASSIS_SCHEMA.read_text())


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m chassis.migrations SERVICE   (its address: DATABASE_URL)", file=sys.stderr)
        return 2
    service = arguments[0].removeprefix("services.")
    try:
        url = load(MigrationSettings).database_url
        applied = migrate(url, service)
    except (MissingSettings, FileNotFoundError) as error:
        print(f"Cannot migrate {service}: {error}", file=sys.stderr)
        return 2
    print(f"{service}: " + (", ".join(applied) if applied else "already at the newest schema"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
