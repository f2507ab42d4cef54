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
from services.tracks.domain.alignment import AMBIGUOUS_M, ONE_SIZE, SCALES, Alignment, Pose, alignments, oriented
from services.tracks.domain.canonical import Loop
from services.tracks.domain.deviation import Apart, apart, places_for
from services.tracks.domain.lap import Places
from services.tracks.domain.settling import SETTLING_PLACES, Similarity, bent, settled

ALIGNING_PLACES: Final = 512
HOPELESS_RMS_M: Final = 100.0
HOPELESS_SHARE: Final = 0.02
"""Up to which RMS, in metres and in shares of the lap, it is worth while to look closer."""
SAME_MAX_M: Final = 26.0
SAME_P95_M: Final = 16.0
SAME_SPIKE: Final = (6.0, 2.25)
"""The largest deviation of laps of one road is at most so many metres and so many times what nine tenths of the lap
keep to: beside a precise map a small chicane stands out, a line that somebody drew is off by as much everywhere. All of
193 real pairs of one layout from three sources are recognised with it."""
VARIANT_SHARE: Final = 0.75
"""How much of both lines must run beside the other for one to be called a variant of the other."""
SMALL_CIRCUIT_M: Final = 2500.0
SMALL_SCALES: Final = (0.97, 1.03)
"""Most small circuits are ovals or for karts, and at the size of another many are that other one."""
IN_PLACE_M: Final = 2.0
"""How much farther than settled a lap may lie where its own game has it, to be left there: then it lies there, and how
far it is aside from the known line is how far the car was."""

Relation = Literal["same", "reverse", "variant", "other"]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A layout as one game has it: `loop` is the newest line of that game, in its own plane.

    `handedness_is_known`: whether that plane is seen from above, and not perhaps from below.
    """

    layout_id: UUID
    game: str
    track_id: str
    loop: Loop
    handedness_is_known: bool = True


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
    game of the lap, which has a road in one size only. Not every line of a layout is asked: see `_best_told`.
    """
    told = _best_told(knowns, game)
    matches = [match(loop, known, mirrors=mirrors, integrated=integrated, game=game) for known in told]
    return Recognition(
        same=_closest(matches, "same", preferred),
        reverse=_closest(matches, "reverse", preferred),
        variant=_closest(matches, "variant", preferred),
    )


def _best_told(knowns: Sequence[Known], game: str | None) -> list[Known]:
    """Of each layout the lines that say most of a lap: its own game's, else those whose hand is known, else all.

    The others could only say less surely that it is the same: in another size, or in a mirror.
    """

    def tells(known: Known) -> int:
        return 2 * (known.game == game) + known.handedness_is_known

    most: dict[UUID, int] = {}
    for known in knowns:
        most[known.layout_id] = max(most.get(known.layout_id, 0), tells(known))
    return [known for known in knowns if tells(known) == most[known.layout_id]]


def match(loop: Loop, known: Known, *, mirrors: bool, integrated: bool = False, game: str | None = None) -> Match:
    """How this lap stands to that layout. Mirrors are tried where nobody knows the hand of one of the two."""
    one_game = game == known.game
    rough = alignments(
        loop.walked(ALIGNING_PLACES),
        known.loop.walked(ALIGNING_PLACES),
        mirrors=mirrors or not known.handedness_is_known,
        one_game=one_game,
    )
    plausible = [reading for reading in rough if reading.rms_m <= rough[0].rms_m + AMBIGUOUS_M]
    plausible.sort(key=lambda reading: (reading.pose.is_reversed, reading.pose.is_mirrored))
    matches = [_looked_at(loop, known, reading, one_game=one_game, integrated=integrated) for reading in plausible]
    return next((found for found in matches if found.relation in ("same", "reverse")), matches[0])


def _looked_at(loop: Loop, known: Known, rough: Alignment, *, one_game: bool, integrated: bool) -> Match:
    length_m = known.loop.length_m
    pose = rough.pose
    if rough.rms_m > min(HOPELESS_RMS_M, HOPELESS_SHARE * length_m):
        lap, line = _side_by_side(loop, known.loop, pose, ALIGNING_PLACES)
        distance = np.abs(Similarity(pose.factor, pose.move).of(lap) - line)
        found = Apart(distance, distance)
        return Match(known, "other", found.deviation, _at(found, pose), pose)
    lap, line = _side_by_side(loop, known.loop, pose, SETTLING_PLACES)
    move = settled(lap, line, Similarity(pose.factor, pose.move), _scales(length_m, one_game))
    bending = bent(move.of(lap), line, length_m) if integrated else None
    lap, line = _side_by_side(loop, known.loop, pose, places_for(max(loop.length_m, length_m)))
    placed = move.of(lap)
    found = apart(placed if bending is None else placed + bending.at(len(lap)), line)
    if one_game and not pose.is_mirrored:
        unmoved = apart(lap, line)
        if unmoved.deviation.rms <= found.deviation.rms + IN_PLACE_M:
            found, move = unmoved, Similarity(1 + 0j, 0j)
    pose = replace(pose, turn=float(np.angle(move.factor)), scale=abs(move.factor), move=move.move)
    return Match(known, _relation(found, pose, length_m), found.deviation, _at(found, pose), pose)


def _scales(length_m: float, one_game: bool) -> tuple[float, float]:
    if one_game:
        return ONE_SIZE
    return SCALES if length_m >= SMALL_CIRCUIT_M else SMALL_SCALES


def _side_by_side(loop: Loop, known: Loop, pose: Pose, count: int) -> tuple[Places, Places]:
    """Both lines walked in `count` steps in the known one's direction, begun at the same place of the road."""
    lap = oriented(loop.walked(count), is_mirrored=pose.is_mirrored, is_reversed=pose.is_reversed)
    return lap, np.roll(known.walked(count), -round(pose.start * count))


def limits(found: Apart, length_m: float) -> tuple[float, float]:
    """Metres that 95 % of the places, and all of them, may lie apart where a line of that length is the same layout.

    Small circuits are narrow, and resemble each other within metres that mean nothing on a large one.
    """
    least, times = SAME_SPIKE
    (usual,) = found.percentiles(90)
    largest = min(SAME_MAX_M, 10.0 + 0.00375 * length_m, least + times * usual)
    return min(SAME_P95_M, 6.0 + 0.0025 * length_m), largest


def _relation(found: Apart, pose: Pose, length_m: float) -> Relation:
    limit, limit_max = limits(found, length_m)
    most, largest = found.percentiles(95, 100)
    if most <= limit and largest <= limit_max:
        return "reverse" if pose.is_reversed else "same"
    return "variant" if found.within(limit) >= VARIANT_SHARE else "other"


def _at(found: Apart, pose: Pose) -> float:
    return round(1 - found.at, 4) % 1 if pose.is_reversed else found.at


def _closest(matches: Iterable[Match], relation: Relation, preferred: UUID | None) -> Match | None:
    """A lap is rather called a variant of what is driven its own way round than of the same road driven backwards."""

    def distance(match: Match) -> tuple[bool, float]:
        favour_m = AMBIGUOUS_M if match.known.layout_id == preferred else 0.0
        return match.pose.is_reversed, match.deviation.rms - favour_m

    return min((match for match in matches if match.relation == relation), key=distance, default=None)
