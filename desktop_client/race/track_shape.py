"""The circuit as a closed line that cars can be placed on."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from contracts.tracks import TrackMap
from desktop_client.race.corners import Corner, proposed
from desktop_client.race.pit_lane import BESIDE_M, PitLane, inside
from desktop_client.telemetry.frame import Floats

CORNER_HALF_M = 45.0  # how far a corner reaches from its apex where the map does not say
RING_POINTS = 180


@dataclass(frozen=True, slots=True, eq=False)
class TrackShape:
    """A closed line in metres, right-handed, in driving direction; point 0 lies on the start/finish line.

    `sectors` are the places, in metres after the line, where a new sector begins (the line itself left out). A ring
    is what stands for a circuit of which only the length is known.
    """

    x: Floats
    y: Floats
    length_m: float
    sectors: tuple[float, ...] = ()
    corners: tuple[Corner, ...] = ()
    pit: PitLane | None = None
    is_ring: bool = False
    _knots: Floats = field(init=False, repr=False)
    _closed_x: Floats = field(init=False, repr=False)
    _closed_y: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_knots", np.linspace(0.0, 1.0, len(self.x) + 1))
        object.__setattr__(self, "_closed_x", np.append(self.x, self.x[0]))
        object.__setattr__(self, "_closed_y", np.append(self.y, self.y[0]))

    @classmethod
    def from_map(cls, track_map: TrackMap) -> TrackShape:
        """The line of a published map; a left-handed one is mirrored. Corners that it does not name are proposed."""
        start, length = track_map.start_finish.s % track_map.length_m, track_map.length_m
        offset = round(start / track_map.line.step_m)
        x, y = (np.roll(column, -offset) for column in ground_of(track_map))
        sectors = ((sector.s - start) % length for sector in track_map.sectors)
        return cls(
            x=x,
            y=y,
            length_m=length,
            sectors=tuple(sector for sector in sectors if sector > 1.0),
            corners=_named(track_map, start) or proposed(x, y, length),
            pit=_pit_lane(track_map, start, inside(x, y)),
        )

    def place(self, lap_distance_m: Floats, lap_length_m: float | None = None) -> tuple[Floats, Floats]:
        """Where on the line each lap distance is: x and y in metres, nan where the distance is not known.

        A game whose lap is a little longer than the map's gives `lap_length_m`; places are shares of the lap.
        """
        with np.errstate(invalid="ignore"):
            share: Floats = np.mod(lap_distance_m / (lap_length_m or self.length_m), 1.0)
        return np.interp(share, self._knots, self._closed_x), np.interp(share, self._knots, self._closed_y)

    def beside(self, lap_distance_m: Floats, left_m: Floats | float) -> Floats:
        """Places of shape (2, n) so many metres to the left of the line."""
        x, y = self.place(lap_distance_m)
        (back_x, back_y), (front_x, front_y) = self.place(lap_distance_m - 6.0), self.place(lap_distance_m + 6.0)
        along_x, along_y = front_x - back_x, front_y - back_y
        length = np.maximum(1e-9, np.hypot(along_x, along_y))
        return np.stack((x - along_y / length * left_m, y + along_x / length * left_m))


def ground_of(track_map: TrackMap) -> tuple[Floats, Floats]:
    """The x and y of a map's line in metres, right-handed: a left-handed one is mirrored."""
    x, y = (np.asarray(column, dtype=np.float64) for column in (track_map.line.x, track_map.line.y))
    return x, -y if track_map.frame.handedness == "left" else y


@lru_cache(maxsize=4)
def ring(length_m: float) -> TrackShape:
    """A circle so many metres around, driven clockwise from its top, for a game that tells nothing but distances."""
    angle = np.pi / 2 - np.arange(RING_POINTS) * 2 * np.pi / RING_POINTS
    radius = length_m / (2 * np.pi)
    return TrackShape(radius * np.cos(angle), radius * np.sin(angle), length_m, is_ring=True)


def _named(track_map: TrackMap, start: float) -> tuple[Corner, ...]:
    """The corners that the map knows, counted from the line."""
    length = track_map.length_m
    found = [
        Corner(
            number=corner.n,
            hand=corner.dir,
            apex_m=(corner.apex_s - start) % length,
            start_m=((corner.apex_s - CORNER_HALF_M if corner.start_s is None else corner.start_s) - start) % length,
            end_m=((corner.apex_s + CORNER_HALF_M if corner.end_s is None else corner.end_s) - start) % length,
            name=corner.name,
        )
        for corner in track_map.corners
        if math.isfinite(corner.apex_s)
    ]
    return tuple(sorted(found, key=lambda corner: corner.apex_m))


def _pit_lane(track_map: TrackMap, start: float, inside_is: float) -> PitLane | None:
    """A map says where the lane begins and ends, and not on which side: nearly every one lies inside."""
    if track_map.pit is None:
        return None
    entry, leave = ((place - start) % track_map.length_m for place in (track_map.pit.entry_s, track_map.pit.exit_s))
    return PitLane(entry, leave, np.full(16, inside_is * BESIDE_M))
