"""What can be asked of tracks in a shell: what a lap is worth, how two lie on each other, and what lies in storage
that nothing names.

Files are read as they are and need no environment; only storage does, the service's own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from chassis.commands import CannotBeUsed, No, parser_of, run
from chassis.settings import Secret, load
from contracts.event import now
from services.tracks.findings import LapFindings, laid_on, shapeless
from services.tracks.lap_files import LapFile, open_lap

if TYPE_CHECKING:
    from chassis.database import Database
    from services.tracks.objects import Objects


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a look at storage asks of the environment."""

    database_url: Annotated[Secret, Meta(description="tracks' own database, postgresql://…")]
    s3_endpoint: Annotated[str, Meta(description="the object storage, http(s)://host:port")]
    s3_access_key: Annotated[Secret, Meta(description="the access key of the object storage")]
    s3_secret_key: Annotated[Secret, Meta(description="the secret key of the object storage")]
    s3_bucket: Annotated[str, Meta(description="the bucket that laps and maps are kept in")]
    s3_region: str = "us-east-1"
    maps_cdn_url: str = ""


async def judge(said: argparse.Namespace) -> str:
    findings = LapFindings.of(await _opened(said.file))
    text = _json(findings) if said.json else findings.in_words()
    return text if findings.verdict == "accepted" else No(text)


async def compare(said: argparse.Namespace) -> str:
    found, known = await _opened(said.file), await _opened(said.on)
    for each, path in ((found, said.file), (known, said.on)):
        if (reason := shapeless(each)) is not None:
            raise CannotBeUsed(f"{path}: {reason.message}")
    findings, picture = await asyncio.to_thread(laid_on, found, known, mirrors=said.mirror)
    if said.svg:
        await _written(said.svg, picture)
    text = _json(findings) if said.json else findings.in_words()
    return text if findings.relation == "same" else No(text)


async def draw(said: argparse.Namespace) -> str:
    found = await _opened(said.file)
    picture = LapFindings.of(found).drawn(found)
    if not said.svg:
        return picture.rstrip("\n")
    await _written(said.svg, picture)
    return f"Drawn: {said.svg}"


async def list_orphans(said: argparse.Namespace) -> str:
    from services.tracks import orphans

    async with _storage() as (objects, database):
        found = await orphans.find(objects, database, now() - orphans.SETTLED_AFTER)
        lines = [f"{each.path}  {each.size} bytes  {each.put_at:%Y-%m-%d %H:%M}" for each in found]
        if said.remove:
            removed = await orphans.remove(objects, database, found)
            return "\n".join([*lines, f"{removed} removed."])
    advice = "" if not found or said.remove else " `orphans --remove` removes them."
    return "\n".join([*lines, f"{len(found)} objects that nothing names.{advice}"])


def main(arguments: Sequence[str]) -> int:
    """Run one command; 0 for a good lap or the same layout, 1 for another answer, 2 for a file that is no lap."""
    return run(_parser(), arguments, log_level="error")


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("tracks")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    judging = commands.add_parser("judge", help="say what speaks against a lap, and where, or what there is to it")
    judging.set_defaults(command=judge)
    comparing = commands.add_parser("compare", help="say how a lap lies on another one, or on a map")
    comparing.set_defaults(command=compare)
    drawing = commands.add_parser("draw", help="draw a lap, and what speaks against it")
    drawing.set_defaults(command=draw)
    storage = commands.add_parser("orphans", help="list what lies in storage and nothing names, or remove it")
    storage.add_argument("--remove", action="store_true", help="remove it")
    storage.set_defaults(command=list_orphans)
    for command in (judging, comparing, drawing):
        command.add_argument(
            "file", type=Path, metavar="FILE", help="an upload, a map, CSV with x and y, or GeoJSON; also under gzip"
        )
    comparing.add_argument("on", type=Path, metavar="ON", help="the file of the lap or map that is known")
    comparing.add_argument("--mirror", action="store_true", help="whatever the files say, one may be mirrored")
    for command in (judging, comparing):
        command.add_argument("--json", action="store_true", help="one JSON object")
    for command in (comparing, drawing):
        command.add_argument("--svg", type=Path, metavar="OUT", help="where the drawing goes")
    return parser


@contextlib.asynccontextmanager
async def _storage() -> AsyncGenerator[tuple[Objects, Database]]:
    # Whoever judges a file need not wait for what speaks to servers.
    from chassis.database import Database
    from services.tracks.objects import Objects

    settings = load(Surroundings)
    database, objects = Database(settings.database_url, pool_size=2), Objects(settings)
    await database.open()
    try:
        await objects.open()
        yield objects, database
    finally:
        await objects.close()
        await database.close()


async def _opened(path: Path) -> LapFile:
    return await asyncio.to_thread(open_lap, path)


async def _written(path: Path, picture: str) -> None:
    try:
        await asyncio.to_thread(path.write_text, picture, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CannotBeUsed(f"{path} cannot be written: {error.strerror}.") from None


def _json(findings: msgspec.Struct) -> str:
    return msgspec.json.format(msgspec.json.encode(findings), indent=2).decode()
