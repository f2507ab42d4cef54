"""Can this map be drawn and driven by? A document is believed only as far as it makes sense, whoever sent it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from contracts.tracks import TrackMap

SCHEMA: Final = "raceoverlay.track/1"
FEWEST_POINTS, MOST_POINTS = 4, 20_000
FARTHEST_M: Final = 1e6
SHORTEST_M, LONGEST_M = 50.0, 100_000.0
WIDEST_M: Final = 200.0
LENGTHS_AGREE: Final = 0.2  # the line may cut corners, or be longer by hills, as far as this share of it
MOST_CORNERS, MOST_SECTORS, LONGEST_NAME = 500, 32, 200


def objection(track_map: TrackMap) -> str | None:
    """What is wrong with the map, as a sentence; None if it can be used."""
    if track_map.schema != SCHEMA:
        return "The map is written for another version of RaceOverlay."
    return "The map makes no sense." if _is_absurd(track_map) else None


def _is_absurd(track_map: TrackMap) -> bool:
    line, length = track_map.line, track_map.length_m
    count = len(line.x)
    beside = (line.z, line.w_left, line.w_right)
    if (
        not FEWEST_POINTS <= count <= MOST_POINTS
        or len(line.y) != count
        or any(len(c) not in (0, count) for c in beside)
    ):
        return True
    if not (SHORTEST_M <= length <= LONGEST_M and abs(line.step_m * count - length) <= LENGTHS_AGREE * length):
        return True
    if not (_within((*line.x, *line.y, *line.z), FARTHEST_M) and _within((*line.w_left, *line.w_right), WIDEST_M)):
        return True
    drawn = np.array((line.x, line.y))
    around = float(np.hypot(*np.diff(drawn, append=drawn[:, :1])).sum())
    return abs(around - length) > LENGTHS_AGREE * length or _has_absurd_places(track_map)


def _has_absurd_places(track_map: TrackMap) -> bool:
    pit, corners, sectors = track_map.pit, track_map.corners, track_map.sectors
    names = (track_map.track_name, track_map.layout_name, *(corner.name for corner in corners))
    places = [track_map.start_finish.s, *(sector.s for sector in sectors), *(corner.apex_s for corner in corners)]
    places += [end for corner in corners for end in (corner.start_s, corner.end_s) if end is not None]
    if pit is not None:
        places += [pit.entry_s, pit.exit_s, *pit.x, *pit.y]
    return (
        len(corners) > MOST_CORNERS
        or len(sectors) > MOST_SECTORS
        or any(len(name) > LONGEST_NAME for name in names if name is not None)
        or not _within(places, FARTHEST_M)
        or any(abs(corner.n) > MOST_CORNERS for corner in corners)
    )


def _within(numbers: Iterable[float], most: float) -> bool:
    return bool((np.abs(np.array(tuple(numbers), dtype=np.float64)) <= most).all())  # false for not-a-number, too
