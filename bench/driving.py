"""How would a car go round a road? A simulated lap: the racing line and what drivers make of it, speed, and sampling.

A lap is a line within the road's edges, a speed for each place on it (bends and brakes bound it), and samples of that
line in equal times. `seen` then looks at it as another game would: turned, moved, mirrored, rescaled, rounded.
Everything comes from the generator that is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.roads import Road
from services.tracks.domain.lap import Floats, Places

STEP_M: Final = 2.0
HALF_CAR_M: Final = 1.0
GRIP_MPS2: Final = 22.0
BRAKES_MPS2: Final = 25.0
ENGINE_MPS2: Final = 9.0
TOP_SPEED_MPS: Final = 88.0
SMOOTH_M: Final = 60.0
APEX_RADIUS_M: Final = 60.0
"""A bend of this radius is taken at its inner edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Driven:
    """A lap: (n,) complex metres in driving order, from a place on the road to just before it."""

    places: Places
    rate_hz: float
    handedness: str = "right"

    @property
    def xy(self) -> Floats:
        return np.column_stack((self.places.real, self.places.imag))

    @property
    def lap_time_s(self) -> float:
        return len(self.places) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Pose:
    """How another game has the same road: first mirrored or not, then scaled, turned and moved."""

    turn: float = 0.0
    move: complex = 0j
    scale: float = 1.0
    is_mirrored: bool = False
    rounding_m: float = 0.0

    @classmethod
    def random(cls, chance: np.random.Generator, *, scale: float = 1.0, is_mirrored: bool = False) -> Pose:
        east, north = chance.uniform(-5000, 5000, 2)
        return cls(float(chance.uniform(-np.pi, np.pi)), complex(east, north), scale, is_mirrored, rounding_m=0.01)


def drive(
    road: Road,
    chance: np.random.Generator,
    *,
    rate_hz: float = 60.0,
    apexing: float = 1.0,
    noise_m: float = 1.0,
    start: float | None = None,
) -> Driven:
    """One lap at `rate_hz`, begun at `start` (share of the road; anywhere if None).

    `apexing`: 1 takes every bend at its inner edge and opens before and after it, 0 keeps to the middle, -1 to the
    outside, as who defends or is overtaken. `noise_m` is the rms of what the driver adds to that; edges bound it.
    """
    line = driven_line(road, chance, apexing=apexing, noise_m=noise_m)
    begin = int((chance.uniform() if start is None else start) * len(line)) % len(line)
    line = np.roll(line, -begin)
    steps = np.abs(np.roll(line, -1) - line)
    arrived = np.concatenate(([0.0], np.cumsum(steps / speeds(line))))
    samples = np.arange(chance.uniform() / rate_hz, arrived[-1], 1 / rate_hz)
    closed = np.append(line, line[0])
    return Driven(np.interp(samples, arrived, closed.real) + 1j * np.interp(samples, arrived, closed.imag), rate_hz)


def driven_line(road: Road, chance: np.random.Generator, *, apexing: float, noise_m: float) -> Places:
    """The line without times, (n,) in steps of about 2 m along the middle of the road."""
    along = _along(road.centre)
    count = max(64, round(along[-1] / STEP_M))
    stations = np.linspace(0, along[-1], count, endpoint=False)
    x, y, left, right = (
        np.interp(stations, along, np.append(column, column[0]))
        for column in (road.centre.real, road.centre.imag, road.left, road.right)
    )
    middle = x + 1j * y
    ahead = np.roll(middle, -1) - np.roll(middle, 1)
    across = 1j * _smoothed(ahead / np.maximum(np.abs(ahead), 1e-9), 20.0)  # to the left
    bend = _smoothed(_curvature(middle), SMOOTH_M)
    # What is inside in the bend is outside before and after it: the wide smoothing is taken off.
    inwards = np.tanh(APEX_RADIUS_M * 2 * (bend - 0.6 * _smoothed(bend, 4 * SMOOTH_M)))
    aside = apexing * inwards * np.where(inwards > 0, left, right) + _wandering(count, noise_m, chance)
    room_left, room_right = np.maximum(left - HALF_CAR_M, 0.1), np.maximum(right - HALF_CAR_M, 0.1)
    room = np.where(aside > 0, room_left, room_right)
    return middle + across * room * np.tanh(aside / room)


def speeds(line: Places) -> Floats:
    """Metres per second at each place of a closed line: what its bends allow, reached by engine and brakes."""
    steps = np.abs(np.roll(line, -1) - line)
    bend = np.abs(_smoothed(_curvature(line), 10.0))
    square = np.minimum(GRIP_MPS2 / np.maximum(bend, 1e-6), TOP_SPEED_MPS**2)
    driven = np.concatenate(([0.0], np.cumsum(np.tile(steps, 3))))[:-1]
    thrice = np.tile(square, 3)  # so that the middle lap has a lap before and one behind it
    gained = np.minimum.accumulate(thrice - 2 * ENGINE_MPS2 * driven) + 2 * ENGINE_MPS2 * driven
    braked = np.minimum.accumulate((gained + 2 * BRAKES_MPS2 * driven)[::-1])[::-1] - 2 * BRAKES_MPS2 * driven
    return np.sqrt(np.maximum(braked[len(line) : 2 * len(line)], 1.0))


def seen(driven: Driven, pose: Pose) -> Driven:
    """The lap as a game with another plane would tell it; a mirrored one says that it is left-handed."""
    places = np.conj(driven.places) if pose.is_mirrored else driven.places
    places = pose.scale * np.exp(1j * pose.turn) * places + pose.move
    if pose.rounding_m:
        places = np.round(places / pose.rounding_m) * pose.rounding_m
    return replace(driven, places=places, handedness="left" if pose.is_mirrored else "right")


def drifted(driven: Driven, chance: np.random.Generator, share: float) -> Driven:
    """The lap as integrated from speed and heading: off by that share of its length at the end, the error spread."""
    count = len(driven.places)
    steps = np.diff(driven.places)
    wrong = 1 + _wandering(count, share, chance)[1:] + 1j * _wandering(count, share, chance)[1:]
    places = np.concatenate(([0j], np.cumsum(steps * wrong)))
    along = np.concatenate(([0.0], np.cumsum(np.abs(steps))))
    gap = places[-1] - (driven.places[-1] - driven.places[0])
    return replace(driven, places=places - gap * along / along[-1])


def _wandering(count: int, rms: float, chance: np.random.Generator) -> Floats:
    """Smooth closed noise, (count,): waves of 60 m and longer, if places are 2 m apart."""
    waves = max(2, count // 30)
    size = 1 / (1 + (np.arange(1, waves + 1) / (0.35 * waves)) ** 2)
    spectrum = np.zeros(count // 2 + 1, complex)
    spectrum[1 : waves + 1] = size * (chance.normal(size=waves) + 1j * chance.normal(size=waves))
    noise = np.fft.irfft(spectrum, count)
    return noise * rms / max(float(np.sqrt(np.mean(noise**2))), 1e-12)


def _along(line: Places) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.abs(np.roll(line, -1) - line))))


def _curvature(line: Places) -> Floats:
    """1 / radius at each place, positive to the left."""
    after, before = np.roll(line, -1) - line, line - np.roll(line, 1)
    length = (np.abs(after) + np.abs(before)) / 2
    return np.angle(after * np.conj(before)) / np.maximum(length, 1e-6)


def _smoothed(column: np.ndarray, metres: float) -> np.ndarray:
    """A closed column in steps of about 2 m, its waves shorter than `metres` faded out."""
    waves = np.fft.fftfreq(len(column)) / STEP_M
    smoothed = np.fft.ifft(np.fft.fft(column) * np.exp(-((waves * metres) ** 2)))
    return smoothed if np.iscomplexobj(column) else smoothed.real
