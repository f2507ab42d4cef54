"""A circuit that is nobody's with a race on it, for previews of the map."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from desktop_client.race.corners import proposed
from desktop_client.race.dash import LapMark
from desktop_client.race.pit_lane import PitLane
from desktop_client.race.teams import Team
from desktop_client.race.track_map import Dot, DotKind, Focus, TrackMapView
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Flag, Floats, Zone

TURNS_HM: Final = (  # hundreds of metres
    *(
        (1, 0.2),
        (4, 0.2),
        (7, 0),
        (9.6, 0.2),
        (9.8, 2.6),
        (7.2, 3),
        (5, 2.4),
        (4.2, 4.6),
        (6.8, 5.8),
        (9, 5),
        (10.6, 7.2),
    ),
    *(
        (8.2, 9.6),
        (4.8, 7.8),
        (2, 9.8),
        (-1.2, 8.8),
        (-0.8, 5.8),
        (2.6, 5.8),
        (2, 3.2),
        (-1.4, 4),
        (-3.2, 1.8),
        (-1.6, 0),
    ),
)
SOFTNESS: Final = 1.5
LEADER_M: Final = 2650.0
BEHIND_M: Final = (0.0, 66.0, 165.0, 221.0, 330.0, 462.0, 690.0, 905.0, 1180.0, 1600.0, 2100.0)
OWN: Final = 4
KINDS: Final = {0: DotKind.LEADER, OWN - 1: DotKind.NEIGHBOUR, OWN + 1: DotKind.NEIGHBOUR, OWN: DotKind.PLAYER}


def example(*, follow: bool) -> TrackMapView:
    """The race, from above or around its driver."""
    shape = circuit()
    places = LEADER_M - np.array(BEHIND_M)
    x, y = (np.rint(column).astype(int).tolist() for column in shape.place(places))
    dots = [
        Dot(
            *(x[row], y[row], Team(f"Team {row}", row), None, KINDS.get(row, DotKind.OTHER)),
            label=str(row + 1) if row in KINDS else "",
            in_pit=row == len(places) - 1,
        )
        for row in range(len(places))
    ]
    return TrackMapView(
        shape=shape,
        dots=tuple(sorted(dots, key=lambda dot: dot.kind)),
        pit=shape.pit,
        sectors=tuple(round(start) for start in shape.sectors),
        sector_marks=(LapMark.OWN_BEST,),
        zones=(Zone(0.55, 0.6, Flag.YELLOW),),
        focus=Focus(x[OWN], y[OWN], _heading(shape, float(places[OWN]))) if follow else None,
    )


@lru_cache(maxsize=1)
def circuit() -> TrackShape:
    """A line drawn softly through the turns."""
    turns = np.array(TURNS_HM, dtype=np.float64).T * 100.0
    steps = np.arange(0.0, turns.shape[1], 0.02)
    weights = np.exp(-SOFTNESS * _apart(steps[:, None], np.arange(turns.shape[1]), turns.shape[1]) ** 2)
    x, y = turns @ (weights / weights.sum(axis=1, keepdims=True)).T
    length = float(np.hypot(np.diff(x, append=x[0]), np.diff(y, append=y[0])).sum())
    lane = PitLane(length * 0.965, length * 0.085, np.full(24, 14.0))
    return TrackShape(x, y, length, (length * 0.31, length * 0.67), proposed(x, y, length), lane)


def _apart(steps: Floats, turns: Floats, count: int) -> Floats:
    """How far each step is from each turn, around the ring of turns."""
    return np.abs((steps - turns + count / 2) % count - count / 2)


def _heading(shape: TrackShape, distance_m: float) -> float:
    (back_x, on_x), (back_y, on_y) = shape.place(np.array([distance_m - 5, distance_m + 5]))
    return round(math.degrees(math.atan2(on_y - back_y, on_x - back_x)))
