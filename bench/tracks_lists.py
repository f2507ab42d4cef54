"""Reading among 100,000 maps: `python -m bench.tracks_lists`, one JSON object.

A real PostgreSQL of this machine holds layouts of two lines and three versions each, every tenth line with two names.
Asked for are pages of `GET /tracks` all through the list, one map, its versions, and what moderators see. The baseline
is the page by its number of rows to leave out, instead of by the name that it begins after: the last page costs as much
as the whole list. Bytes on the wire are of a 5 km map with heights and both widths, in every format under gzip.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import numpy as np

from bench.machine import machine
from bench.roads import invented_road
from chassis.database import Transaction
from chassis.migrations import migrate
from contracts.tracks import Quality, TrackMap
from devstack.postgres import Postgres
from services.tracks.domain import document
from services.tracks.domain.canonical import Loop, steps_for
from services.tracks.domain.corners import proposed
from services.tracks.domain.formats import FORMATS
from services.tracks.store.maps import MapStore
from services.tracks.store.roster import Roster

AT = datetime(2026, 1, 1, tzinfo=UTC)
VERSIONS = 3
PAGE = 1000
GOALS = {"page_p99_ms": 50.0, "wire_json_kb": 20.0}
OFFSET_PAGE = (
    "SELECT * FROM (SELECT DISTINCT ON (names.game, names.track_id) names.game, names.track_id, track_maps.*"
    " FROM names JOIN track_maps ON track_maps.layout_id = names.layout_id AND track_maps.game = names.game"
    " ORDER BY names.game, names.track_id, version DESC) AS newest OFFSET $1 LIMIT $2"
)


def layout_of(number: int) -> UUID:
    return UUID(int=number + 1)


async def fill(connection: asyncpg.Connection, layouts: int) -> None:
    """Layouts of one line in each of two games."""
    numbers = range(layouts)
    await connection.copy_records_to_table(
        "layouts",
        records=[(layout_of(number), AT + timedelta(seconds=number), "confirmed") for number in numbers],
        columns=("id", "created_at", "state"),
    )
    lines = [(layout_of(number), game, f"track-{number}") for number in numbers for game in _games_of(number)]
    await connection.copy_records_to_table(
        "lines",
        records=[(*line, "maps/x", 4000.0, AT) for line in lines],
        columns=("layout_id", "game", "track_id", "reference_path", "length_m", "changed_at"),
    )
    aliases = [(layout, game, f"{name}-too") for layout, game, name in lines[::10]]
    await connection.copy_records_to_table(
        "names",
        records=[(game, name, layout, AT) for layout, game, name in (*lines, *aliases)],
        columns=("game", "track_id", "layout_id", "linked_at"),
    )
    columns = ("id", "layout_id", "game", "track_id", "version", "track_name", "length_m", "etag", "storage_path")
    await connection.copy_records_to_table(
        "track_maps",
        records=[
            (
                UUID(int=VERSIONS * index + version),
                *line,
                version,
                f"Circuit {index}",
                4000.0,
                "e" * 64,
                "maps/x",
                9,
                AT,
            )
            for index, line in enumerate(lines)
            for version in range(1, VERSIONS + 1)
        ],
        columns=(*columns, "document_bytes", "created_at"),
    )
    await connection.execute("VACUUM ANALYZE")


async def measure(folder: Path, maps: int, asked: int) -> dict[str, object]:
    chance = np.random.default_rng(41)
    async with Postgres(folder) as server:
        url = await server.create("tracks")
        await asyncio.to_thread(migrate, url, "tracks")
        connection = await asyncpg.connect(url)
        await fill(connection, maps // 2)
        tx = Transaction(connection)
        store, roster = MapStore(tx), Roster(tx)

        def somewhere() -> tuple[str, str]:
            number = int(chance.integers(maps // 2))
            return _games_of(number)[0], f"track-{number}"

        last = await connection.fetchval("SELECT count(*) FROM names") - PAGE
        figures: dict[str, object] = {
            "page": await timed(lambda: store.newest(None, None, somewhere(), PAGE), asked),
            "page_of_a_game": await timed(lambda: store.newest("game3", None, None, PAGE), asked),
            "track_in_all_games": await timed(lambda: store.newest(None, somewhere()[1], None, PAGE), asked),
            "find": await timed(lambda: store.find(*somewhere()), asked),
            "versions": await timed(lambda: store.versions(*somewhere()), asked),
            "moderators_page": await timed(lambda: roster.page(None, None, None, None, 50), asked),
            "moderators_search": await timed(lambda: roster.page(None, None, "track-777", None, 50), 5),
            "last_page_by_number_of_rows": await timed(lambda: connection.fetch(OFFSET_PAGE, last, PAGE), 5),
        }
        await connection.close()
    return figures


async def timed(ask: Callable[[], Awaitable[object]], times: int) -> dict[str, float]:
    await ask()
    took = list[float]()
    for _ in range(times):
        begun = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - begun) * 1000)
    return {"p50_ms": round(float(np.percentile(took, 50)), 2), "p99_ms": round(float(np.percentile(took, 99)), 2)}


def on_the_wire() -> dict[str, object]:
    """Kilobytes of a 5 km map in every format, and milliseconds to make it."""
    centre = invented_road(4).centre
    places = centre * 5000 / Loop.through(np.column_stack((centre.real, centre.imag)), None).length_m
    flat = Loop.through(np.column_stack((places.real, places.imag)), None)
    turn = np.linspace(0, 2 * np.pi, len(flat.xy), endpoint=False)
    loop = Loop.through(flat.xy, 20 * np.sin(turn) + 4 * np.sin(7 * turn))
    count = steps_for(loop.length_m)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    widths = 6 + np.sin(5 * turn) + 0.7 * np.sin(31 * turn), 6 + np.cos(7 * turn) + 0.7 * np.sin(43 * turn)
    track_map = TrackMap(
        layout_id=layout_of(1),
        version=3,
        game="f1",
        track_id="invented",
        status="confirmed",
        length_m=round(loop.length_m, 2),
        direction=loop.direction,
        line=document.columns_of(loop, count, *widths),
        created_at=AT,
        quality=Quality(laps=20, users=3, closure_m=0.3, width_coverage=0.9),
        corners=proposed(loop),
    )
    written = document.write(track_map)
    sizes: dict[str, object] = {"json_kb": round(len(written.compressed) / 1000, 1), "stations": count}
    for name, form in FORMATS.items():
        if form.made:
            form.made(track_map)
            begun = time.perf_counter()
            made = form.made(track_map)
            sizes[f"{name}_kb"] = round(len(gzip.compress(made, 6)) / 1000, 1)
            sizes[f"{name}_ms"] = round((time.perf_counter() - begun) * 1000, 1)
    return sizes


def _games_of(number: int) -> tuple[str, str]:
    return f"game{number % 5}", f"game{(number + 1) % 5}"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.tracks_lists", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--maps", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=200, help="how often")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as name:
        figures = asyncio.run(measure(Path(name), chosen.maps, chosen.asked))
    result = {"benchmark": "tracks_lists", "maps": chosen.maps, **figures, "wire": on_the_wire(), "goals": GOALS}
    sys.stdout.buffer.write(msgspec.json.encode(result | {"machine": machine()}) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
