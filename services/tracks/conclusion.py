"""Writing down what a verdict changes: layouts, their names and lines, the maps there are, and who hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from contracts.tracks import LayoutReference, TrackUploaded
from services.tracks.domain.verdict import Verdict, given_name, reference_to
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.lines import LineStore
from services.tracks.store.maps import MapStore, PublishedMap
from services.tracks.store.supporters import SupporterStore
from services.tracks.store.uploads import Related, UploadStore
from services.tracks.surroundings import Memory, Surroundings
from services.tracks.teaching import Brought


class Conclusion:
    """One verdict on one lap, in the transaction in which everything about it is written."""

    def __init__(self, tx: Transaction, public_url: Callable[[str], str | None], uploaded: TrackUploaded) -> None:
        self._uploaded = uploaded
        self._layouts = LayoutStore(tx)
        self._lines = LineStore(tx)
        self._supporters = SupporterStore(tx)
        self._maps = MapStore(tx, public_url)
        self._uploads = UploadStore(tx)

    async def write(
        self,
        verdict: Verdict,
        around: Surroundings | None,
        memory: Memory | None,
        brought: Brought,
        now: datetime,
    ) -> None:
        newest: PublishedMap | None = None
        if verdict.layout_id and around and memory:
            await self._remember(verdict, verdict.layout_id, memory, brought)
            if verdict.status != "rejected":
                newest = await self._publish(verdict, verdict.layout_id, around, brought)
        track = await self._name(verdict) if newest else None
        related = Related(
            track=track,
            duplicate_of=_repeated(verdict, memory),
            variant_of=reference_to(verdict.variant_of),
            reverse_of=reference_to(verdict.reverse_of),
        )
        await self._uploads.record_verdict(self._uploaded, verdict, newest.version if newest else None, related, now)

    async def _remember(self, verdict: Verdict, layout_id: UUID, memory: Memory, brought: Brought) -> None:
        lesson, at, driver, game = brought.lesson, self._uploaded.at, self._uploaded.user_id, self._uploaded.game
        state = "contender" if verdict.status == "rejected" else "confirmed" if memory.is_confirmed else "provisional"
        if verdict.act == "learn":
            await self._layouts.become(layout_id, state)
        else:
            await self._layouts.begin(layout_id, state, verdict.links, at)
        if verdict.status == "rejected":
            await self._withdraw_contenders(layout_id)
        if brought.begun:
            begun = brought.begun
            await self._lines.begin(layout_id, game, begun.track_id, begun.path, begun.descriptor, at)
        if lesson.evidence is not None:
            await self._lines.learn(layout_id, game, lesson.evidence, lesson.laps, at)
        await self._supporters.count(layout_id, game, driver, laps=lesson.laps, facts=lesson.facts, at=at)
        if lesson.trial:
            await self._supporters.keep_trial(layout_id, game, lesson.trial)

    async def _withdraw_contenders(self, but: UUID) -> None:
        """What else this driver set against the layout that has the name is thrown away."""
        game, track_id, driver = self._uploaded.game, self._uploaded.track_id, self._uploaded.user_id
        assert track_id is not None
        for contender in await self._layouts.contenders_of(driver, game, track_id):
            if contender != but and await self._supporters.leave(contender, driver) == 0:
                await self._layouts.discard(contender)

    async def _publish(
        self, verdict: Verdict, layout_id: UUID, around: Surroundings, brought: Brought
    ) -> PublishedMap | None:
        """Let everybody have what is new: a version, or a map under another name."""
        game, track_id, at = self._uploaded.game, self._uploaded.track_id, self._uploaded.at
        holder = around.holder.layout_id if around.holder else None
        is_renamed = verdict.has_name and holder != layout_id and track_id is not None
        if is_renamed and track_id is not None:
            await self._layouts.link(game, track_id, layout_id, at)
        if not await self._layouts.names_in(layout_id, game):
            await self._layouts.link(game, given_name(layout_id), layout_id, at)
        for made in brought.documents:
            published = await self._maps.publish(made, self._uploaded)
            names = await self._layouts.names_in(layout_id, made.summary.game)
            self._maps.announce(published, made.summary.game, names, self._uploaded)
        newest = await self._maps.newest_of(layout_id, game)
        if is_renamed and track_id is not None and newest and not brought.lesson.document:
            self._maps.announce(newest, game, (track_id,), self._uploaded)
        if is_renamed and holder:
            await self._go_on_without(holder)
        return newest

    async def _go_on_without(self, layout_id: UUID) -> None:
        """A layout has lost the name: its map can still be had, under another one that it has or is given."""
        game, track_id = self._uploaded.game, self._uploaded.track_id
        names = await self._layouts.names_in(layout_id, game)
        if not names:
            names = (given_name(layout_id),)
            await self._layouts.link(game, names[0], layout_id, self._uploaded.at)
            newest = await self._maps.newest_of(layout_id, game)
            if newest:
                self._maps.announce(newest, game, names, self._uploaded)
        if await self._lines.name_of(layout_id, game) == track_id:
            await self._lines.count_under(layout_id, game, names[0])

    async def _name(self, verdict: Verdict) -> LayoutReference | None:
        game, track_id = self._uploaded.game, self._uploaded.track_id
        if verdict.has_name and track_id is not None:
            return LayoutReference(game, track_id)
        assert verdict.layout_id
        name = await self._lines.name_of(verdict.layout_id, game)
        return LayoutReference(game, name) if name else None


def _repeated(verdict: Verdict, memory: Memory | None) -> LayoutReference | None:
    """What the lap is a duplicate of, as its own game calls it where there was a map for that game."""
    if verdict.status != "duplicate":
        return None
    if memory and memory.line and memory.line.published_path:
        return LayoutReference(memory.line.game, memory.line.track_id)
    return reference_to(verdict.on)
