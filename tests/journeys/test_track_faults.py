"""What laps need is killed and hung while laps are under way: each one that was taken is judged, once, and on one road.

Between the 202 and the verdict stand the service, its database, the bus and the object storage; each of them is taken
away while drivers of three roads go on sending.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import asyncpg
import msgspec
import pytest
from cloud_stack import CloudStack
from laps import circuit, upload_of
from msgspec import structs
from waiting import eventually
from whole_cloud import PROJECT, WholeCloud, whole_cloud

from chassis.database import Database
from chassis.settings import Secret
from contracts.event import new_id, now
from devstack.environment import clean
from services.tracks import orphans
from services.tracks.commands import Surroundings
from services.tracks.objects import Objects

NEEDED = ("tracks", "postgres", "nats", "objects")
ROADS = {"first": circuit(200), "second": circuit(200, wobble=110), "third": circuit(200, scale=1.4)}
HUNG_S = 1.5


@pytest.fixture(scope="module")
def own_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeCloud]:
    """A cloud for this file alone: others would not like what happens to it."""
    with whole_cloud(tmp_path_factory.mktemp("track-faults"), RATE_LIMIT_SCALE="0") as running:
        yield running


@dataclass
class Driver:
    """Drives every road in turn, and sends each lap until it is taken, under one key. `taken` are its uploads."""

    token: str
    taken: dict[str, str] = field(default_factory=dict)

    async def drive(self, http: aiohttp.ClientSession, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            for road, xy in ROADS.items():
                key, body = new_id().hex, msgspec.json.encode(upload_of(xy, track_id=road))
                await eventually(lambda road=road, key=key, body=body: self._is_taken(http, road, key, body))

    async def has_all_verdicts(self, http: aiohttp.ClientSession) -> bool:
        """Whether every lap that was taken is judged; nothing is asked again of one that is."""
        for upload, road in list(self.taken.items()):
            status, said = await self._ask(http, "GET", f"/tracks/uploads/{upload}")
            if status != 200 or said["status"] == "received":
                return False
            assert said["status"] in ("accepted", "duplicate"), said
            assert said["track"] == {"game": "f1", "track_id": road}
            del self.taken[upload]
        return True

    async def _is_taken(self, http: aiohttp.ClientSession, road: str, key: str, body: bytes) -> bool:
        headers = {"idempotency-key": key, "content-type": "application/json"}
        status, said = await self._ask(http, "POST", "/tracks/upload", headers=headers, data=body)
        assert status in (0, 202, 429, 503, 504), said
        if status == 202:
            self.taken[said["upload_id"]] = road
        else:
            await asyncio.sleep(0.1)  # whoever is refused does not ask again at once
        return status == 202

    async def _ask(
        self, http: aiohttp.ClientSession, method: str, path: str, headers: dict[str, str] | None = None, **more: bytes
    ) -> tuple[int, dict]:
        """Status and body; 0 where there was no answer."""
        sent = {"authorization": f"Bearer {self.token}"} | (headers or {})
        try:
            async with http.request(method, path, headers=sent, **more) as answer:  # type: ignore[arg-type]
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, {}


@contextlib.asynccontextmanager
async def _driving(stack: CloudStack) -> AsyncIterator[list[Driver]]:
    """Four drivers who send laps meanwhile, and finish what they are at before it ends."""
    accounts = await stack.new_drivers(*(f"fault{number}" for number in range(4)))
    stopping = asyncio.Event()
    async with stack.browser() as http:
        drivers = [Driver(await _token(http, *account)) for account in accounts]
        async with asyncio.TaskGroup() as working:
            for driver in drivers:
                working.create_task(driver.drive(http, stopping))
            try:
                yield drivers
            finally:
                stopping.set()


async def _token(http: aiohttp.ClientSession, email: str, password: str) -> str:
    async with http.post("/auth/login", json={"email": email, "password": password}) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["access_token"]


@pytest.mark.timeout(300)
async def test_every_lap_that_is_taken_is_judged_on_one_road_whatever_falls_meanwhile(own_cloud: WholeCloud) -> None:
    stack = own_cloud.stack
    async with _driving(stack) as drivers:

        async def laps_go_on(since: Counter[int]) -> None:
            await eventually(lambda: all(len(d.taken) > since[at] for at, d in enumerate(drivers)))

        await laps_go_on(Counter())
        for name in NEEDED:
            before = own_cloud.stack.pids[name]
            own_cloud.kill(name)
            await eventually(lambda name=name, before=before: own_cloud.stack.pids[name] not in (None, before))
            with own_cloud.hung(name):
                await asyncio.sleep(HUNG_S)
            await laps_go_on(Counter({at: len(driver.taken) for at, driver in enumerate(drivers)}))

    async with stack.browser() as http:
        for driver in drivers:
            assert driver.taken
            await eventually(lambda driver=driver: driver.has_all_verdicts(http))
    await _knows_each_road_once(own_cloud.stack)
    await _has_kept_all_that_is_named(own_cloud.stack)


async def _knows_each_road_once(stack: CloudStack) -> None:
    """One layout per road, which all have driven; its versions are counted without a gap, and nothing waits."""
    database = await asyncpg.connect(stack.postgres["tracks"])
    try:
        layouts = await database.fetch("SELECT id, state FROM layouts")
        assert [layout["state"] for layout in layouts] == ["confirmed"] * len(ROADS)
        names = await database.fetch("SELECT track_id, layout_id FROM names")
        assert {name["track_id"] for name in names} == set(ROADS)
        assert len({name["layout_id"] for name in names}) == len(ROADS)
        supporters = await database.fetch("SELECT layout_id, count(*) FROM supporters GROUP BY layout_id")
        assert {row["count"] for row in supporters} == {4}
        versions = await database.fetch("SELECT track_id, version FROM track_maps ORDER BY track_id, version")
        for road in ROADS:
            numbers = [row["version"] for row in versions if row["track_id"] == road]
            assert numbers == list(range(1, len(numbers) + 1))
        assert await database.fetchval("SELECT count(*) FROM uploads WHERE status = 'received'") == 0
    finally:
        await database.close()


async def _has_kept_all_that_is_named(stack: CloudStack) -> None:
    """What a row speaks of lies in storage, also when what none speaks of was found and removed."""
    where = Surroundings(
        database_url=Secret(stack.postgres["tracks"]),
        s3_endpoint=stack.s3["endpoint"],
        s3_access_key=Secret(stack.s3["access_key"]),
        s3_secret_key=Secret(stack.s3["secret_key"]),
        s3_bucket=stack.s3["bucket"],
    )
    objects, database = Objects(where), Database(where.database_url, pool_size=2)
    await objects.open()
    await database.open()
    try:
        left = f"raw/{new_id()}.json.gz"
        await objects.put(left, b"an upload that was not finished")
        found = await orphans.find(objects, database, now() + timedelta(minutes=1))
        assert left in {orphan.path for orphan in found}
        assert await orphans.remove(objects, database, found) == len(found)
        assert await orphans.find(objects, database, now() + timedelta(minutes=1)) == ()
        async with database.transaction() as tx:
            rows = await tx.rows(
                "SELECT storage_path AS path FROM uploads UNION SELECT storage_path FROM track_maps"
                " UNION SELECT reference_path FROM lines"
            )
        named = {row["path"] for row in rows}
        kept = {each.path for folder in orphans.FOLDERS async for page in objects.listed(folder) for each in page}
        assert named == kept
    finally:
        await objects.close()
        await database.close()
    said = await _asked_in_a_shell(where)
    assert said == "0 objects that nothing names."


async def _asked_in_a_shell(where: Surroundings) -> str:
    told = {name.upper(): str(value) for name, value in structs.asdict(where).items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.tracks", "orphans"), cwd=PROJECT, env=clean(**told), stdout=subprocess.PIPE
    )
    answer, _ = await process.communicate()
    assert process.returncode == 0
    return answer.decode().strip()
