"""`python -m services.versions publish 1.2.3 --channel stable --notes "…"`: make a release known. May be repeated."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import get_args

from chassis.database import Database
from chassis.settings import MissingSettings, load
from contracts.problem import Problem
from contracts.versions import Channel
from services.versions.domain import PLATFORMS, Version
from services.versions.settings import VersionsSettings
from services.versions.store import ReleaseStore


async def publish(database_url: str, version: str, channel: Channel, notes: str) -> bool:
    """Publish for all platforms; False if it was published before."""
    database = Database(database_url, pool_size=2)
    await database.open()
    try:
        async with database.transaction() as tx:
            return await ReleaseStore(tx).publish(version, channel, notes, PLATFORMS)
    finally:
        await database.close()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.versions publish", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--channel", choices=get_args(Channel), default="stable")
    parser.add_argument("--notes", default="")
    said = parser.parse_args(arguments)
    try:
        Version.parse(said.version)
        url = load(VersionsSettings).database_url
        published = asyncio.run(publish(url, said.version, said.channel, said.notes))
    except (Problem, MissingSettings) as error:
        reason = "; ".join(e.message for e in error.errors) if isinstance(error, Problem) and error.errors else error
        print(f"Not published: {reason}", file=sys.stderr)
        return 2
    print(f"{said.version} on {said.channel}: " + ("published" if published else "was published before"))
    return 0
