"""How a picture of a map is set: from metres to the units of the sheet, and room for labels that cover no road."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from services.tracks.domain.formats.road import Road
from services.tracks.domain.lap import Places

LONG_SIDE = 1000.0
MARGIN = 90.0
HEAD = 96.0
LEAST_WIDTH = 640.0
_ROUND_LENGTHS_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Units of the picture: the longer side of the road is LONG_SIDE of them, y grows downwards."""

    scale: float  # units a metre
    corner: complex  # the place, in metres, that lies at the sheet's upper left
    width: float
    height: float

    @classmethod
    def around(cls, road: Road) -> Sheet:
        x, y = road.places.real, road.places.imag
        spans = float(np.ptp(x)), float(np.ptp(y))
        scale = LONG_SIDE / max(*spans, 1.0)
        width = max(spans[0] * scale + 2 * MARGIN, LEAST_WIDTH)
        beside = (width - spans[0] * scale) / 2
        corner = complex(float(x.min()) - beside / scale, float(y.max()) + (MARGIN + HEAD) / scale)
        return cls(scale, corner, width, spans[1] * scale + 2 * MARGIN + HEAD)

    def on(self, places: Places) -> Places:
        """Places in metres as places on the sheet."""
        return np.conj((places - self.corner) * self.scale)

    def bar_m(self) -> int:
        """A round number of metres that is about a sixth of the sheet long."""
        wanted = LONG_SIDE / 6 / self.scale
        return min(_ROUND_LENGTHS_M, key=lambda length: abs(np.log(length / wanted)))


@dataclass
class Labels:
    """Finds a spot for each label, a disc, where it covers neither the road nor an earlier label."""

    road: Places
    radius: float
    taken: list[complex] = field(default_factory=list[complex])

    def spot(self, place: complex, outward: complex) -> complex:
        """The nearest free spot to `place` on the side that `outward` (of length one) shows, or on the other one; where
        there is none, the one with the most room."""
        best, most_room = place, -np.inf
        for away in (2.1, 2.8, 3.6, 4.6):
            for turned in (0.0, 0.6, -0.6, np.pi, np.pi + 0.6, np.pi - 0.6):
                spot = place + outward * np.exp(1j * turned) * away * self.radius
                room = self._room_at(spot)
                if room >= 1.0:
                    self.taken.append(spot)
                    return spot
                if room > most_room:
                    best, most_room = spot, room
        self.taken.append(best)
        return best

    def _room_at(self, spot: complex) -> float:
        """1 where nothing is covered: the distance to what is nearest, as a share of what is wanted."""
        to_road = float(np.min(np.abs(self.road - spot))) / (1.5 * self.radius)
        to_labels = min((abs(spot - other) for other in self.taken), default=np.inf) / (2.2 * self.radius)
        return min(to_road, to_labels)
