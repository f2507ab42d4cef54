"""What moderators decide about which road is which: two layouts that are one, and a name that means another road."""

from __future__ import annotations

import asyncio
from uuid import UUID

from chassis.database import Database
from contracts.event import new_id
from contracts.layouts import LayoutHistory
from services.tracks.acting import Act, acting, history
from services.tracks.domain import document
from services.tracks.domain import moderation as rules
from services.tracks.domain.descriptor import describe
from services.tracks.objects import Objects
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.lines import LineStore
from services.tracks.store.maps import MapStore
from services.tracks.store.supporters import SupporterStore


class Rearranging:
    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    async def merge(self, layout_id: UUID, into: UUID, reason: str, by: UUID) -> LayoutHistory:
        """Let `into` have all that this layout has. Of a game that both have a map of, the survivor's stays: offsets
        are counted from its reference, and what was seen from another one cannot be added to them.

        Raises:
            LayoutUnknown, LayoutGone, NotMergeable
        """
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            survivor = await act.moves.state_of(into)
            if survivor is None:
                raise rules.LayoutUnknown("There is no layout to merge it into.")
            rules.check_mergeable(act.state, survivor, is_itself=into == layout_id)
            moved_names = await act.moves.names_of(layout_id)
            moved_lines = await _move_lines(act, layout_id, into)
            await act.moves.merge(layout_id, into, act.at)
            becomes_confirmed = survivor != "confirmed" and await act.moves.drivers_of(into) >= 2
            if becomes_confirmed:
                await LayoutStore(act.tx).become(into, "confirmed")
            for game in await LineStore(act.tx).games_of(into):
                if game in moved_lines:
                    await act.maps.publish(into, game, moved_lines[game])
                elif becomes_confirmed:
                    await act.maps.again(into, game)
                else:
                    await act.maps.tell(into, [name for name in moved_names if name[0] == game])
            await act.note(layout_id, "merge", {"into": str(into)})
            await act.note(into, "merge", {"from": str(layout_id)})
            return await history(act.tx, into)

    async def split(
        self, layout_id: UUID, game: str, track_id: str, version: int | None, reason: str, by: UUID
    ) -> LayoutHistory:
        """Let a name be that of a road of its own, confirmed and pinned. The line goes along if nothing else that the
        game calls so is left; else the new one begins with the map of that version.

        Raises:
            LayoutUnknown, LayoutGone
            NothingToSplit: it is not the layout's name, or its only one.
            LineUnknown: there never was that version.
        """
        async with acting(self._database, self._objects, layout_id, reason, by) as act:
            rules.check_published(act.state)
            names = await act.moves.names_of(layout_id)
            if (game, track_id) not in names or len(names) == 1:
                raise rules.NothingToSplit
            written = await act.moves.written(layout_id, game, track_id, version)
            if written is None:
                raise rules.LineUnknown
            layouts, own = LayoutStore(act.tx), new_id()
            await layouts.begin(own, "confirmed", (), act.at)
            await act.moves.become(own, "confirmed", pinned=True)
            await layouts.link(game, track_id, own, act.at)
            await act.moves.laps_follow(game, track_id, layout_id, own)
            if await layouts.names_in(layout_id, game):
                await act.maps.go_on_without(layout_id, game, track_id)
                await _begin_line(act, own, game, track_id, written.storage_path, written.uploaded_by)
            else:
                await act.moves.line_goes(layout_id, game, own)
                await LineStore(act.tx).count_under(own, game, track_id)
                await act.maps.publish(own, game, written.storage_path)
            await act.note(layout_id, "split", {"name": f"{game}/{track_id}", "into": str(own)})
            await act.note(own, "split", {"name": f"{game}/{track_id}", "from": str(layout_id)})
            return await history(act.tx, own)


async def _move_lines(act: Act, layout_id: UUID, into: UUID) -> dict[str, str]:
    """Give the other layout the lines of games that it has no map of; the path of the map that each goes on from."""
    lines, maps, moved = LineStore(act.tx), MapStore(act.tx), dict[str, str]()
    has_already = await lines.games_of(into)
    for game in await lines.games_of(layout_id):
        newest = await maps.newest_of(layout_id, game)
        if game in has_already:
            if newest is None or await maps.newest_of(into, game):
                await act.moves.line_ends(layout_id, game, into)
                continue
            await act.moves.line_ends(into, game, layout_id)  # its maps were withdrawn: this one has something to give
        reference = await act.moves.reference_of(layout_id, game)
        await act.moves.line_goes(layout_id, game, into)
        path = newest.storage_path if newest else reference
        if path and (newest or act.state == "contender"):  # not what was withdrawn
            moved[game] = path
    return moved


async def _begin_line(act: Act, layout_id: UUID, game: str, track_id: str, path: str, driver: UUID | None) -> None:
    """Let a line begin with a map that another layout had, and publish it; its driver is the first who drove it."""
    track_map = await act.maps.read(path)
    descriptor = await asyncio.to_thread(lambda: describe(document.line_of(track_map)))
    await LineStore(act.tx).begin(layout_id, game, track_id, path, descriptor, act.at)
    if driver:
        await SupporterStore(act.tx).count(layout_id, game, driver, laps=0, facts=None, at=act.at)
    await act.maps.publish(layout_id, game, path)
