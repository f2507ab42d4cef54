"""Where everybody is on the circuit, on its map or on as much of it as has been driven."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import numpy as np

from desktop_client.race.driven_line import FARTHEST_M, DrivenLine
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.teams import Team
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Cars, Floats, Frame, PitStatus

OFF_THE_MAP_M = 150.0  # further than any pit lane from where the lap distance says: another coordinate system


class DotKind(enum.IntEnum):
    """How much a car matters to the driver; those that matter more are drawn later."""

    OTHER = 0
    LEADER = 1
    NEIGHBOUR = 2
    PLAYER = 3


@dataclass(frozen=True, slots=True)
class Dot:
    x: int  # metres: finer cannot be seen on a map
    y: int
    team: Team
    kind: DotKind
    label: str  # the position, "" for cars without a number on the map
    in_pit: bool


@dataclass(frozen=True, slots=True)
class TrackMapView:
    """`shape` is the known map, or None while the circuit is being learned from `driven`, a line in pieces."""

    shape: TrackShape | None
    dots: tuple[Dot, ...]
    progress: int | None = None  # percent of the lap that is known, while learning
    driven_revision: int = 0
    driven: tuple[Floats, ...] = field(default=(), compare=False, repr=False)


def track_map(frame: Frame, race: Race) -> TrackMapView:
    """The map with its cars, those that matter most last."""
    shape = race.shape
    x, y = places(frame.cars, shape, frame.session.track_length_m)
    dots = _dots(frame, race, x, y)
    if shape is not None:
        return TrackMapView(shape=shape, dots=dots)
    driven: DrivenLine = race.driven
    progress = driven.progress
    return TrackMapView(
        shape=None,
        dots=dots,
        progress=None if progress is None else int(progress * 100),
        driven_revision=driven.revision,
        driven=driven.pieces(),
    )


def places(cars: Cars, shape: TrackShape | None, lap_length_m: float | None) -> tuple[Floats, Floats]:
    """Each car's x and y in metres: its own coordinates, or its place along the map where it has none."""
    if shape is None:
        return cars.x, cars.y
    line_x, line_y = shape.place(cars.lap_distance_m, lap_length_m)
    with np.errstate(invalid="ignore", over="ignore"):
        known = np.isfinite(cars.x) & np.isfinite(cars.y)
        astray = np.hypot(cars.x - line_x, cars.y - line_y) > OFF_THE_MAP_M
    own_place = known & ~astray
    return np.where(own_place, cars.x, line_x), np.where(own_place, cars.y, line_y)


def _dots(frame: Frame, race: Race, x: Floats, y: Floats) -> tuple[Dot, ...]:
    cars, own = frame.cars, own_row(frame)
    own_position = int(cars.position[own]) if own is not None else 0
    with np.errstate(invalid="ignore"):
        shown = np.flatnonzero((np.abs(x) < FARTHEST_M) & (np.abs(y) < FARTHEST_M))
    columns = zip(
        shown.tolist(),
        np.rint(x[shown]).astype(np.int64).tolist(),
        np.rint(y[shown]).astype(np.int64).tolist(),
        cars.position[shown].tolist(),
        (cars.pit[shown] != PitStatus.NONE).tolist(),
        strict=True,
    )
    dots: list[Dot] = []
    for row, metres_x, metres_y, position, in_pit in columns:
        kind = _kind(position, own_position, row == own)
        label = str(position) if kind and position > 0 else ""
        dots.append(Dot(metres_x, metres_y, race.teams.of(cars.team[row]), kind, label, in_pit))
    return tuple(sorted(dots, key=lambda dot: dot.kind))


def _kind(position: int, own_position: int, is_player: bool) -> DotKind:
    if is_player:
        return DotKind.PLAYER
    if position > 0 and own_position > 0 and abs(position - own_position) == 1:
        return DotKind.NEIGHBOUR
    return DotKind.LEADER if position == 1 else DotKind.OTHER
