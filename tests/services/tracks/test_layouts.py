"""Layouts over games, drivers and names: which road a lap is taken for, and what becomes of maps and names by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import numpy as np
import pytest
from laps import circuit, upload_of
from tracks_service import Parts

from contracts.tracks import LayoutReference, PitPassage, TrackMap, TrackPublished, UploadStatus
from services.tracks.domain import document
from services.tracks.domain.evidence import Evidence
from services.tracks.domain.uploads import TrackUnknown
from services.tracks.domain.verdict import given_name
from services.tracks.settings import TracksSettings
from services.tracks.store.lines import LineStore

Drive = Callable[..., Awaitable[UploadStatus]]
OTHER_ROAD = circuit(wobble=150)


@pytest.fixture
def drive(parts: Parts) -> Drive:
    async def one_lap(
        xy: np.ndarray, track_id: str | None = "testring", driver: UUID | None = None, **said: object
    ) -> UploadStatus:
        upload = upload_of(xy, **{"track_id": track_id, "handedness": "right", **said})
        return await parts.judge(await parts.receive(upload, driver or uuid4()))

    return one_lap


def seen_by_another_game(xy: np.ndarray) -> np.ndarray:
    places = 1.02 * np.exp(1j) * (xy[:, 0] + 1j * xy[:, 1]) + 3000 - 500j
    return np.roll(np.column_stack((places.real, places.imag)), 200, axis=0)


def with_a_chicane(xy: np.ndarray) -> np.ndarray:
    aside = 45 * np.exp(-(((np.arange(len(xy)) - 300) / 12) ** 2))
    return xy + np.column_stack((aside, np.zeros(len(xy))))


def beside(xy: np.ndarray, metres: float) -> np.ndarray:
    """The lap driven so far to the left."""
    ahead = np.roll(xy, -1, axis=0) - np.roll(xy, 1, axis=0)
    return xy + metres * np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.hypot(*ahead.T)[:, None]


async def map_of(parts: Parts, game: str, track_id: str, version: int | None = None) -> TrackMap:
    found = await parts.library.find(game, track_id, version)
    return document.read(await parts.objects.get(found.storage_path))


async def names(parts: Parts) -> dict[str, UUID]:
    listed = (await parts.library.tracks(None, None, None, 100)).tracks
    return {f"{one.game}/{one.track_id}": one.layout_id for one in listed}


async def contenders(parts: Parts) -> int:
    async with parts.database.transaction() as tx:
        return await tx.value("SELECT count(*) FROM layouts WHERE state = 'contender'")


async def test_one_road_is_one_layout_in_all_games_and_each_has_it_in_its_own_coordinates(parts: Parts, drive: Drive):
    driver = uuid4()
    elsewhere = seen_by_another_game(circuit())
    first = await drive(circuit(), driver=driver)
    second = await drive(elsewhere, None, driver, game="gt7")
    third = await drive(circuit() * [1, -1], "ks_testring", driver, game="ac", handedness="left")
    assert [one.status for one in (first, second, third)] == ["accepted", "duplicate", "duplicate"]
    assert first.layout_id == second.layout_id == third.layout_id
    assert first.layout_id is not None
    given = given_name(first.layout_id)
    assert second.track == LayoutReference("gt7", given)
    assert (second.duplicate_of, third.track) == (first.track, LayoutReference("ac", "ks_testring"))
    assert set(await names(parts)) == {"f1/testring", f"gt7/{given}", "ac/ks_testring"}
    its_own = await map_of(parts, "gt7", given)
    assert (its_own.line.x[0], its_own.line.y[0]) == pytest.approx(tuple(elsewhere[0]), abs=0.01)
    assert (its_own.version, its_own.status, its_own.frame.handedness) == (1, "provisional", "right")

    alias = await drive(circuit(), "testring-2026", driver)
    assert (alias.status, alias.track) == ("duplicate", LayoutReference("f1", "testring-2026"))
    assert (await map_of(parts, "f1", "testring-2026")) == (await map_of(parts, "f1", "testring"))

    before = len(await parts.recorded(TrackPublished))
    await drive(elsewhere, None, game="gt7")  # a second driver, whatever the game, confirms all of it
    news = (await parts.recorded(TrackPublished))[before:]
    assert {f"{one.game}/{one.track_id}": (one.version, one.status) for one in news} == {
        "f1/testring": (2, "confirmed"),
        "f1/testring-2026": (2, "confirmed"),
        f"gt7/{given}": (2, "confirmed"),
        "ac/ks_testring": (2, "confirmed"),
    }
    assert (await map_of(parts, "ac", "ks_testring")).line == (await map_of(parts, "ac", "ks_testring", 1)).line


async def test_a_mirrored_lap_of_unknown_hand_is_recognised_and_its_map_says_so(parts: Parts, drive: Drive):
    await drive(circuit())
    lap = circuit() * [1, -1]
    mirrored = await drive(lap, "mirror", game="gt7", handedness="unknown")
    assert mirrored.status == "duplicate"
    made = await map_of(parts, "gt7", "mirror")
    assert (made.frame.handedness, made.direction) == ("left", "ccw")
    assert (made.line.x[100], made.line.y[100]) != (made.line.x[0], made.line.y[0])
    again = await drive(lap, "mirror", game="gt7", handedness="left")
    assert (again.status, again.version) == ("duplicate", 1)


async def test_a_chicane_more_is_a_variant_and_the_other_way_round_is_the_reverse(parts: Parts, drive: Drive):
    known = await drive(circuit())
    variant = await drive(with_a_chicane(circuit()), "chicane")
    reverse = await drive(circuit()[::-1], "reverse")
    assert (variant.status, variant.variant_of, variant.reverse_of) == ("accepted", known.track, None)
    assert (reverse.status, reverse.reverse_of) == ("accepted", known.track)
    assert variant.deviation_m is not None
    assert 25 < variant.deviation_m.max < 60
    assert len({known.layout_id, variant.layout_id, reverse.layout_id}) == 3
    (link,) = (await map_of(parts, "f1", "chicane")).links
    assert (link.type, link.layout_id) == ("variant_of", known.layout_id)


async def test_a_name_that_another_layout_has_moves_when_the_last_two_drivers_agree(parts: Parts, drive: Drive):
    monza = await drive(OTHER_ROAD, "monza")
    spa = await drive(circuit(), "spa")
    first = await drive(circuit(), "monza")
    assert [reason.code for reason in first.reasons] == ["duplicate", "name_of_another_layout"]
    assert (first.layout_id, first.track) == (spa.layout_id, LayoutReference("f1", "spa"))
    assert (await names(parts))["f1/monza"] == monza.layout_id
    second = await drive(circuit(), "monza")
    assert (second.layout_id, second.track) == (spa.layout_id, LayoutReference("f1", "monza"))
    assert monza.layout_id is not None
    assert await names(parts) == {
        "f1/monza": spa.layout_id,
        "f1/spa": spa.layout_id,
        f"f1/{given_name(monza.layout_id)}": monza.layout_id,  # its map can still be had
    }
    told = {(one.track_id, one.layout_id): one.version for one in await parts.recorded(TrackPublished)}
    assert told["monza", spa.layout_id] == second.version
    assert told[given_name(monza.layout_id), monza.layout_id] == 1


async def test_what_contradicts_a_map_is_kept_aside_until_a_second_driver_agrees(parts: Parts, drive: Drive):
    driver = uuid4()
    old = await drive(circuit())
    first = await drive(with_a_chicane(circuit()), driver=driver)
    assert (first.status, first.variant_of, first.layout_id) == ("rejected", old.track, None)
    assert await names(parts) == {"f1/testring": old.layout_id}
    assert (await drive(with_a_chicane(circuit()), driver=driver)).status == "rejected"  # the same one again
    await drive(OTHER_ROAD, driver=driver)
    assert await contenders(parts) == 1  # whoever sends another one has given up the first
    await drive(with_a_chicane(circuit()), driver=driver)
    assert await contenders(parts) == 1

    won = await drive(with_a_chicane(circuit()))
    assert (won.status, won.version, won.track) == ("accepted", 2, old.track)  # the name goes on counting
    assert won.layout_id != old.layout_id
    assert old.layout_id is not None
    assert await names(parts) == {"f1/testring": won.layout_id, f"f1/{given_name(old.layout_id)}": old.layout_id}
    made = await map_of(parts, "f1", "testring")
    assert (made.status, made.quality.users, made.links[0].layout_id) == ("confirmed", 2, old.layout_id)
    assert await contenders(parts) == 0


async def test_a_confirmed_layout_keeps_its_name_until_three_agree_and_a_pinned_one_for_ever(
    parts: Parts, drive: Drive
):
    await drive(circuit())
    known = await drive(circuit())
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE layouts SET pinned = true")
    for _ in range(3):
        assert (await drive(OTHER_ROAD)).status == "rejected"
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE layouts SET pinned = false")
        await tx.run("UPDATE uploads SET layout_id = $1", known.layout_id)  # as if they had driven it since
    assert [(await drive(OTHER_ROAD)).status for _ in range(3)] == ["rejected", "rejected", "accepted"]


async def test_a_line_learns_from_laps_and_follows_where_cars_drive(
    parts: Parts, drive: Drive, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.tracks.domain.lesson.MOST_LAPS", 3)
    for _ in range(2):
        await drive(beside(circuit(), 2.5))
    drivers = [uuid4() for _ in range(3)]
    for _ in range(4):
        for driver in drivers:
            await drive(beside(circuit(), -4.0), driver=driver)
    newest = await map_of(parts, "f1", "testring")
    assert newest.version >= 3
    assert (newest.quality.users, newest.quality.laps <= 11) == (5, True)
    first = await map_of(parts, "f1", "testring", 1)
    assert np.hypot(newest.line.x[0] - first.line.x[0], newest.line.y[0] - first.line.y[0]) > 2
    async with parts.database.transaction() as tx:
        laps = await tx.rows("SELECT laps FROM supporters ORDER BY laps")
        assert [row["laps"] for row in laps] == [1, 1, 3, 3, 3]  # the fourth lap of each said nothing new
        assert await tx.value("SELECT laps FROM lines") == 11


async def test_what_the_game_and_other_cars_tell_is_in_the_map(parts: Parts, drive: Drive):
    passages = tuple(tuple(map(tuple, beside(circuit(), metres).tolist())) for metres in (-6.0, -5.0, 5.0, 6.0))
    for _ in range(2):
        await drive(circuit(), sector_starts_m=(0.0, 1000.0, 2000.0), pit=PitPassage(2500.0, 200.0),
                    other_cars=passages)  # fmt: skip
    made = await map_of(parts, "f1", "testring")
    assert [round(station.s / 10) for station in made.sectors] == [0, 100, 200]
    assert made.pit is not None
    assert made.pit.entry_s == pytest.approx(2500, abs=5)
    assert made.corners
    async with parts.database.transaction() as tx:
        assert [row["laps"] for row in await tx.rows("SELECT laps FROM supporters")] == [1, 1]  # others are nobody


async def test_judging_again_gives_the_same_document(parts: Parts):
    event = await parts.receive(upload_of(circuit(), handedness="right"), uuid4())
    first, second = await parts.judging.work(event), await parts.judging.work(event)
    assert first is not None
    assert second is not None
    assert first.brought.documents
    assert first.brought.documents == second.brought.documents


async def test_two_workers_who_meet_one_new_road_in_two_games_make_one_layout(settings: TracksSettings, parts: Parts):
    laps = [upload_of(circuit(), handedness="right"), upload_of(seen_by_another_game(circuit()), game="gt7")]
    events = [await parts.receive(lap, uuid4()) for lap in laps]
    async with Parts.open(settings) as replica:
        verdicts = await asyncio.gather(parts.judge(events[0]), replica.judge(events[1]))
    assert sorted(one.status for one in verdicts) == ["accepted", "duplicate"]
    assert len({one.layout_id for one in verdicts}) == 1
    assert set(await names(parts)) == {"f1/testring", "gt7/testring"}
    async with parts.database.transaction() as tx:
        assert await tx.value("SELECT count(DISTINCT supporter) FROM supporters") == 2
        assert await tx.value("SELECT count(*) FROM layouts") == 1


async def test_what_two_workers_learn_of_one_line_at_the_same_moment_is_both_kept(parts: Parts, drive: Drive):
    await drive(circuit())
    events = [await parts.receive(upload_of(circuit(), handedness="right"), uuid4()) for _ in range(2)]
    heard = [await parts.judging.work(event) for event in events]  # each knows only the first lap
    for event, one in zip(events, heard, strict=True):
        async with parts.database.transaction() as tx:
            await parts.judging.then(event, tx, one)
    newest = await map_of(parts, "f1", "testring")
    assert (newest.version, newest.status) == (2, "confirmed")
    async with parts.database.transaction() as tx:
        evidence = Evidence.unpacked(await tx.value("SELECT evidence FROM lines"))
        assert (evidence.laps, await tx.value("SELECT laps FROM lines")) == (3, 3)
        assert await tx.value("SELECT count(*) FROM supporters") == 3


async def test_a_name_that_was_given_is_one_layouts_for_ever(parts: Parts, drive: Drive):
    nameless = await drive(circuit(), None)
    assert nameless.track
    for _ in range(3):
        other = await drive(OTHER_ROAD, nameless.track.track_id)
        assert other.layout_id != nameless.layout_id
    assert nameless.layout_id
    assert other.layout_id
    given = {f"f1/{given_name(layout_id)}": layout_id for layout_id in (nameless.layout_id, other.layout_id)}
    assert await names(parts) == given


async def test_a_map_that_begins_again_has_a_name_that_its_layout_has_in_that_game(parts: Parts, drive: Drive):
    await drive(circuit())
    await drive(circuit(), "circuit_7", game="gt7")
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE track_maps SET withdrawn_at = now() WHERE game = 'gt7'")
    again = await drive(circuit(), None, game="gt7")
    assert again.track == LayoutReference("gt7", "circuit_7")
    made = await map_of(parts, "gt7", "circuit_7")
    assert (made.track_id, made.version) == ("circuit_7", again.version)


async def test_a_lap_is_compared_with_few_lines_of_a_layout_and_with_its_own_games(
    parts: Parts, drive: Drive, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.tracks.store.lines._LINES_ASKED", 2)
    driver = uuid4()
    for game in ("f1", "f1", "gt7", "ac"):
        known = await drive(circuit(), None, driver, game=game)
    assert known.layout_id
    for game, asked in {"ac": {"ac", "f1"}, "f1": {"f1", "ac"}, "lmu": {"f1", "ac"}}.items():
        async with parts.database.transaction() as tx:
            found = await LineStore(tx).comparable([known.layout_id], game)
        assert {line.game for line in found} == asked


async def test_one_driver_brings_so_many_layouts_that_nobody_else_drives(drive: Drive, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.tracks.store.layouts.MAX_UNCONFIRMED", 1)
    driver = uuid4()
    assert (await drive(circuit(), driver=driver)).status == "accepted"
    refused = await drive(OTHER_ROAD, "monza", driver)
    assert [reason.code for reason in refused.reasons] == ["too_many_unconfirmed_layouts"]
    await drive(circuit())  # somebody else drives the first one
    assert (await drive(OTHER_ROAD, "monza", driver)).status == "accepted"
    for track_id, game in (("testring-by-night", "f1"), ("testring", "gt7"), (None, "gt7")):  # nor names or games
        assert (await drive(circuit(), track_id, driver, game=game)).status == "rejected"
    assert (await drive(circuit(), driver=driver)).status == "duplicate"


async def test_what_was_withdrawn_is_unknown_and_a_later_lap_begins_anew(parts: Parts, drive: Drive):
    old = await drive(circuit())
    async with parts.database.transaction() as tx:
        await tx.run("UPDATE track_maps SET withdrawn_at = now()")
        await tx.run("UPDATE layouts SET state = 'withdrawn'")
    for version in (None, 1):
        with pytest.raises(TrackUnknown):
            await parts.library.find("f1", "testring", version)
    assert await names(parts) == {}
    anew = await drive(circuit())
    assert (anew.status, anew.version) == ("accepted", 2)
    assert anew.layout_id != old.layout_id
    assert (await map_of(parts, "f1", "testring")).version == 2


async def test_a_lap_is_judged_also_where_storage_has_lost_the_map_of_its_road(parts: Parts, drive: Drive):
    known = await drive(circuit())
    path = (await parts.library.find("f1", "testring", None)).storage_path
    stored = await parts.objects.get(path)
    await parts.objects.delete(path)
    lost = await drive(circuit())
    assert [reason.code for reason in lost.reasons] == ["differs_from_published"]  # as far as anybody can tell
    assert (await names(parts))["f1/testring"] == known.layout_id
    await parts.objects.put(path, stored)
    assert (await drive(circuit())).status == "duplicate"
