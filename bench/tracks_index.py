"""Finding a lap's shape among 100,000 maps: `python -m bench.tracks_index`, one JSON object.

The maps are invented from the real circuits: each is one of them stretched, bent by some tens of metres in waves of all
lengths, and resized, so that they crowd where real circuits are. They lie in a real PostgreSQL of this machine. Asked
for are laps of them: driven beside the middle, begun anywhere, turned, three per cent larger or smaller, half of them
mirrored and half the other way round. A miss is a map that is not among the lines that a lap is compared with.

`left_by_index` is how many rows PostgreSQL gave to numpy, `candidates` how many of those a lap can be of. The baselines
look at every row: those of the database, read anew, and a copy of them that a process would have to keep, and keep in
step with all others. They answer the same.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import numpy as np

from bench.driving import Pose, drive, seen
from bench.machine import machine
from bench.roads import Road, invented_road, real_roads, road
from chassis.database import Transaction
from chassis.migrations import migrate
from devstack.postgres import Postgres
from services.tracks.domain.canonical import Loop
from services.tracks.domain.descriptor import Descriptor, describe, least_rms, search_rms
from services.tracks.domain.lap import Floats, Places
from services.tracks.store.shapes import NEAREST, ShapeStore, box_of

PLACES = 256
WAVES = 9
ALL = 1_000_000
GOALS = {"p99_ms": 20.0, "misses": 0}


class Watched(Transaction):
    """Remembers what the first question of a search gave, and how it was asked."""

    first: tuple[str, tuple[Any, ...], int] | None = None

    async def rows(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        rows = await super().rows(sql, *arguments)
        self.first = self.first or (sql, arguments, len(rows))
        return rows


@dataclass(frozen=True, slots=True)
class Query:
    layout_id: UUID
    descriptor: Descriptor


class Library:
    """Maps by number: the same number is the same map."""

    def __init__(self) -> None:
        roads = list(real_roads()) or [invented_road(seed) for seed in range(100)]
        self._originals = [Loop.through(one.xy, None).walked(PLACES) for one in roads]
        orders = np.fft.fftfreq(PLACES, 1 / PLACES)
        self._waves = np.where((np.abs(orders) >= 1) & (np.abs(orders) <= WAVES), 1 / np.maximum(np.abs(orders), 1), 0)

    def map(self, number: int) -> Road:
        chance = np.random.default_rng([21, number])
        places = self._originals[int(chance.integers(len(self._originals)))]
        noise = chance.normal(size=(PLACES, 2)) @ [1, 1j] * self._waves * chance.uniform(10, 60)
        bent = (places - places.mean() + np.fft.ifft(noise) * PLACES) * np.exp(1j * chance.uniform(0, 2 * np.pi))
        stretched = bent.real * chance.uniform(0.75, 1.33) + 1j * bent.imag
        return road(f"map {number}", f"map {number}", stretched * chance.uniform(0.6, 1.5))

    def lap(self, number: int, chance: np.random.Generator) -> Places:
        driven = self.map(number) if chance.integers(2) else self.map(number).reversed()
        lap = drive(
            driven, chance, rate_hz=float(chance.choice([10.0, 20.0, 60.0])), noise_m=float(chance.uniform(1, 4))
        )
        pose = Pose.random(chance, scale=float(chance.uniform(0.97, 1.03)), is_mirrored=bool(chance.integers(2)))
        return seen(lap, pose).places


def layout_of(number: int) -> UUID:
    return UUID(int=number + 1)


def described(places: Places) -> Descriptor:
    return describe(Loop.through(np.column_stack((places.real, places.imag)), None))


async def fill(connection: asyncpg.Connection, numbers: range, shapes: Sequence[Descriptor]) -> None:
    """Add these maps to the database."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    columns = (
        "layout_id",
        "game",
        "track_id",
        "reference_path",
        "length_m",
        "size_m",
        "shape",
        "shape_key",
        "changed_at",
    )
    await connection.copy_records_to_table(
        "layouts", records=[(layout_of(number), at) for number in numbers], columns=("id", "created_at")
    )
    lines = [
        (layout_of(number), f"game{number % 5}", f"track-{number}", f"maps/{number:064x}.json.gz", one.length_m,
         one.size_m, one.unit.astype(np.float32).tobytes(), box_of(one.key), at)
        for number, one in zip(numbers, shapes, strict=True)
    ]  # fmt: skip
    await connection.copy_records_to_table("lines", records=lines, columns=columns)
    await connection.execute("VACUUM ANALYZE lines")
    await connection.execute("VACUUM ANALYZE layouts")


async def searched(connection: asyncpg.Connection, queries: Sequence[Query]) -> tuple[dict[str, object], list[int]]:
    """The figures of asking all of these, and how many candidates each had."""
    took, candidates, left, ranks, misses = list[float](), list[int](), list[int](), list[int](), 0
    for query in queries:
        watched = Watched(connection)
        begun = time.perf_counter()
        await ShapeStore(watched).near(query.descriptor)
        took.append((time.perf_counter() - begun) * 1000)
        found = [near.layout_id for near in await ShapeStore(Transaction(connection)).near(query.descriptor, limit=ALL)]
        candidates.append(len(found))
        left.append(watched.first[2] if watched.first else 0)
        if query.layout_id in found:
            ranks.append(found.index(query.layout_id) + 1)
        misses += query.layout_id not in found[:NEAREST]
    figures: dict[str, object] = {
        "p50_ms": _at(took, 0.5),
        "p99_ms": _at(took, 0.99),
        "max_ms": _at(took, 1.0),
        "left_by_index": _spread(left),
        "candidates": _spread(candidates),
        "more_than_compared": sum(count > NEAREST for count in candidates),
        "place_of_the_right_one": _spread(ranks),
        "misses": misses,
    }
    return figures, candidates


async def plan(connection: asyncpg.Connection, query: Query) -> list[str]:
    """How PostgreSQL goes about it: its plan without the places."""
    watched = Watched(connection)
    await ShapeStore(watched).near(query.descriptor)
    assert watched.first is not None
    rows = await connection.fetch(
        f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) {watched.first[0]}", *watched.first[1]
    )
    return [row[0].split("Cond:")[0].rstrip() for row in rows]


def brute(queries: Sequence[Query], units: Floats, sizes: Floats) -> tuple[list[float], list[int]]:
    """Milliseconds, and how many candidates, of looking at every row of a copy in memory."""
    took, counts = list[float](), list[int]()
    for query in queries:
        begun = time.perf_counter()
        asked = query.descriptor
        least = np.minimum(least_rms(asked, units, sizes), least_rms(asked.swapped, units, sizes))
        counts.append(len(np.flatnonzero(least <= search_rms(asked))))
        took.append((time.perf_counter() - begun) * 1000)
    return took, counts


async def brute_from_database(connection: asyncpg.Connection, queries: Sequence[Query]) -> list[float]:
    took = list[float]()
    for query in queries:
        begun = time.perf_counter()
        rows = await connection.fetch("SELECT layout_id, size_m, shape FROM lines")
        units = np.frombuffer(b"".join(row["shape"] for row in rows), np.float32).reshape(len(rows), -1)
        brute([query], units.astype(np.float64), np.array([row["size_m"] for row in rows]))
        took.append((time.perf_counter() - begun) * 1000)
    return took


async def measure(folder: Path, maps: Sequence[int], asked: int, say: Callable[[str], None]) -> dict[str, object]:
    library, figures = Library(), dict[str, object]()
    async with Postgres(folder) as server:
        url = await server.create("tracks")
        await asyncio.to_thread(migrate, url, "tracks")
        connection = await asyncpg.connect(url)
        shapes = list[Descriptor]()
        for count in maps:
            say(f"{count} maps")
            numbers = range(len(shapes), count)
            added = [described(library.map(number).centre) for number in numbers]
            await fill(connection, numbers, added)
            shapes += added
            chance = np.random.default_rng([22, count])
            chosen = chance.integers(count, size=asked).tolist()
            queries = [Query(layout_of(number), described(library.lap(number, chance))) for number in chosen]
            await searched(connection, queries[:20])  # warms up
            units, sizes = np.array([one.unit for one in shapes]), np.array([one.size_m for one in shapes])
            found, candidates = await searched(connection, queries)
            in_memory, counts = brute(queries[: asked // 5], units, sizes)
            read_anew = await brute_from_database(connection, queries[:5])
            figures[str(count)] = {
                **found,
                "brute_in_memory_ms": {"p50": _at(in_memory, 0.5), "p99": _at(in_memory, 0.99)},
                "brute_finds_the_same": counts == candidates[: asked // 5],
                "brute_from_database_p50_ms": _at(read_anew, 0.5),
                "index_mb": round(await connection.fetchval("SELECT pg_relation_size('lines_shape')") / 1e6, 1),
                "lines_mb": round(await connection.fetchval("SELECT pg_relation_size('lines')") / 1e6, 1),
            }
            if count == maps[-1]:
                figures["plan"] = await plan(connection, queries[0])
        await connection.close()
    return figures


def _spread(counts: Sequence[int]) -> dict[str, float]:
    return {"mean": round(float(np.mean(counts)), 1), "p99": _at(counts, 0.99), "max": max(counts)}


def _at(figures: Sequence[float], share: float) -> float:
    ordered = sorted(figures)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.tracks_index", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--maps", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="rising")
    parser.add_argument("--queries", type=int, default=1_000, help="of each number of maps")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="raceoverlay-bench-") as name:
        figures = asyncio.run(
            measure(Path(name), chosen.maps, chosen.queries, lambda line: print(line, file=sys.stderr, flush=True))
        )
    result = {"benchmark": "tracks_index", "queries": chosen.queries, **figures, "goals": GOALS, "machine": machine()}
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
