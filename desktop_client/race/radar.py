"""Who is so near that a move of the wheel would touch them, seen from the driver's own car."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.presence import is_out_there
from desktop_client.telemetry.frame import Beside, Cars, Frame, PitStatus

CAR_LENGTH_M: Final = 4.7
CAR_WIDTH_M: Final = 1.9
BLIND_M: Final = 1.5  # a car is alongside from so far behind the own rear to so far ahead of the own nose
BESIDE_M: Final = 6.0  # further to the side is another lane
IN_LINE_M: Final = 1.3  # less to the side is ahead or behind, not beside
OTHER_ROAD_M: Final = 4.0  # above or below: a bridge
SPOTTED_M: Final = 3.0  # to the side, where a spotter says no more than "left"
APPROACH_MPS: Final = 4.0  # slower is following, not approaching
FASTEST_MPS: Final = 150.0
MAX_BLIPS: Final = 12
STEPS_PER_M: Final = 5  # finer cannot be seen


class Danger(enum.IntEnum):
    """What a car near by asks of the driver."""

    NONE = 0  # to know of it
    NEAR = 1  # to leave room
    TOUCHING = 2  # not to move an inch its way


@dataclass(frozen=True, slots=True)
class Blip:
    """A car near by, in the driver's own axes; metres are told as fine as can be seen."""

    ahead_m: float
    left_m: float
    turn_deg: int  # how far its nose points to the left of the own one
    danger: Danger


@dataclass(frozen=True, slots=True)
class Flank:
    """What one side bar shows: which part of the own car is covered, from tail 0 to nose 1, and how badly."""

    start: float
    end: float
    danger: Danger
    cars: int = 1


@dataclass(frozen=True, slots=True)
class RadarView:
    blips: tuple[Blip, ...]  # the nearest last, to be drawn over the others
    left: Flank | None
    right: Flank | None
    approach_mps: int | None  # how fast the nearest car behind comes closer, once that is worth a look


class _Place(NamedTuple):
    row: int
    ahead: float
    left: float

    @property
    def away(self) -> float:
        return math.hypot(self.ahead, self.left)


def radar(frame: Frame, race: Race, range_m: float = 25.0) -> RadarView | None:
    """Everybody within so many metres; None while nobody is near, or nobody drives."""
    row, cars = own_row(frame), frame.cars
    if row is None or frame.session.in_garage or cars.pit[row] == PitStatus.IN_BOX:
        return None
    heading = race.motion.heading_of(cars, row)
    spotted = (frame.player.beside if frame.player is not None else None) or Beside.NOBODY
    if math.isfinite(heading + cars.x[row] + cars.y[row]):
        placed = _around(cars, row, heading, range_m)
    else:
        placed = _along_the_lap(cars, row, frame.session.track_length_m or math.nan, spotted, range_m)
    placed = [place for place in placed if _matters(cars, row, place, range_m)]
    if not placed and not spotted:
        return None
    placed.sort(key=lambda place: place.away, reverse=True)
    del placed[:-MAX_BLIPS]
    return RadarView(
        blips=tuple(_blip(place, race.motion.heading_of(cars, place.row) - heading) for place in placed),
        left=_flank(placed, 1.0) or _told(spotted, Beside.LEFT, Beside.TWO_LEFT),
        right=_flank(placed, -1.0) or _told(spotted, Beside.RIGHT, Beside.TWO_RIGHT),
        approach_mps=_approach(cars, row, placed),
    )


def _around(cars: Cars, row: int, heading: float, range_m: float) -> list[_Place]:
    """Who is how far ahead of and to the left of the own car, by coordinates."""
    with np.errstate(invalid="ignore", over="ignore"):
        east, north = cars.x - cars.x[row], cars.y - cars.y[row]
        rows = np.flatnonzero(np.abs(east) + np.abs(north) <= 2 * range_m)
    cos, sin = math.cos(heading), math.sin(heading)
    places = zip(rows.tolist(), east[rows].tolist(), north[rows].tolist(), strict=True)
    return [_Place(other, e * cos + n * sin, n * cos - e * sin) for other, e, n in places]


def _along_the_lap(cars: Cars, row: int, length_m: float, spotted: Beside, range_m: float) -> list[_Place]:
    """The same for a game without coordinates: by lap distance, and to the side that the spotter says."""
    with np.errstate(invalid="ignore"):
        apart = np.mod(cars.lap_distance_m - cars.lap_distance_m[row] + length_m / 2, length_m) - length_m / 2
        rows = np.flatnonzero(np.abs(apart) <= range_m)
    left, right = spotted & (Beside.LEFT | Beside.TWO_LEFT), spotted & (Beside.RIGHT | Beside.TWO_RIGHT)
    beside = 0.0 if bool(left) == bool(right) else SPOTTED_M if left else -SPOTTED_M
    places = zip(rows.tolist(), apart[rows].tolist(), strict=True)
    placed = [_Place(other, ahead, beside if abs(ahead) < CAR_LENGTH_M else 0.0) for other, ahead in places]
    return [place for place in placed if place.left or abs(place.ahead) >= CAR_LENGTH_M]  # else it is on either side


def _matters(cars: Cars, row: int, place: _Place, range_m: float) -> bool:
    """Whether a car within reach can be met at all: not on a bridge, behind the pit wall or out of the race."""
    other = place.row
    if other == row or abs(place.ahead) > range_m or abs(place.left) > range_m or not is_out_there(cars, other):
        return False
    if abs(float(cars.z[other] - cars.z[row])) > OTHER_ROAD_M:
        return False
    return cars.pit[row] != PitStatus.NONE or cars.pit[other] == PitStatus.NONE


def _blip(place: _Place, turn_rad: float) -> Blip:
    turn = math.degrees(turn_rad) if math.isfinite(turn_rad) else 0.0
    return Blip(
        round(place.ahead * STEPS_PER_M) / STEPS_PER_M,
        round(place.left * STEPS_PER_M) / STEPS_PER_M,
        round(((turn + 180) % 360 - 180) / 3) * 3,
        danger(place.ahead, place.left),
    )


def danger(ahead_m: float, left_m: float) -> Danger:
    """How near a car is, from the gap between the two bodies as if both pointed the same way."""
    along, across = abs(ahead_m) - CAR_LENGTH_M, abs(left_m) - CAR_WIDTH_M
    if along < 0.8 and across < 0.9:
        return Danger.TOUCHING
    return Danger.NEAR if along < 4.0 and across < 3.0 else Danger.NONE


def _flank(placed: list[_Place], side: float) -> Flank | None:
    """The part of the own side that cars there cover, the blind spot behind it included."""
    reach = CAR_LENGTH_M / 2 + BLIND_M
    there = [
        (place.ahead, side * place.left)
        for place in placed
        if IN_LINE_M < side * place.left < BESIDE_M and abs(place.ahead) < CAR_LENGTH_M / 2 + reach
    ]
    if not there:
        return None
    starts = [max(-reach, ahead - CAR_LENGTH_M / 2) for ahead, _ in there]
    ends = [min(reach, ahead + CAR_LENGTH_M / 2) for ahead, _ in there]
    return Flank(
        start=_share(min(starts), reach),
        end=_share(max(ends), reach),
        danger=max(Danger.NEAR, *(danger(ahead, left) for ahead, left in there)),
        cars=min(2, len(there)),
    )


def _share(ahead: float, reach: float) -> float:
    return round((ahead + reach) / (2 * reach), 2)


def _told(spotted: Beside, one: Beside, two: Beside) -> Flank | None:
    """The whole side, where only a spotter tells."""
    if not spotted & (one | two):
        return None
    return Flank(0.0, 1.0, Danger.NEAR, 2 if spotted & two else 1)


def _approach(cars: Cars, row: int, placed: list[_Place]) -> int | None:
    """How much faster the nearest car behind is, in metres per second; None while it only follows."""
    for place in reversed(placed):
        if place.ahead < -CAR_LENGTH_M and abs(place.left) < BESIDE_M:
            closing = float(cars.speed_mps[place.row] - cars.speed_mps[row])
            return round(closing) if APPROACH_MPS <= closing < FASTEST_MPS else None
    return None
