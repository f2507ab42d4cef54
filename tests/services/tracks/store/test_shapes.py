"""The index of shapes, on a real PostgreSQL: it finds what a look at every row would, and nothing that is no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np
import pytest
from driven_laps import Pose, Road, driven_lap, invented_road

from chassis.database import Database, Transaction
from services.tracks.domain.canonical import Loop
from services.tracks.domain.descriptor import Descriptor, describe, least_rms, search_rms
from services.tracks.store.shapes import NEAREST, Near, ShapeStore

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
async def database(database_of: Callable[[str], Awaitable[str]]) -> AsyncIterator[Database]:
    opened = Database(await database_of("tracks"))
    await opened.open()
    yield opened
    await opened.close()


async def known(
    tx: Transaction, descriptor: Descriptor | None, *, state: str = "provisional", game: str = "f1"
) -> UUID:
    """A layout with one line; without a descriptor it is one from before there was an index."""
    layout_id = uuid4()
    await tx.run("INSERT INTO layouts (id, created_at, state) VALUES ($1, $2, $3)", layout_id, NOW, state)
    await tx.run(
        "INSERT INTO lines (layout_id, game, track_id, reference_path, length_m, changed_at)"
        " VALUES ($1, $2, $3, $4, 4000, $5)",
        layout_id,
        game,
        f"track-{layout_id.hex[:8]}",
        f"maps/{layout_id}",
        NOW,
    )
    if descriptor:
        await ShapeStore(tx).describe_line(layout_id, game, descriptor)
    return layout_id


def described(road: Road) -> Descriptor:
    return describe(Loop.through(road.xy, None))


def of_lap(road: Road, seed: int, pose: Pose) -> Descriptor:
    """What a lap of that road looks like in another game, begun somewhere."""
    lap = driven_lap(road, seed, pose, rate_hz=20.0, start=None)
    return describe(Loop.through(lap.xy, None))


def ids(found: tuple[Near, ...]) -> list[UUID]:
    return [near.layout_id for near in found]


async def test_a_lap_finds_its_layout_in_whatever_pose_hand_and_direction(database: Database):
    roads = [invented_road(seed, 2000.0 + 300 * seed) for seed in range(12)]
    async with database.transaction() as tx:
        layouts = [await known(tx, described(road)) for road in roads]
        chance = np.random.default_rng(5)
        for number, (road, layout) in enumerate(zip(roads, layouts, strict=True)):
            pose = Pose.random(chance, scale=float(chance.uniform(0.95, 1.05)), is_mirrored=number % 2 == 0)
            driven = road if number % 3 else road.reversed()
            found = await ShapeStore(tx).near(of_lap(driven, number, pose))
            assert ids(found)[0] == layout
            assert found[0].least_rms_m < 10.0


async def test_what_the_index_leaves_is_all_that_a_look_at_every_row_finds(database: Database):
    chance = np.random.default_rng(8)
    base = [described(invented_road(seed, 3000.0)) for seed in range(4)]
    shapes = list[Descriptor]()
    for number in range(240):
        searched_by = np.isin(np.arange(32), (0, 1, 16, 17)) if number % 3 else np.full(32, True)
        blurred = np.abs(base[number % 4].unit + chance.normal(0, 0.03, 32) * searched_by)
        size = base[number % 4].size_m * chance.uniform(0.85, 1.15) * (0.05 if number % 8 == 0 else 1.0)
        shapes.append(Descriptor(blurred / np.linalg.norm(blurred), float(size), 8 * float(size)))
    async with database.transaction() as tx:
        layouts = [await known(tx, shape) for shape in shapes]
        units, sizes = np.array([shape.unit for shape in shapes]), np.array([shape.size_m for shape in shapes])
        counted = 0
        for asked in [*base, *(one.swapped for one in base), *shapes[::16]]:
            least = np.minimum(least_rms(asked, units, sizes), least_rms(asked.swapped, units, sizes))
            within = {layouts[i] for i in np.flatnonzero(least <= search_rms(asked))}
            found = await ShapeStore(tx).near(asked, limit=1000)
            assert set(ids(found)) == within
            counted += len(within)
    assert 50 < counted < 0.5 * 23 * 240


async def test_the_nearest_come_first_and_not_too_many(database: Database):
    one = described(invented_road(1))
    sizes = 1 + np.array([0.074, -0.074, 0.0, 0.09])
    async with database.transaction() as tx:
        layouts = [await known(tx, replace(one, size_m=float(one.size_m * size))) for size in sizes]
        found = await ShapeStore(tx).near(one)
        assert ids(found)[0] == layouts[2]
        assert [near.least_rms_m for near in found] == sorted(near.least_rms_m for near in found)
        assert len(found) == 4 < NEAREST
        assert ids(await ShapeStore(tx).near(one, limit=2)) == ids(found)[:2]


async def test_only_what_still_counts_is_found_and_contenders_are(database: Database):
    one = described(invented_road(2))
    async with database.transaction() as tx:
        states = ("contender", "provisional", "confirmed", "withdrawn", "merged")
        layouts = {await known(tx, one, state=state): state for state in states}
        found = await ShapeStore(tx).near(one)
        assert {layouts[near.layout_id] for near in found} == {"contender", "provisional", "confirmed"}


async def test_each_game_of_a_layout_has_a_line_of_its_own(database: Database):
    one = described(invented_road(3))
    async with database.transaction() as tx:
        layout_id = await known(tx, one)
        await tx.run(
            "INSERT INTO lines (layout_id, game, track_id, reference_path, length_m, changed_at)"
            " SELECT layout_id, 'gt7', 'layout-7', 'maps/gt7', length_m, changed_at FROM lines"
        )
        assert [near.game for near in await ShapeStore(tx).near(one)] == ["f1"]
        await ShapeStore(tx).describe_line(layout_id, "gt7", one.swapped)
        assert sorted(near.game for near in await ShapeStore(tx).near(one)) == ["f1", "gt7"]


async def test_a_line_from_before_the_index_waits_to_be_read_once(database: Database):
    one = described(invented_road(4))
    async with database.transaction() as tx:
        layout_id = await known(tx, None)
        (unread,) = await ShapeStore(tx).unread(limit=10)
        assert (unread.layout_id, unread.game, unread.path) == (layout_id, "f1", f"maps/{layout_id}")
        assert await ShapeStore(tx).near(one) == ()
        await ShapeStore(tx).describe_line(layout_id, "f1", one)
        assert await ShapeStore(tx).unread(limit=10) == ()
        assert ids(await ShapeStore(tx).near(one)) == [layout_id]


async def test_the_search_goes_through_the_index(database: Database):
    async with database.transaction() as tx:
        await known(tx, described(invented_road(5)))
        await tx.run("SET LOCAL enable_seqscan = off")
        assert await ShapeStore(tx).near(described(invented_road(6))) == ()
        scans = await tx.row("SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'lines'")
    assert scans is not None
    assert (scans["seq_scan"], scans["idx_scan"]) == (0, 3)  # describing the line, and the two halves of the search
