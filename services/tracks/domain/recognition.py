"""Which known layout is this lap a lap of, and if of none, which one is it a variant or the reverse of?

A ladder of ever dearer looks: the FFT alignment says in a third of a millisecond that two lines have nothing to do with
each other; only where it does not are they settled on each other and measured everywhere along the lap. A chicane more
or less moves the mean hardly at all, so that the largest local deviation decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID

import numpy as np

from contracts.tracks import Deviation
from services.tracks.domain.alignment import ONE_SIZE, SCALES, Alignment, Pose, alignments, oriented
from services.tracks.domain.canonical import Loop
from services.tracks.domain.deviation import SETTLING_PLACES, Apart, Similarity, apart, places_for, settled
from services.tracks.domain.lap import Places

ALIGNING_PLACES: Final = 512
HOPELESS_RMS_M: Final = 100.0
SAME_MAX_M: Final = 25.0
SAME_P95_M: Final = 12.5
VARIANT_SHARE: Final = 0.6
"""How much of both lines must run beside the other for one to be called a variant of the other."""
UNLIKELY_M: Final = 2.5
"""How much closer a mirrored or reversed reading must lie than the plain one: ovals are their own mirror images."""

Relation = Literal["same", "reverse", "variant", "other"]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A layout as one game has it: `loop` is the newest line of that game, in its own plane."""

    layout_id: UUID
    game: str
    track_id: str
    loop: Loop
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How a lap stands to a known layout; `at` is where on the lap (0..1) they are farthest from each other."""

    known: Known
    relation: Relation
    deviation: Deviation
    at: float
    pose: Pose


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """The best match of each kind that says something."""

    same: Match | None = None
    reverse: Match | None = None
    variant: Match | None = None


def recognise(
    loop: Loop,
    knowns: Sequence[Known],
    *,
    mirrors: bool,
    integrated: bool = False,
    preferred: UUID | None = None,
    game: str | None = None,
) -> Recognition:
    """Match a lap with every candidate. `preferred`, the layout that holds the lap's name, wins where two are the same.

    `mirrors`: the lap's handedness is unknown. `integrated`: its coordinates come from speed and heading. `game`: the
    game of the lap, which has a road in one size only.
    """
    matches = [match(loop, known, mirrors=mirrors, integrated=integrated, game=game) for known in knowns]
    return Recognition(
        same=_closest(matches, "same", preferred),
        reverse=_closest(matches, "reverse", preferred),
        variant=_closest(matches, "variant", preferred),
    )


def match(loop: Loop, known: Known, *, mirrors: bool, integrated: bool = False, game: str | None = None) -> Match:
    """How this lap stands to that layout."""
    scales = ONE_SIZE if game == known.game else SCALES
    rough = alignments(loop.walked(ALIGNING_PLACES), known.loop.walked(ALIGNING_PLACES), mirrors=mirrors, scales=scales)
    likely = min(rough, key=lambda found: found.rms_m + _unlikelihood(found.pose))
    return _looked_at(loop, known, likely, scales)


def _looked_at(loop: Loop, known: Known, rough: Alignment, scales: tuple[float, float]) -> Match:
    pose = rough.pose
    if rough.rms_m > HOPELESS_RMS_M:
        lap, line = _side_by_side(loop, known.loop, pose, ALIGNING_PLACES)
        placed = Similarity(pose.factor, pose.move).of(lap)
        found = Apart(np.abs(placed - line), np.abs(placed - line))
        return Match(known, "other", found.deviation, _at(found, pose), pose)
    lap, line = _side_by_side(loop, known.loop, pose, SETTLING_PLACES)
    move = settled(lap, line, Similarity(pose.factor, pose.move), scales)
    lap, line = _side_by_side(loop, known.loop, pose, places_for(max(loop.length_m, known.loop.length_m)))
    found = apart(move.of(lap), line)
    pose = replace(pose, turn=float(np.angle(move.factor)), scale=abs(move.factor), move=move.move)
    return Match(known, _relation(found, pose), found.deviation, _at(found, pose), pose)


def _side_by_side(loop: Loop, known: Loop, pose: Pose, count: int) -> tuple[Places, Places]:
    """Both lines walked in `count` steps in the known one's direction, begun at the same place of the road."""
    lap = oriented(loop.walked(count), is_mirrored=pose.is_mirrored, is_reversed=pose.is_reversed)
    return lap, np.roll(known.walked(count), -round(pose.start * count))


def _relation(found: Apart, pose: Pose) -> Relation:
    deviation = found.deviation
    if deviation.max <= SAME_MAX_M and deviation.p95 <= SAME_P95_M:
        return "reverse" if pose.is_reversed else "same"
    return "variant" if found.within(SAME_P95_M) >= VARIANT_SHARE else "other"


def _at(found: Apart, pose: Pose) -> float:
    return round(1 - found.at, 4) % 1 if pose.is_reversed else found.at


def _unlikelihood(pose: Pose) -> float:
    return UNLIKELY_M * (pose.is_mirrored + 1.01 * pose.is_reversed)


def _closest(matches: Iterable[Match], relation: Relation, preferred: UUID | None) -> Match | None:
    def distance(match: Match) -> float:
        return match.deviation.rms - (UNLIKELY_M if match.known.layout_id == preferred else 0.0)

    return min((match for match in matches if match.relation == relation), key=distance, default=None)
