"""What does one lap teach the line that it lies on? Pure.

The lap is first foretold: by the published map, and by the one that could follow it. Then it is added to what was seen,
and then the line may have learned enough for a new version. Nothing of the lap itself is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
from msgspec import structs

from contracts.tracks import LayoutLink, TrackMap
from services.tracks.domain import document
from services.tracks.domain.canonical import Loop
from services.tracks.domain.centreline import drawn
from services.tracks.domain.corners import carried, proposed
from services.tracks.domain.document import Document
from services.tracks.domain.drive import IN_PLACE, Drive, complex_of
from services.tracks.domain.envelope import Envelope, envelope
from services.tracks.domain.evidence import Evidence
from services.tracks.domain.facts import Facts, agreed
from services.tracks.domain.line import Line
from services.tracks.domain.offsets import offsets, stations_for
from services.tracks.domain.versioning import Trial, proposal, published_envelope, score, settled

MOST_LAPS: Final = 20
"""Laps of one driver that a line learns from: who drives a thousand does not outweigh fifty others."""
MOST_SEEN_M: Final = 600_000.0
"""So much of other cars' passages is looked at: all of 60 laps of a 10 km circuit, in about a second."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to remember of a line. `laps` is how many laps more it has learned from; a document is to be published."""

    evidence: bytes | None = None
    laps: int = 0
    trial: Trial | None = None
    facts: str | None = None
    document: Document | None = None


NO_LESSON: Final = Lesson()


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """A line of which there was none: its first map, and the reference that offsets are counted from for ever."""

    reference: Loop
    track_map: TrackMap
    lesson: Lesson


def begin(
    drive: Drive,
    *,
    layout_id: UUID,
    track_id: str,
    version: int = 1,
    links: Sequence[LayoutLink] = (),
    is_confirmed: bool = False,
) -> Beginning:
    """Let a line begin with a lap. Its plane is the lap's own; that of an unknown one is known by how it lies."""
    handedness = "right"
    if not drive.lap.handedness_is_known:
        handedness = "left" if drive.pose.is_mirrored else "unknown"
    track_map = document.first_version(
        drive.upload,
        drive.loop,
        layout_id=layout_id,
        track_id=track_id,
        handedness=handedness,
        links=links,
        at=drive.at,
    )
    status = "confirmed" if is_confirmed else "provisional"
    reference = document.line_of(track_map)
    drive = replace(drive, pose=replace(IN_PLACE, is_mirrored=handedness == "left"))
    facts = drive.facts
    track_map = _with_facts(
        structs.replace(track_map, version=version, status=status, corners=proposed(reference)), [facts]
    )
    evidence = _with_lap(Evidence.begin(reference), reference, drive)
    lesson = Lesson(evidence.packed(), 1, facts=_as_json(facts), document=document.write(track_map))
    return Beginning(reference, track_map, lesson)


def learn(line: Line, reference: Loop, published: TrackMap, drive: Drive, *, is_published: bool) -> Lesson:
    """Teach a line one lap. `published` is its newest map, or the first one of a line that was never published.

    `is_published`: whether its maps can be had, now that this lap was driven.
    """
    drive = drive.in_own_plane(reference)
    is_heard = _is_heard(line, published, drive)
    before, known = _evidence(line, reference), published_envelope(reference, published)
    evidence, trial = before, None
    if is_heard:
        evidence = _with_lap(before, reference, drive)
        trial = _trial(line, before, known, drive, reference)
    facts = _facts(line, drive)
    lesson = Lesson(evidence.packed(), int(is_heard), trial, _as_json(facts[drive.driver]))
    if not is_published:
        return lesson
    made = proposal(
        published=known,
        evidence=evidence,
        trials=line.trials if trial is None else (*line.trials, trial),
        drivers=line.others_here + 1,
        becomes_confirmed=published.status != "confirmed" and line.is_known_to_two,
    )
    if made is None and line.version:
        return lesson
    drawing = published if made is None or made.envelope is known else _drawn(line, published, reference, made.envelope)
    quality = structs.replace(drawing.quality, laps=line.laps + lesson.laps, users=line.others_here + 1)
    following = _following(line, structs.replace(drawing, quality=quality), drive.at)
    return replace(lesson, document=document.write(_with_facts(following, facts.values())))


def confirmed(line: Line, published: TrackMap, at: datetime) -> Document | None:
    """The map of a line again, now that its layout is confirmed; None if it says so already."""
    return None if published.status == "confirmed" else document.write(_following(line, published, at))


def _following(line: Line, track_map: TrackMap, at: datetime) -> TrackMap:
    """This map as the next version of that line."""
    return structs.replace(
        track_map,
        layout_id=line.layout_id,  # a line may have become another layout's
        version=line.last_version + 1,
        track_id=line.track_id,
        status="confirmed" if line.is_known_to_two else "provisional",
        created_at=at,
    )


def _is_heard(line: Line, published: TrackMap, drive: Drive) -> bool:
    """Whether the line learns from this lap: its driver has not said it all yet, and it is no worse than the others."""
    said = next((supporter.laps for supporter in line.supporters if supporter.driver == drive.driver), 0)
    return said < MOST_LAPS and (drive.upload.coordinates == "game" or published.quality.coordinates == "integrated")


def _evidence(line: Line, reference: Loop) -> Evidence:
    if line.evidence is not None:
        return Evidence.unpacked(line.evidence)
    # Published before evidence was kept: all that is known of it is its first lap, which is the reference.
    driver = line.supporters[-1].driver if line.supporters else line.layout_id
    on_the_line = np.zeros(stations_for(reference.length_m))
    return Evidence.begin(reference).with_offsets(on_the_line, driver=driver, is_lap=True)


def _with_lap(evidence: Evidence, reference: Loop, drive: Drive) -> Evidence:
    """The evidence with this lap, and with what it saw of other cars."""
    seen = offsets(reference, drive.places, is_closed=True)
    evidence = evidence.with_offsets(seen, driver=drive.driver, is_lap=True)
    others = drive.lap.others[: max(1, int(MOST_SEEN_M / reference.length_m))]
    passages = (offsets(reference, drive.pose.places(complex_of(other)), is_closed=False) for other in others)
    return evidence.with_others(passages, driver=drive.driver)


def _trial(line: Line, before: Evidence, known: Envelope, drive: Drive, reference: Loop) -> Trial | None:
    """How the lap was foretold; None where nothing was published or it passed nowhere."""
    seen = offsets(reference, drive.places, is_closed=True)
    candidate = settled(envelope(before), known, before)
    trial = Trial(line.version, drive.driver, score(known, seen), score(candidate, seen))
    return trial if line.version and np.isfinite((trial.published, trial.candidate)).all() else None


def _drawn(line: Line, published: TrackMap, reference: Loop, road: Envelope) -> TrackMap:
    loop, w_left, w_right = drawn(reference, road)
    made = document.redrawn(published, loop, w_left, w_right)
    corners = proposed(loop)
    if line.has_edited_corners:
        corners = carried(published.corners, published.length_m, made.length_m)
    coverage = round(road.coverage, 3) if w_left is not None else None
    return structs.replace(made, corners=corners, quality=structs.replace(made.quality, width_coverage=coverage))


def _facts(line: Line, drive: Drive) -> dict[UUID, Facts]:
    """What each driver's game told, that of this lap's driver after it."""
    facts = {one.driver: msgspec.json.decode(one.facts, type=Facts) for one in line.supporters}
    facts[drive.driver] = facts.get(drive.driver, Facts()).updated(drive.facts)
    return facts


def _with_facts(track_map: TrackMap, facts: Iterable[Facts]) -> TrackMap:
    """The map with what the drivers agree on; what nobody told stays as it is."""
    both = agreed(facts, track_map.length_m)
    pit = both.pit
    if pit and track_map.frame.handedness == "left":
        pit = structs.replace(pit, y=tuple(-y for y in pit.y))
    return structs.replace(track_map, sectors=both.sectors or track_map.sectors, pit=pit or track_map.pit)


def _as_json(facts: Facts) -> str:
    return msgspec.json.encode(facts).decode()
