"""Finding out which known road a lap was driven on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from uuid import UUID

from chassis.observability import log
from contracts.tracks import TrackUploaded
from services.tracks.domain.canonical import Loop
from services.tracks.domain.line import Line
from services.tracks.domain.reading import Reading, Shape
from services.tracks.domain.recognition import Known, Match, Recognition, match, recognise
from services.tracks.domain.verdict import Found
from services.tracks.objects import ObjectMissing
from services.tracks.shelf import Shelf, Shelved
from services.tracks.store.lines import Comparable
from services.tracks.surroundings import Surroundings


class Recognising:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def find(self, uploaded: TrackUploaded, reading: Reading, shape: Shape, around: Surroundings) -> Found:
        """What the lap is beside the lines around it, as far as storage has not lost them.

        Raises:
            Unavailable: storage does not answer.
        """
        published, contenders = await self._shelved(around.lines), await self._shelved(around.contenders)
        return await asyncio.to_thread(
            _find,
            shape.loop,
            list(starmap(_known, published)),
            list(starmap(_known, contenders)),
            around.holder.layout_id if around.holder else None,
            _said(uploaded, reading),
        )

    async def _shelved(self, lines: Sequence[Comparable]) -> list[tuple[Comparable, Shelved]]:
        shelved: list[tuple[Comparable, Shelved]] = []
        for line in lines:
            try:
                shelved.append((line, await self._shelf.line_at(line.path)))
            except ObjectMissing:  # a lap is judged all the same, or every lap of that road would wait for ever
                log.error("map.lost", path=line.path)
        return shelved

    async def on_line(self, uploaded: TrackUploaded, reading: Reading, shape: Shape, line: Line) -> Match:
        """How the lap lies on the reference of that line."""
        on = await self._shelf.line_at(line.reference_path)
        known = Known(line.layout_id, line.game, line.track_id, on.loop, on.handedness_is_known)
        return await asyncio.to_thread(_match, shape.loop, known, _said(uploaded, reading))


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a lap, as far as it matters for what it is taken for."""

    mirrors: bool
    integrated: bool
    game: str


def _said(uploaded: TrackUploaded, reading: Reading) -> _Said:
    is_integrated = reading.upload.coordinates == "integrated"
    return _Said(not reading.lap.handedness_is_known, is_integrated, uploaded.game)


def _known(line: Comparable, on: Shelved) -> Known:
    return Known(line.layout_id, line.game, line.track_id, on.loop, on.handedness_is_known)


def _find(loop: Loop, published: list[Known], contenders: list[Known], holder: UUID | None, said: _Said) -> Found:
    found = _recognise(loop, published, holder, said)
    if found.same:
        return Found(found.same, found.reverse, found.variant)
    line = next((known for known in published if known.layout_id == holder and known.game == said.game), None)
    return Found(
        reverse=found.reverse,
        variant=found.variant,
        contender=_recognise(loop, contenders, None, said).same,
        from_holder=_match(loop, line, said) if line else None,
    )


def _recognise(loop: Loop, knowns: list[Known], preferred: UUID | None, said: _Said) -> Recognition:
    return recognise(
        loop, knowns, mirrors=said.mirrors, integrated=said.integrated, preferred=preferred, game=said.game
    )


def _match(loop: Loop, known: Known, said: _Said) -> Match:
    return match(loop, known, mirrors=said.mirrors, integrated=said.integrated, game=said.game)
