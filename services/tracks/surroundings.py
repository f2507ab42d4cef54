"""What is known around a lap, as far as its verdict depends on it: the same surroundings give the same verdict."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.database import Transaction
from contracts.tracks import LayoutLink, TrackUploaded
from services.tracks.domain.descriptor import Descriptor
from services.tracks.domain.line import Line
from services.tracks.domain.verdict import Holder, Verdict, line_name
from services.tracks.store.layouts import LayoutStore
from services.tracks.store.lines import Comparable, LineStore
from services.tracks.store.maps import MapStore
from services.tracks.store.shapes import ShapeStore
from services.tracks.store.supporters import SupporterStore


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`lines` are those of the layouts that have a shape like the lap's, and of the `holder` of its name."""

    lines: tuple[Comparable, ...]
    holder: Holder | None = None
    contenders: tuple[Comparable, ...] = ()
    votes: tuple[UUID, ...] = ()
    may_begin: bool = True

    @classmethod
    async def of(cls, tx: Transaction, uploaded: TrackUploaded, descriptor: Descriptor) -> Surroundings:
        layouts, lines = LayoutStore(tx), LineStore(tx)
        near = {found.layout_id for found in await ShapeStore(tx).near(descriptor)}
        may_begin = await layouts.may_begin(uploaded.user_id)
        game, name = uploaded.game, uploaded.track_id
        if name is None:
            return cls(await lines.comparable(near, game), may_begin=may_begin)
        holder = await layouts.holder(game, name)
        return cls(
            await lines.comparable({*near, holder.layout_id} if holder else near, game),
            holder,
            await lines.contenders(game, name),
            await layouts.votes(game, name, uploaded.user_id),
            may_begin,
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of the layout that a lap drove.

    `line` is how the lap's game has it, `elsewhere` are other games' lines where this lap's driver is the second one
    who confirms them all. `name` is what a line that begins now is called, `last_version` what it goes on counting
    from.
    """

    line: Line | None = None
    elsewhere: tuple[Line, ...] = ()
    links: tuple[LayoutLink, ...] = ()
    is_confirmed: bool = False
    name: str = ""
    last_version: int = 0

    @classmethod
    async def of(cls, tx: Transaction, uploaded: TrackUploaded, verdict: Verdict) -> Memory:
        if verdict.layout_id is None:
            return cls()
        layout_id, game, driver = verdict.layout_id, uploaded.game, uploaded.user_id
        layouts, lines = LayoutStore(tx), LineStore(tx)
        names = () if verdict.has_name else await layouts.names_in(layout_id, game)
        name = names[0] if names else line_name(verdict, uploaded.track_id)
        last_version = await MapStore(tx).last_version(layout_id, game, name)
        if verdict.act != "learn":
            return cls(links=verdict.links, name=name, last_version=last_version)
        is_confirmed = await layouts.is_confirmed(layout_id)
        is_second = not is_confirmed and await SupporterStore(tx).others(layout_id, driver) > 0
        elsewhere = [
            line
            for other in (await lines.games_of(layout_id) if is_second else ())
            if other != game and (line := await lines.find(layout_id, other, driver)) and line.published_path
        ]
        return cls(
            line=await lines.find(layout_id, game, driver),
            elsewhere=tuple(elsewhere),
            links=await layouts.links_of(layout_id),
            is_confirmed=is_confirmed or is_second,
            name=name,
            last_version=last_version,
        )
