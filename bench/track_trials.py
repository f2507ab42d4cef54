"""Which laps is recognition tried with, and what is each of them in truth? Driven on real roads, from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID, uuid5

import numpy as np

from bench.driving import Driven, Pose, drive, seen
from bench.roads import Road, invented_road
from services.tracks.domain.canonical import Loop
from services.tracks.domain.descriptor import Descriptor, describe, least_rms, search_rms
from services.tracks.domain.recognition import Known, Recognition, recognise

Truth = Literal["same", "reverse", "variant", "other"]
Distortion = Literal["same frame", "rotated", "mirrored", "reversed", "scaled", "all"]
TRUTHS: Final[tuple[Truth, ...]] = ("same", "reverse", "variant", "other")
DISTORTIONS: Final[tuple[Distortion, ...]] = ("same frame", "rotated", "mirrored", "reversed", "scaled", "all")
RATES_HZ: Final = (10.0, 20.0, 30.0, 60.0)
SCALED_BY: Final = 0.03
BENDS_M: Final = (40.0, 80.0)


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A lap and what it is: `truth` of the layout, which is left out of the catalogue where nothing knows it."""

    lap: Driven
    truth: Truth
    layout: str
    mirrors: bool
    distortion: Distortion


class Catalogue:
    """What is known already: each road once, from the first source that has it, searched by its descriptor."""

    def __init__(self, roads: Sequence[Road]) -> None:
        first: dict[str, Road] = {}
        for road in roads:
            if "," not in road.layout:
                first.setdefault(road.layout, road)
        self.knowns = [
            Known(uuid5(UUID(int=0), layout), "known", layout, Loop.through(road.xy, None))
            for layout, road in first.items()
        ]
        described = [describe(known.loop) for known in self.knowns]
        self._units = np.array([descriptor.unit for descriptor in described])
        self._sizes = np.array([descriptor.size_m for descriptor in described])

    def candidates(self, descriptor: Descriptor) -> list[Known]:
        """The layouts that a lap can be of, in either direction and hand."""
        readings = (descriptor, descriptor.swapped)
        least = np.minimum(*(least_rms(reading, self._units, self._sizes) for reading in readings))
        return [self.knowns[number] for number in np.flatnonzero(least <= search_rms(descriptor))]

    def recognise(self, loop: Loop, *, mirrors: bool, without: str | None = None) -> Recognition:
        candidates = [known for known in self.candidates(describe(loop)) if known.track_id != without]
        return recognise(loop, candidates, mirrors=mirrors, game="driven")


def trial(roads: Sequence[Road], truth: Truth, distortion: Distortion, chance: np.random.Generator) -> Trial:
    """A lap of which that verdict would be right, seen in that way; "other" is a real road that nobody knows yet."""
    plain = [road for road in roads if "," not in road.layout]
    road = plain[int(chance.integers(len(plain)))]
    layout = road.layout
    if truth == "variant":
        depth = float(chance.uniform(*BENDS_M) * chance.choice((-1, 1)))
        is_double = bool(chance.integers(2))
        length = abs(depth) * float(chance.uniform(5, 8) if is_double else chance.uniform(3, 6))
        road = road.bent(chance.uniform(), length, depth, is_double=is_double)
    if truth == "reverse" or (truth != "same" and distortion in ("reversed", "all") and chance.integers(2)):
        road = road.reversed()
    return _driven(road, truth, layout, distortion, chance)


def of_nowhere(chance: np.random.Generator) -> Trial:
    """A lap of a road that is invented: large or small, and unlike any."""
    length = float(np.exp(chance.uniform(np.log(800), np.log(9000))))
    road = invented_road(int(chance.integers(2**31)), length)
    return _driven(road, "other", road.layout, "all", chance)


def _driven(road: Road, truth: Truth, layout: str, distortion: Distortion, chance: np.random.Generator) -> Trial:
    is_mirrored = distortion == "mirrored" or (distortion == "all" and bool(chance.integers(2)))
    is_plain = distortion in ("same frame", "reversed")
    scale = 1 + float(chance.uniform(-SCALED_BY, SCALED_BY)) if distortion in ("scaled", "all") else 1.0
    pose = Pose(rounding_m=0.01) if is_plain else Pose.random(chance, scale=scale, is_mirrored=is_mirrored)
    lap = drive(
        road,
        chance,
        rate_hz=float(chance.choice(RATES_HZ)),
        apexing=float(chance.uniform(0.0, 1.0)),
        noise_m=float(chance.uniform(1.0, 5.0)),
        start=0.0 if is_plain else None,
    )
    lap = seen(lap, pose)
    if distortion == "reversed" and truth == "same":  # what counts is whether the road is found, and named a reverse
        lap, truth = replace(lap, places=lap.places[::-1]), "reverse"
    # Mirrored laps come without a word about their hand; the others are in the plane that they say they are in.
    return Trial(lap, truth, layout, mirrors=distortion in ("mirrored", "all"), distortion=distortion)
