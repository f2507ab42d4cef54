"""Objects that nothing speaks of are found and removed, and no others."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from laps import circuit, upload_of
from tracks_service import Parts

from contracts.event import now
from services.tracks import orphans
from services.tracks.objects import ObjectMissing


async def test_what_no_row_speaks_of_is_found_when_it_is_old_enough_and_removed(parts: Parts):
    driver = uuid4()
    event = await parts.receive(upload_of(circuit()), driver)
    await parts.judge(event)
    await parts.judge(await parts.receive(upload_of(circuit(wobble=150)), driver))  # a contender, which is not listed
    lost = [f"{folder}{uuid4()}.json.gz" for folder in orphans.FOLDERS]
    for path in lost:
        await parts.objects.put(path, b"anything")

    async def found(older_than: timedelta) -> set[str]:
        paths = {one.path for one in await orphans.find(parts.objects, parts.database, now() - older_than)}
        async with parts.database.transaction() as tx:
            kept = await tx.rows("SELECT reference_path FROM lines UNION SELECT storage_path FROM uploads")
        assert paths.isdisjoint({row[0] for row in kept})
        return paths & set(lost)  # other tests' objects lie in the same bucket

    assert await found(orphans.SETTLED_AFTER) == set()
    assert await found(timedelta(minutes=-1)) == set(lost)

    listed = await orphans.find(parts.objects, parts.database, now() + timedelta(minutes=1))
    mine = [one for one in listed if one.path in lost]
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE lines SET reference_path = $1 WHERE track_id = 'testring'", lost[1])  # named meanwhile
    assert await orphans.remove(parts.objects, parts.database, mine) == 1
    with pytest.raises(ObjectMissing):
        await parts.objects.get(lost[0])
    assert await parts.objects.get(lost[1]) == b"anything"


async def test_storage_is_read_page_after_page(parts: Parts):
    folder = f"raw/{uuid4()}/"
    paths = [f"{folder}{number}" for number in range(3)]
    for path in paths:
        await parts.objects.put(path, b"anything")
    pages = [page async for page in parts.objects.listed(folder, page_size=2)]
    assert [[one.path for one in page] for page in pages] == [paths[:2], paths[2:]]
    assert {one.size for page in pages for one in page} == {8}
