"""What a lap brings the layout that it was driven on, worked out beside the event loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from chassis.observability import log
from contracts.tracks import TrackUploaded
from services.tracks.domain import document, lesson
from services.tracks.domain.canonical import Loop
from services.tracks.domain.descriptor import Descriptor, describe
from services.tracks.domain.document import Document
from services.tracks.domain.drive import Drive
from services.tracks.domain.lesson import NO_LESSON, Lesson
from services.tracks.domain.line import Line
from services.tracks.domain.reading import Reading, Shape
from services.tracks.domain.verdict import Verdict
from services.tracks.objects import ObjectMissing, Objects
from services.tracks.recognising import Recognising
from services.tracks.shelf import Shelf
from services.tracks.surroundings import Memory


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """A line that begins: its first document lies at `path`, its versions are counted under `track_id`."""

    path: str
    track_id: str
    descriptor: Descriptor


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """`elsewhere` are the documents of other games' lines that this lap confirms."""

    lesson: Lesson = NO_LESSON
    begun: Begun | None = None
    elsewhere: tuple[Document, ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        return (self.lesson.document, *self.elsewhere) if self.lesson.document else self.elsewhere


NOTHING: Final = Brought()


class Teaching:
    def __init__(self, objects: Objects, shelf: Shelf, recognising: Recognising) -> None:
        self._objects = objects
        self._shelf = shelf
        self._recognising = recognising

    async def teach(
        self, uploaded: TrackUploaded, reading: Reading, shape: Shape, verdict: Verdict, memory: Memory
    ) -> Brought:
        """What the lap brings; nothing is changed by it yet. A line whose documents storage has lost learns nothing.

        Raises:
            Unavailable: storage does not answer.
        """
        if verdict.act == "nothing":
            return NOTHING
        drive = Drive(reading.upload, reading.lap, shape.loop, uploaded.user_id, uploaded.at)
        if verdict.on:
            drive = replace(drive, pose=verdict.on.pose)
        # A road is known, but this game has no map of it: none yet, or all were withdrawn.
        is_new_here = verdict.status == "duplicate" and memory.line is not None and memory.line.published_path is None
        if memory.line is None or is_new_here:
            brought = await asyncio.to_thread(_begin, drive, verdict, memory)
        else:
            try:
                brought = await self._learn(uploaded, reading, shape, drive, verdict, memory.line)
            except ObjectMissing as lost:
                log.error("map.lost", path=str(lost))
                brought = NOTHING
        return replace(brought, elsewhere=await self._confirm(memory.elsewhere, drive))

    async def _learn(
        self, uploaded: TrackUploaded, reading: Reading, shape: Shape, drive: Drive, verdict: Verdict, line: Line
    ) -> Brought:
        assert verdict.on
        reference = (await self._shelf.line_at(line.reference_path)).loop
        on = verdict.on
        if (on.known.layout_id, on.known.game) != (line.layout_id, line.game):  # it was recognised by another game's
            on = await self._recognising.on_line(uploaded, reading, shape, line)
        published = await self._objects.get(line.published_path or line.reference_path)
        if on.relation != "same":
            return NOTHING
        return await asyncio.to_thread(
            _learn, line, reference, published, replace(drive, pose=on.pose), is_published=verdict.status != "rejected"
        )

    async def _confirm(self, lines: tuple[Line, ...], drive: Drive) -> tuple[Document, ...]:
        made: list[Document] = []
        for line in lines:
            assert line.published_path
            try:
                published = await self._objects.get(line.published_path)
            except ObjectMissing as lost:
                log.error("map.lost", path=str(lost))
                continue
            confirmed = await asyncio.to_thread(_confirmed, line, published, drive)
            made += [confirmed] if confirmed else []
        return tuple(made)


def _begin(drive: Drive, verdict: Verdict, memory: Memory) -> Brought:
    assert verdict.layout_id
    beginning = lesson.begin(
        drive,
        layout_id=verdict.layout_id,
        track_id=memory.name,
        version=memory.last_version + 1,
        links=memory.links,
        is_confirmed=memory.is_confirmed,
    )
    assert beginning.lesson.document
    begun = Begun(
        beginning.lesson.document.storage_path,
        beginning.track_map.track_id,
        describe(beginning.reference),
    )
    return Brought(beginning.lesson, begun)


def _confirmed(line: Line, published: bytes, drive: Drive) -> Document | None:
    return lesson.confirmed(line, document.read(published), drive.at)


def _learn(line: Line, reference: Loop, published: bytes, drive: Drive, *, is_published: bool) -> Brought:
    return Brought(lesson.learn(line, reference, document.read(published), drive, is_published=is_published))
