"""Who is so near that a move of the wheel would touch them, seen from the driver's own car."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.telemetry.frame import Beside, Bools, Cars, CarStatus, Floats, Frame, PitStatus

CAR_LENGTH_M: Final = 4.7
CAR_WIDTH_M: Final = 1.9
BLIND_M: Final = 1.5  # a car is alongside from so far behind the own rear to so far ahead of the own nose
BESIDE_M: Final = 6.0  # further to the side is another lane
IN_LINE_M: Final = 1.3  # less to the side is ahead or behind, not beside
OTHER_ROAD_M: Final = 4.0  # above or below: a bridge
SPOTTED_M: Final = 3.0  # to the side, where a spotter says no more than "left"
APPROACH_MPS: Final = 4.0  # slower is following, not approaching
MAX_BLIPS: Final = 12
STEPS_PER_M: Final = 5  # finer cannot be seen
GONE: Final = (CarStatus.GARAGE, CarStatus.RETIRED, CarStatus.DISQUALIFIED)


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


def radar(frame: Frame, race: Race, range_m: float = 25.0) -> RadarView | None:
    """Everybody within so many metres; None while nobody is near, or nobody drives."""
    row, cars = own_row(frame), frame.cars
    if row is None or frame.session.in_garage or cars.pit[row] == PitStatus.IN_BOX:
        return None
    heading = race.motion.heading(cars)
    ahead, left = _around(cars, row, float(heading[row]))
    spotted = frame.player.beside if frame.player is not None else None
    length = frame.session.track_length_m
    if not np.isfinite(ahead[row]) and length:
        ahead, left = _along_the_lap(cars, row, length, spotted or Beside.NOBODY)
    near = _near(cars, row, ahead, left, range_m)
    if not near.any() and not spotted:
        return None
    rows = np.flatnonzero(near)
    rows = rows[np.argsort(-np.hypot(ahead[rows], left[rows]))][-MAX_BLIPS:]
    placed = list(zip(ahead[rows].tolist(), left[rows].tolist(), strict=True))
    turns = np.degrees(np.nan_to_num(heading[rows] - heading[row]))
    view = RadarView(
        blips=tuple(_blip(*place, turn) for place, turn in zip(placed, turns.tolist(), strict=True)),
        left=_flank(placed, 1.0) or _told(spotted, Beside.LEFT, Beside.TWO_LEFT),
        right=_flank(placed, -1.0) or _told(spotted, Beside.RIGHT, Beside.TWO_RIGHT),
        approach_mps=_approach(cars, row, rows, ahead, left),
    )
    return view if view.blips or view.left or view.right else None


def _around(cars: Cars, row: int, heading: float) -> tuple[Floats, Floats]:
    """How far every car is ahead of and to the left of the own one; nan where that is not known."""
    with np.errstate(invalid="ignore", over="ignore"):
        east, north = cars.x - cars.x[row], cars.y - cars.y[row]
        cos, sin = (math.cos(heading), math.sin(heading)) if math.isfinite(heading) else (math.nan, math.nan)
        return east * cos + north * sin, north * cos - east * sin


def _along_the_lap(cars: Cars, row: int, length_m: float, spotted: Beside) -> tuple[Floats, Floats]:
    """The same for a game without coordinates: by lap distance, and to the side that the spotter says."""
    with np.errstate(invalid="ignore"):
        apart = cars.lap_distance_m - cars.lap_distance_m[row]
        ahead = np.mod(apart + length_m / 2, length_m) - length_m / 2
        alongside = np.abs(ahead) < CAR_LENGTH_M
    sides = [SPOTTED_M] * bool(spotted & (Beside.LEFT | Beside.TWO_LEFT))
    sides += [-SPOTTED_M] * bool(spotted & (Beside.RIGHT | Beside.TWO_RIGHT))
    left = np.zeros(len(cars))
    left[alongside] = sides[0] if len(sides) == 1 else math.nan  # on both sides: who is where is not known
    return ahead, left


def _near(cars: Cars, row: int, ahead: Floats, left: Floats, range_m: float) -> Bools:
    with np.errstate(invalid="ignore"):
        near = (np.abs(ahead) <= range_m) & (np.abs(left) <= range_m)
        near &= ~(np.abs(cars.z - cars.z[row]) > OTHER_ROAD_M)
    near &= ~np.isin(cars.status, GONE)
    if cars.pit[row] == PitStatus.NONE:
        near &= cars.pit == PitStatus.NONE  # behind the pit wall
    near[row] = False
    return near


def _blip(ahead: float, left: float, turn_deg: float) -> Blip:
    return Blip(
        round(ahead * STEPS_PER_M) / STEPS_PER_M,
        round(left * STEPS_PER_M) / STEPS_PER_M,
        round(((turn_deg + 180) % 360 - 180) / 3) * 3,
        danger(ahead, left),
    )


def danger(ahead_m: float, left_m: float) -> Danger:
    """How near a car is, from the gap between the two bodies as if both pointed the same way."""
    along, across = abs(ahead_m) - CAR_LENGTH_M, abs(left_m) - CAR_WIDTH_M
    if along < 0.8 and across < 0.9:
        return Danger.TOUCHING
    return Danger.NEAR if along < 4.0 and across < 3.0 else Danger.NONE


def _flank(placed: list[tuple[float, float]], side: float) -> Flank | None:
    """The part of the own side that cars there cover, the blind spot behind it included."""
    reach = CAR_LENGTH_M / 2 + BLIND_M
    there = [
        (ahead, side * left)
        for ahead, left in placed
        if IN_LINE_M < side * left < BESIDE_M and abs(ahead) < CAR_LENGTH_M / 2 + reach
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


def _told(spotted: Beside | None, one: Beside, two: Beside) -> Flank | None:
    """The whole side, where only a spotter tells."""
    if not spotted or not spotted & (one | two):
        return None
    return Flank(0.0, 1.0, Danger.NEAR, 2 if spotted & two else 1)


def _approach(
    cars: Cars, row: int, rows: np.ndarray[tuple[int], np.dtype[np.intp]], ahead: Floats, left: Floats
) -> int | None:
    """How much faster the nearest car behind is, in metres per second; None while it only follows."""
    behind = rows[(ahead[rows] < -CAR_LENGTH_M) & (np.abs(left[rows]) < BESIDE_M)]
    if not len(behind):
        return None
    closing = float(cars.speed_mps[behind[-1]] - cars.speed_mps[row])
    return round(closing) if APPROACH_MPS <= closing < 150.0 else None
