"""Has a line learned enough for a new version of its map?

Each lap is scored against the published version and against the candidate, which is the envelope of what was seen
before that lap: neither knows it. What a map foretells is an interval in which 98 of 100 passages lie, and the score is
the interval score of Winkler: its width, and 100 times the distance by which a car passed outside. It is proper: on
average nothing scores better than the road as it is driven, neither a narrower interval nor a wider one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

import numpy as np

from contracts.tracks import TrackMap
from services.tracks.domain.canonical import Loop
from services.tracks.domain.document import line_of
from services.tracks.domain.envelope import AGREEING, CAR_M, FREE_M, TAIL, Envelope, agreed_at, envelope
from services.tracks.domain.evidence import Evidence
from services.tracks.domain.lap import Floats
from services.tracks.domain.offsets import passage, stations_for

USUAL_HALF_M: Final = 4.5  # of the interval that a map without widths foretells: a road of 11 m
ENOUGH_TRIALS: Final = 5
LAST_TRIALS: Final = 5  # of each driver: earlier candidates knew less
BETTER: Final = 0.97
MUCH_WORSE: Final = 1.25  # an interval as wide as the road is, where laps keep to one side of it
WIDER: Final = 0.2  # of the lap, more with widths than before


@dataclass(frozen=True, slots=True)
class Trial:
    """How badly a lap of `supporter` was foretold by the `version` published then and by the candidate of that time."""

    version: int
    supporter: UUID
    published: float
    candidate: float


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    envelope: Envelope
    why: Literal["confirmed", "better", "wider"]


def score(envelope: Envelope, offsets: Floats) -> float:
    """How badly a lap with these offsets is foretold, in metres: lower is better. Not a number of no station at all."""
    seen = np.isfinite(offsets)
    if not seen.any():
        return float("nan")
    high = (envelope.centre + _car_middles(envelope.left))[seen]
    low = (envelope.centre - _car_middles(envelope.right))[seen]
    outside = np.maximum(low - offsets[seen], 0.0) + np.maximum(offsets[seen] - high, 0.0)
    return float(np.mean(high - low + outside / TAIL))


def _car_middles(side: Floats) -> Floats:
    """How far from the centre the middles of cars come, where the road's edge lies there."""
    return np.where(np.isfinite(side), side - CAR_M / 2, USUAL_HALF_M)


def proposal(
    *,
    published: Envelope,
    evidence: Evidence,
    trials: Sequence[Trial],
    drivers: int,
    becomes_confirmed: bool,
) -> Proposal | None:
    """What to publish now, if anything.

    `trials` are those of the published version, oldest first; `drivers` is how many support the line. A version is
    better if it foretells laps by 3 % better on average over the drivers, and no worse for most of them; it is wider
    if widths were seen along much more of the lap. Places move by 3 m at most where fewer than three drivers were.
    """
    candidate = settled(envelope(evidence), published, evidence)
    ratios = _ratios(trials)
    is_enough = drivers >= 2 and len(ratios) >= 2 and len(trials) >= ENOUGH_TRIALS
    mean, median = (_trimmed_mean(ratios), float(np.median(ratios))) if ratios else (1.0, 1.0)
    is_no_worse = max(mean, median) <= 1.0
    if becomes_confirmed:
        return Proposal(candidate if ratios and is_no_worse else published, "confirmed")
    if is_enough and is_no_worse and mean <= BETTER:
        return Proposal(candidate, "better")
    if is_enough and median <= MUCH_WORSE and candidate.has_widths and candidate.coverage >= published.coverage + WIDER:
        return Proposal(candidate, "wider")
    return None


def settled(candidate: Envelope, published: Envelope, evidence: Evidence) -> Envelope:
    """The candidate, no place of it farther than 3 m from where it was published unless three drivers were there."""
    kept = np.clip(candidate.centre, published.centre - FREE_M, published.centre + FREE_M)
    centre = np.where(agreed_at(evidence, AGREEING), candidate.centre, kept)
    moved = centre - candidate.centre
    return Envelope(centre, candidate.left - moved, candidate.right + moved, candidate.coverage)


def published_envelope(reference: Loop, track_map: TrackMap) -> Envelope:
    """What a published map says of the road, at the stations of its line's reference."""
    line, loop = track_map.line, line_of(track_map)
    places = loop.xy[:, 0] + 1j * loop.xy[:, 1]
    passed = passage(reference, places, is_closed=True)
    count = stations_for(reference.length_m)
    missed = np.isnan(passed.offsets)
    centre = np.where(missed, 0.0, passed.offsets)
    at = np.where(missed, np.arange(count) * (track_map.length_m / count), passed.along)
    coverage = track_map.quality.width_coverage or 0.0
    if not line.w_left or not line.w_right:
        nothing = np.full(count, np.nan)
        return Envelope(centre, nothing, nothing, coverage)
    along = np.arange(len(places)) * (track_map.length_m / len(places))
    left, right = (np.interp(at, along, side, period=track_map.length_m) for side in (line.w_left, line.w_right))
    return Envelope(centre, left, right, coverage)


def _ratios(trials: Sequence[Trial]) -> list[float]:
    """For each driver the candidate's score by the published one's over their last laps: each driver speaks once."""
    scores: dict[UUID, list[tuple[float, float]]] = {}
    for trial in trials:
        if np.isfinite(trial.published) and np.isfinite(trial.candidate):
            scores.setdefault(trial.supporter, []).append((trial.published, trial.candidate))
    means = [np.mean(of_one[-LAST_TRIALS:], axis=0) for of_one in scores.values()]
    return [float(candidate / published) for published, candidate in means if published > 0]


def _trimmed_mean(ratios: Sequence[float]) -> float:
    """Their mean; of four or more without the best and the worst, so that one bad telemetry stops nothing."""
    ordered = sorted(ratios)
    return float(np.mean(ordered[1:-1] if len(ordered) > 3 else ordered))
