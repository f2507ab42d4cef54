"""Those who drove a line: how many there are, and that whoever drove it now is always among those who are heard."""

from __future__ import annotations

from uuid import UUID, uuid4

from laps import circuit, upload_of
from tracks_service import Parts

from services.tracks.domain.versioning import Trial
from services.tracks.store.lines import LineStore
from services.tracks.store.supporters import SupporterStore


async def test_a_driver_is_heard_however_many_others_drove_since(parts: Parts):
    driver = uuid4()
    known = await parts.judge(await parts.receive(upload_of(circuit()), driver))
    assert known.layout_id is not None
    async with parts.database.transaction() as tx:
        await tx.run(
            "INSERT INTO supporters (layout_id, game, supporter, laps, last_at)"
            " SELECT $1, 'f1', gen_random_uuid(), 1, now() + interval '1 day' FROM generate_series(1, 120)",
            known.layout_id,
        )
        line = await LineStore(tx).find(known.layout_id, "f1", driver)
    assert line is not None
    assert (line.others, line.others_here, len(line.supporters)) == (120, 120, 100)
    assert [one.laps for one in line.supporters if one.driver == driver] == [1]


async def test_trials_are_of_the_newest_version_and_not_without_end(parts: Parts):
    known = await parts.judge(await parts.receive(upload_of(circuit()), uuid4()))
    assert known.layout_id is not None
    layout_id: UUID = known.layout_id
    async with parts.database.transaction() as tx:
        supporters = SupporterStore(tx)
        for number in range(202):
            await supporters.keep_trial(layout_id, "f1", Trial(1, uuid4(), float(number), 1.0))
        kept = await supporters.trials(layout_id, "f1", 1)
        assert (len(kept), kept[0].published, kept[-1].published) == (200, 2.0, 201.0)
        await supporters.keep_trial(layout_id, "f1", Trial(2, uuid4(), 5.0, 4.0))
        assert await supporters.trials(layout_id, "f1", 1) == ()
        assert [trial.published for trial in await supporters.trials(layout_id, "f1", 2)] == [5.0]
