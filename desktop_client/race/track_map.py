"""Where everybody is on the circuit, on its map or on as much of it as has been driven."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from desktop_client.race.dash import LapMark
from desktop_client.race.driven_line import FARTHEST_M
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.pit_lane import PitLane
from desktop_client.race.presence import out_there
from desktop_client.race.teams import Team, Teams
from desktop_client.race.track_shape import TrackShape, ring
from desktop_client.telemetry.frame import (
    Cars,
    Flag,
    Floats,
    Frame,
    PitStatus,
    SafetyCar,
    Session,
    Zone,
)

OFF_THE_MAP_M: Final = 150.0  # further than any pit lane from where the lap distance says: another coordinate system
WAVED: Final = frozenset({Flag.YELLOW, Flag.DOUBLE_YELLOW, Flag.RED, Flag.DEBRIS, Flag.WHITE})
SAME_S: Final = 0.0005
ON_TRACK: Final = int(PitStatus.NONE)


class DotKind(enum.IntEnum):
    """How much a car matters to the driver; those that matter more are drawn later."""

    OTHER = 0
    LEADER = 1
    NEIGHBOUR = 2
    PLAYER = 3


class Caution(enum.Enum):
    """What holds on the whole circuit."""

    NONE = enum.auto()
    VIRTUAL = enum.auto()
    SAFETY_CAR = enum.auto()
    RED = enum.auto()


class Dot(NamedTuple):
    x: float  # metres, as fine as can be seen
    y: float
    team: Team
    class_number: int | None  # None where all drive in one class
    kind: DotKind
    label: str  # the position, "" for cars without a number on the map
    in_pit: bool


_Look = tuple[Team, int | None, DotKind, str, bool]  # a dot's fields but its place


class Focus(NamedTuple):
    """The own car, as the middle of a map that follows it."""

    x: int
    y: int
    heading_deg: float  # counter-clockwise from +x


@dataclass(frozen=True, slots=True)
class TrackMapView:
    """`shape` is the known map, or None while the circuit is being learned from `driven`, a line in pieces."""

    shape: TrackShape | None
    dots: tuple[Dot, ...]
    pit: PitLane | None = None
    sectors: tuple[int, ...] = ()  # metres after the line at which the second and the later ones begin
    sector_marks: tuple[LapMark, ...] = ()  # what the own sectors of this lap, as far as driven, were worth
    zones: tuple[Zone, ...] = ()
    caution: Caution = Caution.NONE
    focus: Focus | None = None
    progress: int | None = None  # percent of the lap that is known, while learning
    driven_revision: int = 0
    driven: tuple[Floats, ...] = field(default=(), compare=False, repr=False)


def track_map(frame: Frame, race: Race, step_m: float = 1.0, *, follow: bool = False) -> TrackMapView:
    """The map with its cars, those that matter most last.

    `step_m` is how far a car must move to be seen to move. `follow` asks for the focus as well.
    """
    session, cars, own = frame.session, frame.cars, own_row(frame)
    shape = race.shape or _stand_in(session, cars)
    x, y = places(cars, shape, session.track_length_m)
    dots = _dots(frame, race, x, y, max(1, round(step_m)))
    if shape is None:
        driven, progress = race.driven, race.driven.progress
        return TrackMapView(
            shape=None,
            dots=dots,
            caution=caution(session),
            progress=None if progress is None else int(progress * 100),
            driven_revision=driven.revision,
            driven=driven.pieces(),
        )
    return TrackMapView(
        shape=shape,
        dots=dots,
        pit=None if shape.is_ring else race.pit_lane,
        sectors=_sectors(shape, session),
        sector_marks=() if own is None else sector_marks(cars, own),
        zones=_zones(session),
        caution=caution(session),
        focus=_focus(cars, own, race, shape, x, y) if follow and own is not None and not shape.is_ring else None,
    )


def places(cars: Cars, shape: TrackShape | None, lap_length_m: float | None) -> tuple[Floats, Floats]:
    """Each car's x and y in metres: its own coordinates, or its place along the map where it has none.

    One car far from where its lap distance says is enough to look at all of them: the game's world may be another.
    """
    if shape is None or (_is_where_it_says(cars, shape, lap_length_m) and np.isfinite(cars.x + cars.y).all()):
        return cars.x, cars.y
    line_x, line_y = shape.place(cars.lap_distance_m, lap_length_m)
    with np.errstate(invalid="ignore", over="ignore"):
        astray = ~(np.hypot(cars.x - line_x, cars.y - line_y) <= OFF_THE_MAP_M)
        # Where the lap distance is not known either, the game's coordinates are all there is.
        placed = astray & np.isfinite(line_x) | ~np.isfinite(cars.x + cars.y)
    return np.where(placed, line_x, cars.x), np.where(placed, line_y, cars.y)


def _is_where_it_says(cars: Cars, shape: TrackShape, lap_length_m: float | None) -> bool:
    """Whether the first car is near the place of the map that its lap distance belongs to."""
    if not len(cars):
        return True
    share = float(cars.lap_distance_m[0]) / (lap_length_m or shape.length_m)
    if not math.isfinite(share):
        return False
    nearest = int(share % 1.0 * len(shape.x)) % len(shape.x)
    away = math.hypot(float(cars.x[0] - shape.x[nearest]), float(cars.y[0] - shape.y[nearest]))
    return away <= OFF_THE_MAP_M


def caution(session: Session) -> Caution:
    """The worst of what holds on the whole circuit; a formation lap is none."""
    if Flag.RED in session.flags:
        return Caution.RED
    if session.safety_car is SafetyCar.FULL:
        return Caution.SAFETY_CAR
    return Caution.VIRTUAL if session.safety_car is SafetyCar.VIRTUAL else Caution.NONE


def sector_marks(cars: Cars, own: int) -> tuple[LapMark, ...]:
    """What each sector that the driver has finished in this lap was worth, in their order."""
    driven: list[float] = cars.sector_s[own].tolist()
    if not 0 < driven[0] < math.inf:
        return ()
    with np.errstate(invalid="ignore"):
        known = np.where(cars.best_sector_s > 0, cars.best_sector_s, math.inf)
    session: list[float] = known.min(axis=0).tolist()
    marks: list[LapMark] = []
    for index, seconds in enumerate(driven):
        if not 0 < seconds < math.inf:
            break
        if seconds <= session[index] + SAME_S and math.isfinite(session[index]):
            marks.append(LapMark.SESSION_BEST)
        else:
            marks.append(LapMark.OWN_BEST if seconds <= float(known[own, index]) + SAME_S else LapMark.PLAIN)
    return tuple(marks)


def _stand_in(session: Session, cars: Cars) -> TrackShape | None:
    """A ring, for a game that gives distances and no coordinates at all."""
    length = session.track_length_m
    if length is None or not 0 < length < FARTHEST_M or np.isfinite(cars.x).any():
        return None
    return ring(length) if np.isfinite(cars.lap_distance_m).any() else None


def _sectors(shape: TrackShape, session: Session) -> tuple[int, ...]:
    starts = shape.sectors or session.sector_starts_m
    length = shape.length_m if shape.sectors else session.track_length_m or shape.length_m
    return tuple(round(start / length * shape.length_m) for start in starts if 0 < start < length)


def _zones(session: Session) -> tuple[Zone, ...]:
    return tuple(
        Zone(round(zone.start % 1.0, 3), round(zone.end % 1.0, 3), zone.flag)
        for zone in session.zones
        if zone.flag in WAVED and math.isfinite(zone.start + zone.end)
    )


def _focus(cars: Cars, own: int, race: Race, shape: TrackShape, x: Floats, y: Floats) -> Focus | None:
    here_x, here_y = float(x[own]), float(y[own])
    if not (abs(here_x) < FARTHEST_M and abs(here_y) < FARTHEST_M):
        return None
    heading = race.motion.heading_of(cars, own)
    if not math.isfinite(heading):
        along = float(cars.lap_distance_m[own])
        (back_x, on_x), (back_y, on_y) = shape.place(np.array([along - 5.0, along + 5.0]))
        heading = math.atan2(on_y - back_y, on_x - back_x)
    return Focus(round(here_x), round(here_y), round(math.degrees(heading) * 2) / 2 if math.isfinite(heading) else 90.0)


def _dots(frame: Frame, race: Race, x: Floats, y: Floats, step: int) -> tuple[Dot, ...]:
    cars, own = frame.cars, own_row(frame)
    place = np.stack((x, y))
    with np.errstate(invalid="ignore"):
        shown = (np.abs(place) < FARTHEST_M).all(axis=0) & out_there(cars)
    is_shown: list[bool] = shown.tolist()
    metres_x, metres_y = (np.rint(np.where(shown, place, 0.0) / step) * step).tolist()
    classes = race.classes.of_row.tolist() if len(race.classes.met) > 1 else ()
    looks = _looks(
        race.teams, cars.team, *(tuple(each.tolist()) for each in (cars.position, cars.pit)), tuple(classes), own
    )
    return tuple([Dot(metres_x[row], metres_y[row], *look) for row, look in looks if is_shown[row]])


@lru_cache(maxsize=8)
def _looks(
    teams: Teams,
    names: tuple[str, ...],
    positions: tuple[int, ...],
    pit: tuple[int, ...],
    classes: tuple[int, ...],
    own: int | None,
) -> tuple[tuple[int, _Look], ...]:
    """What each dot looks like, in painting order, by its row: that changes rarely, while dots move all the time."""
    own_position = 0 if own is None else positions[own]
    kinds = _kinds(own_position)
    are_told_apart = len(set(classes)) > 1 and len(classes) == len(names)
    looks: list[tuple[int, _Look]] = []
    for row, (name, position) in enumerate(zip(names, positions, strict=True)):
        kind = DotKind.PLAYER if row == own else kinds.get(position, DotKind.OTHER)
        label = str(position) if kind and position > 0 else ""
        class_number = classes[row] if are_told_apart else None
        looks.append((row, (teams.of(name), class_number, kind, label, pit[row] != ON_TRACK)))
    return tuple(sorted(looks, key=lambda look: look[1][2]))


def _kinds(own_position: int) -> dict[int, DotKind]:
    """What the cars that matter are, by their position."""
    kinds = {1: DotKind.LEADER}
    if own_position > 0:
        kinds |= dict.fromkeys((own_position - 1, own_position + 1), DotKind.NEIGHBOUR)
    kinds.pop(0, None)  # an unknown position is no neighbour of the first
    return kinds
