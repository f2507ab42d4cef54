"""The circuit as a closed line that cars can be placed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contracts.tracks import TrackMap
from desktop_client.telemetry.frame import Floats


@dataclass(frozen=True, slots=True, eq=False)
class TrackShape:
    """A closed line in metres, right-handed, in driving direction; point 0 lies on the start/finish line.

    `sectors` are the places, in metres after the line, where a new sector begins (the line itself left out).
    """

    x: Floats
    y: Floats
    length_m: float
    sectors: tuple[float, ...] = ()

    @classmethod
    def from_map(cls, track_map: TrackMap) -> TrackShape:
        """The line of a published map; a left-handed one is mirrored."""
        mirror = -1.0 if track_map.frame.handedness == "left" else 1.0
        start = track_map.start_finish.s % track_map.length_m
        offset = round(start / track_map.line.step_m)
        return cls(
            x=np.roll(np.asarray(track_map.line.x, dtype=np.float64), -offset),
            y=np.roll(np.asarray(track_map.line.y, dtype=np.float64) * mirror, -offset),
            length_m=track_map.length_m,
            sectors=tuple(
                (sector.s - start) % track_map.length_m
                for sector in track_map.sectors
                if (sector.s - start) % track_map.length_m > 1.0
            ),
        )

    def place(self, lap_distance_m: Floats, lap_length_m: float | None = None) -> tuple[Floats, Floats]:
        """Where on the line each lap distance is: x and y in metres, nan where the distance is not known.

        A game whose lap is a little longer than the map's gives `lap_length_m`; places are shares of the lap.
        """
        with np.errstate(invalid="ignore"):
            share = np.mod(lap_distance_m / (lap_length_m or self.length_m), 1.0)
        knots = np.linspace(0.0, 1.0, len(self.x) + 1)
        return (
            np.interp(share, knots, np.append(self.x, self.x[0])),
            np.interp(share, knots, np.append(self.y, self.y[0])),
        )
