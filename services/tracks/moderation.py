"""What moderators do to layouts, each act in one transaction, with a reason that is kept: look, confirm, rename,
withdraw, number the corners. Which road is which is decided in rearranging.py."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from chassis.database import Database
from contracts.layouts import ActList, EditedCorner, LayoutHistory, LayoutList, LayoutState
from services.tracks.acting import Act, acting, history
from services.tracks.domain import moderation as rules
from services.tracks.objects import Objects
from services.tracks.store.acts import ActStore
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.lines import LineStore
from services.tracks.store.maps import MapStore
from services.tracks.store.roster import Roster


class Moderation:
    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    async def layouts(
        self, state: LayoutState | None, game: str | None, text: str | None, after: UUID | None, limit: int
    ) -> LayoutList:
        async with self._database.transaction() as tx:
            found = await Roster(tx).page(state, game, text, after, limit)
        return LayoutList(found, found[-1].layout_id if len(found) == limit else None)

    async def acts(self, before: UUID | None, limit: int) -> ActList:
        async with self._database.transaction() as tx:
            found = await ActStore(tx).trail(before, limit)
        return ActList(found, found[-1].id if len(found) == limit else None)

    async def layout(self, layout_id: UUID) -> LayoutHistory:
        """
        Raises:
            LayoutUnknown
        """
        async with self._database.transaction() as tx:
            return await history(tx, layout_id)

    async def confirm(self, layout_id: UUID, reason: str, by: UUID) -> LayoutHistory:
        """Say that there is such a road: from now on laps alone take no name from it.

        Raises:
            LayoutUnknown, LayoutGone
        """
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            rules.check_lives(act.state)
            await act.moves.become(layout_id, "confirmed", pinned=True)
            if act.state == "contender":
                await _give_its_name(act, layout_id)
            elif act.state == "provisional":
                await act.maps.all_of(layout_id)
            await act.note(layout_id, "confirm", {"was": act.state})
            return await history(act.tx, layout_id)

    async def rename(
        self, layout_id: UUID, venue: str | None, layout_name: str | None, reason: str, by: UUID
    ) -> LayoutHistory:
        """Call it by other words; what is None stays.

        Raises:
            LayoutUnknown, LayoutGone
            InvalidRequest: these are no words.
        """
        rules.check_titles(venue=venue, layout_name=layout_name)
        titles = {"track_name": venue, "layout_name": layout_name}
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            rules.check_lives(act.state)
            await act.moves.title(layout_id, venue, layout_name)
            await act.maps.all_of(layout_id, **{field: title for field, title in titles.items() if title})
            told = {"venue": venue, "layout_name": layout_name}
            await act.note(layout_id, "rename", {field: title for field, title in told.items() if title})
            return await history(act.tx, layout_id)

    async def withdraw(
        self, layout_id: UUID, game: str | None, version: int | None, reason: str, by: UUID
    ) -> LayoutHistory:
        """Let a version, all of a game's, or everything be had no longer. What was before a withdrawn version is
        published again, as a new one: versions never go down.

        Raises:
            LayoutUnknown, LayoutGone
            LineUnknown: there is nothing of that to be had.
            InvalidRequest: a version without its game.
        """
        rules.check_withdrawal(game, version)
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            rules.check_lives(act.state)
            newest = await MapStore(act.tx).newest_of(layout_id, game) if game else None
            gone = await act.moves.withdraw(layout_id, game, version, act.at)
            if not gone and (game or act.state != "contender"):
                raise rules.LineUnknown
            if not await act.moves.has_maps(layout_id):
                await act.moves.become(layout_id, "withdrawn", pinned=False)
                act.maps.end(layout_id, await act.moves.names_of(layout_id))
            elif game and newest and version in (None, newest.version):
                await _go_on(act, layout_id, game)
            detail = {"game": game, "version": None if version is None else str(version)}
            await act.note(layout_id, "withdraw", {field: said for field, said in detail.items() if said})
            return await history(act.tx, layout_id)

    async def corners(
        self, layout_id: UUID, game: str, corners: Sequence[EditedCorner], reason: str, by: UUID
    ) -> LayoutHistory:
        """Number and name the corners of a game's map: what laps propose does not replace them any more.

        Raises:
            LayoutUnknown, LayoutGone
            LineUnknown: that game has no map of it.
            InvalidRequest: no lap has such corners.
        """
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            rules.check_published(act.state)
            newest = await MapStore(act.tx).newest_of(layout_id, game)
            if newest is None:
                raise rules.LineUnknown
            known = await act.maps.read(newest.storage_path)
            edited = rules.checked(corners, known.length_m)
            await act.moves.edit_corners(layout_id, game, msgspec.json.encode(edited).decode())
            await act.maps.publish(layout_id, game, newest.storage_path, corners=edited)
            await act.note(layout_id, "corners", {"game": game, "corners": str(len(edited))})
            return await history(act.tx, layout_id)


async def _give_its_name(act: Act, layout_id: UUID) -> None:
    """Publish a contender under the name that it contends for, and let whoever had it go on without."""
    lines = LineStore(act.tx)
    for game in await lines.games_of(layout_id):
        track_id, reference = await lines.name_of(layout_id, game), await act.moves.reference_of(layout_id, game)
        assert track_id
        assert reference
        holder = await act.moves.holder_of(game, track_id)
        await LayoutStore(act.tx).link(game, track_id, layout_id, act.at)
        await act.maps.publish(layout_id, game, reference)
        if holder and holder != layout_id:
            await act.maps.go_on_without(holder, game, track_id)


async def _go_on(act: Act, layout_id: UUID, game: str) -> None:
    """The newest version of a line is gone: let what was before it be the newest, if there was anything."""
    if await MapStore(act.tx).newest_of(layout_id, game):
        await act.maps.again(layout_id, game)
    else:
        names = await LayoutStore(act.tx).names_in(layout_id, game)
        act.maps.end(layout_id, [(game, name) for name in names])
