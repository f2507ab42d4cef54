"""What moderators do to layouts is seen by everybody at once, undoes nothing that others do, and is kept for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import numpy as np
import pytest
from laps import circuit, upload_of
from tracks_service import Parts, Tracks

from contracts.auth import UserDeleted
from contracts.layouts import EditedCorner, LayoutHistory
from contracts.problem import InvalidRequest, Unauthenticated
from contracts.tracks import TrackMap, TrackPublished, TrackWithdrawn, UploadStatus
from services.tracks.domain import document
from services.tracks.domain.moderation import LayoutGone, LayoutUnknown, LineUnknown, NothingToSplit, NotMergeable
from services.tracks.domain.uploads import TrackUnknown
from services.tracks.moderation import Moderation
from services.tracks.rearranging import Rearranging

Drive = Callable[..., Awaitable[UploadStatus]]
WHY = "Seen with my own eyes."
OTHER_ROAD = circuit(wobble=150)


@dataclass
class Desk:
    """A moderator at work; `told` is what everybody was told since it was last asked for."""

    parts: Parts
    moderation: Moderation
    rearranging: Rearranging
    me: UUID
    _heard: int = 0

    async def map_of(self, name: str, version: int | None = None) -> TrackMap:
        found = await self.parts.library.find(*name.split("/"), version)
        return document.read(await self.parts.objects.get(found.storage_path))

    async def told(self) -> list[str]:
        published = await self.parts.recorded(TrackPublished)
        withdrawn = await self.parts.recorded(TrackWithdrawn)
        events = sorted((*published, *withdrawn), key=lambda event: event.id)
        news, self._heard = events[self._heard :], len(events)
        return sorted(
            f"{event.game}/{event.track_id} {event.version if isinstance(event, TrackPublished) else 'gone'}"
            for event in news
        )


@pytest.fixture
def desk(parts: Parts) -> Desk:
    moderation, rearranging = Moderation(parts.database, parts.objects), Rearranging(parts.database, parts.objects)
    return Desk(parts, moderation, rearranging, uuid4())


@pytest.fixture
def drive(parts: Parts) -> Drive:
    async def one_lap(xy: np.ndarray, track_id: str = "ring", driver: UUID | None = None, **said: object):
        upload = upload_of(xy, **{"track_id": track_id, "handedness": "right", **said})
        return await parts.judge(await parts.receive(upload, driver or uuid4()))

    return one_lap


async def layout_of(lap: Awaitable[UploadStatus]) -> UUID:
    layout_id = (await lap).layout_id
    assert layout_id
    return layout_id


def acts_in(history: LayoutHistory) -> list[tuple[str, str]]:
    return [(act.act, act.reason) for act in history.acts]


async def test_a_confirmed_layout_needs_no_second_driver_and_its_names_stay(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit()))
    await desk.told()
    history = await desk.moderation.confirm(layout, WHY, desk.me)
    assert (history.layout.state, history.layout.is_pinned, history.layout.drivers) == ("confirmed", True, 1)
    assert acts_in(history) == [("confirm", WHY)]
    assert history.acts[0].by == desk.me
    assert await desk.told() == ["f1/ring 2"]
    assert (await desk.map_of("f1/ring")).status == "confirmed"
    assert (await desk.map_of("f1/ring", 1)).status == "provisional"

    for _ in range(4):  # whatever the laps of others say
        assert (await drive(OTHER_ROAD)).status == "rejected"
    await desk.moderation.confirm(layout, "Once more.", desk.me)
    assert (await desk.map_of("f1/ring")).version == 2


async def test_a_contender_that_is_confirmed_is_given_its_name_and_the_old_map_can_still_be_had(
    desk: Desk, drive: Drive
):
    old = await layout_of(drive(circuit()))
    assert (await drive(OTHER_ROAD)).status == "rejected"
    (contender,) = (await desk.moderation.layouts("contender", None, None, None, 10)).layouts
    assert contender.contends_for is not None
    assert (contender.contends_for.track_id, contender.lines[0].version) == ("ring", None)
    await desk.told()
    await desk.moderation.confirm(contender.layout_id, WHY, desk.me)
    given = f"layout-{old.hex[:12]}"
    assert await desk.told() == [f"f1/{given} 1", "f1/ring 2"]
    assert (await desk.map_of("f1/ring")).layout_id == contender.layout_id
    assert (await desk.map_of(f"f1/{given}")).layout_id == old
    assert (await drive(OTHER_ROAD)).status == "duplicate"
    assert (await drive(circuit(), track_id=given)).layout_id == old


async def test_a_new_name_is_told_in_a_new_version_of_every_line(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit(), driver=desk.me))
    await drive(circuit(), "circuit_7", driver=desk.me, game="gt7")
    await drive(circuit(), "circuit_7_b", driver=desk.me, game="gt7")
    await desk.told()
    await desk.moderation.rename(layout, "Harbour Ring", None, WHY, desk.me)
    assert await desk.told() == ["f1/ring 2", "gt7/circuit_7 2", "gt7/circuit_7_b 2"]
    history = await desk.moderation.rename(layout, None, "Short", WHY, desk.me)
    made = await desk.map_of("gt7/circuit_7_b")
    assert (made.track_name, made.layout_name, made.version) == ("Harbour Ring", "Short", 3)
    assert (history.layout.venue, history.layout.layout_name) == ("Harbour Ring", "Short")
    assert [dict(act.detail) for act in history.acts] == [{"layout_name": "Short"}, {"venue": "Harbour Ring"}]
    for venue in ("", "\x07bell", "\u202eevil"):
        with pytest.raises(InvalidRequest):
            await desk.moderation.rename(layout, venue, None, WHY, desk.me)


async def test_corners_that_a_moderator_numbered_are_not_renumbered_by_laps(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit()))
    corners = [EditedCorner(1, 300.0, "L", "Lighthouse"), EditedCorner(4, 900.0, "R")]
    await desk.moderation.corners(layout, "f1", corners, WHY, desk.me)
    history = await desk.moderation.confirm(layout, WHY, desk.me)
    made = await desk.map_of("f1/ring")
    assert [(corner.n, corner.name) for corner in made.corners] == [(1, "Lighthouse"), (4, None)]
    assert history.layout.lines[0].has_edited_corners
    with pytest.raises(LineUnknown):
        await desk.moderation.corners(layout, "gt7", corners, WHY, desk.me)


async def test_a_withdrawn_version_gives_way_to_the_one_before_it_and_numbers_never_go_down(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit()))
    await desk.moderation.rename(layout, "A rude word", None, WHY, desk.me)
    await desk.told()
    await desk.moderation.withdraw(layout, "f1", 2, WHY, desk.me)
    assert await desk.told() == ["f1/ring 3"]
    assert (await desk.map_of("f1/ring")).track_name is None
    with pytest.raises(TrackUnknown):
        await desk.map_of("f1/ring", 2)
    await desk.moderation.withdraw(layout, "f1", 1, WHY, desk.me)
    assert await desk.told() == [], "nobody is given another map by that"
    with pytest.raises(LineUnknown):
        await desk.moderation.withdraw(layout, "f1", 1, WHY, desk.me)
    with pytest.raises(InvalidRequest):
        await desk.moderation.withdraw(layout, None, 3, WHY, desk.me)


async def test_after_the_last_map_is_withdrawn_the_road_can_be_learned_anew(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit(), driver=desk.me))
    await drive(circuit(), "circuit_7", driver=desk.me, game="gt7")
    await desk.told()
    history = await desk.moderation.withdraw(layout, "gt7", None, WHY, desk.me)
    assert (await desk.told(), history.layout.state) == (["gt7/circuit_7 gone"], "provisional")
    history = await desk.moderation.withdraw(layout, None, None, WHY, desk.me)
    assert history.layout.state == "withdrawn"
    assert await desk.told() == ["f1/ring gone", "gt7/circuit_7 gone"]
    for name in ("f1/ring", "gt7/circuit_7"):
        with pytest.raises(TrackUnknown):
            await desk.map_of(name)
    assert (await desk.parts.library.tracks(None, None, None, 10)).tracks == ()
    with pytest.raises(LayoutGone):
        await desk.moderation.confirm(layout, WHY, desk.me)

    again = await drive(circuit())
    assert (again.status, again.version) == ("accepted", 2), "and versions of a name go on counting"
    assert again.layout_id != layout


async def test_a_merged_layout_s_names_are_those_of_the_other_and_its_drivers_count(desk: Desk, drive: Drive):
    survivor = await layout_of(drive(circuit(), driver=desk.me))
    merged = await layout_of(drive(OTHER_ROAD, "harbour"))
    await drive(OTHER_ROAD, "circuit_7", game="gt7", driver=desk.me)
    await desk.told()
    history = await desk.rearranging.merge(merged, survivor, WHY, desk.me)
    assert {line.game: line.names for line in history.layout.lines} == {
        "f1": ("ring", "harbour"),
        "gt7": ("circuit_7",),
    }
    assert (history.layout.state, history.layout.drivers) == ("confirmed", 2)
    versions = {name: (await desk.map_of(name)).version for name in ("f1/ring", "f1/harbour", "gt7/circuit_7")}
    assert await desk.told() == sorted(f"{name} {version}" for name, version in versions.items())
    assert {(await desk.map_of(name)).layout_id for name in versions} == {survivor}
    gone = await desk.moderation.layout(merged)
    assert (gone.layout.state, gone.layout.merged_into, gone.layout.lines) == ("merged", survivor, ())
    assert gone.acts[0].detail == {"into": str(survivor)}
    assert (await drive(circuit(), "harbour")).duplicate_of is not None


async def test_a_game_whose_maps_were_withdrawn_has_the_merged_layouts_map(desk: Desk, drive: Drive):
    survivor = await layout_of(drive(circuit(), driver=desk.me))
    await drive(circuit(), "circuit_7", game="gt7", driver=desk.me)
    await desk.moderation.withdraw(survivor, "gt7", None, WHY, desk.me)
    merged = await layout_of(drive(OTHER_ROAD, "circuit_9", game="gt7"))
    had = await desk.map_of("gt7/circuit_9")
    await desk.told()
    history = await desk.rearranging.merge(merged, survivor, WHY, desk.me)
    assert await desk.told() == ["f1/ring 2", "gt7/circuit_7 2", "gt7/circuit_9 2"]
    for name in ("gt7/circuit_7", "gt7/circuit_9"):
        made = await desk.map_of(name)
        assert (made.line, made.layout_id) == (had.line, survivor)
    assert history.layout.drivers == 2


async def test_what_cannot_be_merged_is_refused_and_nothing_is_done(desk: Desk, drive: Drive):
    one = await layout_of(drive(circuit()))
    await drive(OTHER_ROAD)
    (contender,) = (await desk.moderation.layouts("contender", None, None, None, 10)).layouts
    await desk.told()
    refusals = {uuid4(): LayoutUnknown, one: NotMergeable, contender.layout_id: NotMergeable}
    for into, refusal in refusals.items():
        with pytest.raises(refusal):
            await desk.rearranging.merge(one, into, WHY, desk.me)
    with pytest.raises(LayoutUnknown):
        await desk.rearranging.merge(uuid4(), one, WHY, desk.me)
    assert (await desk.told(), (await desk.moderation.acts(None, 10)).acts) == ([], ())

    history = await desk.rearranging.merge(contender.layout_id, one, WHY, desk.me)
    assert (history.layout.drivers, (await desk.map_of("f1/ring")).layout_id) == (2, one)


async def test_a_contender_that_is_another_road_has_a_name_there_that_leads_to_its_map(desk: Desk, drive: Drive):
    await drive(circuit())
    await drive(OTHER_ROAD)
    elsewhere = await layout_of(drive(circuit(wobble=20), "circuit_7", game="gt7"))
    (contender,) = (await desk.moderation.layouts("contender", None, None, None, 10)).layouts
    history = await desk.rearranging.merge(contender.layout_id, elsewhere, WHY, desk.me)
    (name,) = next(line.names for line in history.layout.lines if line.game == "f1")
    made = await desk.map_of(f"f1/{name}")
    assert (made.track_id, made.version, made.layout_id) == (name, 1, elsewhere)
    assert history.layout.lines[0].track_id == name


async def test_a_name_that_was_split_off_is_a_road_of_its_own(desk: Desk, drive: Drive):
    whole = await layout_of(drive(circuit(), driver=desk.me))
    await drive(circuit(), "ring_by_night", driver=desk.me)
    await desk.told()
    history = await desk.rearranging.split(whole, "f1", "ring_by_night", 1, WHY, desk.me)
    own = history.layout.layout_id
    assert (history.layout.state, history.layout.is_pinned, own != whole) == ("confirmed", True, True)
    assert await desk.told() == ["f1/ring_by_night 1"]
    split, stayed = await desk.map_of("f1/ring_by_night"), await desk.map_of("f1/ring")
    assert (split.layout_id, stayed.layout_id) == (own, whole)
    assert split.line == stayed.line
    assert (await drive(circuit(), "ring_by_night")).layout_id == own, "the name decides between roads of one shape"
    assert (await drive(circuit())).layout_id == whole
    for game, name in (("f1", "ring"), ("f1", "ring_by_night"), ("gt7", "ring")):
        with pytest.raises(NothingToSplit):
            await desk.rearranging.split(whole, game, name, None, WHY, desk.me)


async def test_the_line_of_a_game_goes_along_with_its_only_name(desk: Desk, drive: Drive):
    whole = await layout_of(drive(circuit(), driver=desk.me))
    await drive(circuit(), "circuit_7", game="gt7", driver=desk.me)
    history = await desk.rearranging.split(whole, "gt7", "circuit_7", None, WHY, desk.me)
    (line,) = history.layout.lines
    assert (line.game, line.names, line.laps, line.drivers, line.version) == ("gt7", ("circuit_7",), 1, 1, 2)
    assert [line.game for line in (await desk.moderation.layout(whole)).layout.lines] == ["f1"]

    back = await desk.rearranging.merge(history.layout.layout_id, whole, "It was one after all.", desk.me)
    assert [line.game for line in back.layout.lines] == ["f1", "gt7"]
    assert (await desk.map_of("gt7/circuit_7")).layout_id == whole


async def test_a_merged_name_can_be_split_off_again_with_the_map_that_it_had(desk: Desk, drive: Drive):
    survivor = await layout_of(drive(circuit()))
    merged = await layout_of(drive(OTHER_ROAD, "harbour"))
    had = await desk.map_of("f1/harbour")
    await desk.rearranging.merge(merged, survivor, WHY, desk.me)
    assert (await desk.map_of("f1/harbour")).line != had.line
    await desk.rearranging.split(survivor, "f1", "harbour", None, "Not the same road.", desk.me)
    again = await desk.map_of("f1/harbour")
    assert (again.line, again.version) == (had.line, 2)
    assert (await drive(OTHER_ROAD, "harbour")).status == "duplicate"


async def test_moderators_and_laps_decide_one_after_the_other(desk: Desk, drive: Drive):
    survivor = await layout_of(drive(circuit()))
    merged = await layout_of(drive(OTHER_ROAD, "harbour"))
    laps = [drive(OTHER_ROAD, "harbour"), drive(circuit()), drive(OTHER_ROAD, "quay"), drive(circuit(), "harbour")]
    acts = [
        desk.rearranging.merge(merged, survivor, WHY, desk.me),
        desk.moderation.rename(survivor, "Harbour", None, WHY, desk.me),
        desk.moderation.confirm(survivor, WHY, desk.me),
    ]
    await asyncio.gather(*laps, *acts)
    listed = (await desk.parts.library.tracks(None, None, None, 10)).tracks
    for track in listed:
        made = await desk.map_of(f"{track.game}/{track.track_id}")
        assert (made.layout_id, made.version) == (track.layout_id, track.version)
    assert {"ring", "harbour"} <= {track.track_id for track in listed}
    history = await desk.moderation.layout(survivor)
    assert sorted(act.act for act in history.acts) == ["confirm", "merge", "rename"]
    assert (await desk.map_of("f1/ring")).track_name == "Harbour"


async def test_what_was_done_is_only_ever_added_to_and_by_whom_is_forgotten_with_the_person(desk: Desk, drive: Drive):
    layout = await layout_of(drive(circuit()))
    await desk.moderation.confirm(layout, WHY, desk.me)
    for statement in ("UPDATE acts SET reason = 'x'", "DELETE FROM acts", "TRUNCATE acts"):
        with pytest.raises(asyncpg.RaiseError, match="only ever added to"):
            async with desk.parts.database.transaction() as tx:
                await tx.run(statement)
    erased = UserDeleted(user_id=desk.me)
    async with desk.parts.database.transaction() as tx:
        await desk.parts.forgetting.then(erased, tx, await desk.parts.forgetting.work(erased))
    (act,) = (await desk.moderation.acts(None, 10)).acts
    assert (act.by, act.reason) == (None, WHY)
    with pytest.raises(Unauthenticated):
        await desk.moderation.confirm(layout, WHY, desk.me)


async def test_layouts_are_found_by_what_they_are_called_and_read_page_by_page(desk: Desk, drive: Drive):
    ring = await layout_of(drive(circuit(), track_name="Ring 100% of it"))
    harbour = await layout_of(drive(OTHER_ROAD, "harbour"))
    await drive(OTHER_ROAD, "circuit_7", game="gt7")
    await desk.moderation.rename(harbour, "Port Royal", None, WHY, desk.me)

    async def found(state=None, game=None, text=None) -> list[UUID]:
        return [one.layout_id for one in (await desk.moderation.layouts(state, game, text, None, 10)).layouts]

    assert await found() == [harbour, ring]
    assert await found("provisional") == [ring]
    assert await found("confirmed", game="gt7") == [harbour]
    assert await found(text="port roy") == await found(text="HARB") == await found(text="circuit_7") == [harbour]
    assert await found(text="0% of") == [ring]
    assert await found(text="%") == [ring], "no letter of what is looked for means something else"
    first = await desk.moderation.layouts(None, None, None, None, 1)
    assert [one.layout_id for one in first.layouts] == [harbour]
    second = await desk.moderation.layouts(None, None, None, first.next, 1)
    assert [one.layout_id for one in second.layouts] == [ring]
    assert (await desk.moderation.layouts(None, None, None, second.next, 1)).layouts == ()


async def test_only_moderators_moderate_and_they_say_why(tracks: Tracks):
    layout = (await tracks.send()).upload.layout_id
    path = f"/tracks/layouts/{layout}"
    as_moderator = tracks.issuer.bearer(uuid4(), role="moderator")

    async def confirm(headers: dict[str, str], body: dict[str, object], at: str = path) -> tuple[int, str]:
        answer = await tracks.ask("POST", f"{at}/confirm", json=body, headers=headers)
        return answer.status, answer.body.get("code", "")

    assert await confirm({}, {"reason": WHY}) == (403, "forbidden")
    machine = tracks.issuer.bearer(uuid4(), role="moderator", scope="tracks:write")
    assert await confirm(machine, {"reason": WHY}) == (403, "scope_missing")
    for body in ({}, {"reason": "x"}, {"reason": "a\nb c"}, {"reason": WHY, "pinned": True}):
        assert (await confirm(as_moderator, body))[0] == 422, body
    assert await confirm(as_moderator, {"reason": WHY}, f"/tracks/layouts/{uuid4()}") == (404, "layout_unknown")
    assert await confirm(as_moderator, {"reason": WHY}) == (200, "")
    for query, field in {
        "in_state=gone": "query.in_state",
        "limit=101": "query.limit",
        "after=x": "query.after",
        "text=%00": "query.text",
    }.items():
        wrong = await tracks.ask("GET", f"/tracks/layouts?{query}", headers=as_moderator)
        assert (wrong.status, wrong.body["errors"][0]["field"]) == (422, field)
    seen = await tracks.ask("GET", path, headers=as_moderator)
    assert seen.body["layout"]["state"] == "confirmed"
    trail = await tracks.ask("GET", "/tracks/acts", headers=as_moderator)
    assert [act["reason"] for act in trail.body["acts"]] == [WHY]
