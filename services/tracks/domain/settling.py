"""How is a lap laid onto a known line, as a whole, once it is roughly known where it lies?

It is moved, turned and, within limits, scaled: games change the origin of a circuit from one year to the next (F1 25
moved Silverstone by 157 m). Only what already lies close decides where the whole is moved to, so that a bend which one
of the two lacks shows in its full size. What lies between the lap and the line across the road counts, what lies along
it does not: the racing line is shorter than the middle of the road, a little in every bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.tracks.domain.deviation import band_of, beside
from services.tracks.domain.lap import Floats, Places

SETTLING_PLACES: Final = 512
SETTLING_ROUNDS: Final = 12
SETTLED_M: Final = 0.05
CLOSE_PERCENT: Final = 70
HOPELESS_M: Final = 100.0
HELD: Final = 1e-3
"""What holds a move that nothing decides, such as the turn of a circle: this share of what would decide it."""
MOST_WAVES: Final = 4
SHORTEST_WAVE_M: Final = 1000.0
BENDING_ROUNDS: Final = 6
BENDING_PERCENT: Final = 85
BENDING_ALONG: Final = 0.6
"""How much it counts that a bent lap slides along the line: with nothing against it waves would fold it there."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """Turned and scaled by a complex factor, then moved."""

    factor: complex
    move: complex

    def of(self, places: Places) -> Places:
        return self.factor * places + self.move


@dataclass(frozen=True, slots=True, eq=False)
class Bending:
    """A slow displacement along a closed line, metres: coefficients of waves from so many turns back to as many on."""

    coefficients: Places

    def at(self, count: int) -> Places:
        """The displacement at `count` equal steps, (count,)."""
        return _waves(count, len(self.coefficients) // 2) @ self.coefficients


def settled(lap: Places, known: Places, begun: Similarity, scales: tuple[float, float]) -> Similarity:
    """The move that lays the half of `lap` that lies closest to `known` closer still, from a rough one on.

    Both are (n,) places in equal steps, begun at the same place of the road.
    """
    band = band_of(len(lap))
    move = begun
    for _ in range(SETTLING_ROUNDS):
        placed = move.of(lap)
        nearest, ahead = beside(placed, known, band)
        distance = np.abs(placed - nearest)
        limit = float(np.percentile(distance, CLOSE_PERCENT))
        if limit > HOPELESS_M:
            break
        close = distance <= limit
        step = _step(placed[close], nearest[close], ahead[close])
        move = _limited(Similarity(step.factor * move.factor, step.of(np.array([move.move]))[0]), lap, scales)
        if float(np.abs(move.of(lap) - placed).max()) < SETTLED_M:
            break
    return move


def bent(lap: Places, known: Places, length_m: float) -> Bending:
    """What drift there is in a lap that was integrated from speed and heading, settled as well as it can be.

    Its waves are far longer than a chicane, and what lies farthest off does not count: so a bend that one of the lines
    lacks is left as it is.
    """
    band = band_of(len(lap))
    waves = _waves(len(lap), min(MOST_WAVES, int(length_m / SHORTEST_WAVE_M)))
    coefficients = np.zeros(waves.shape[1], dtype=np.complex128)
    for _ in range(BENDING_ROUNDS):
        placed = lap + waves @ coefficients
        nearest, ahead = beside(placed, known, band)
        distance = np.abs(placed - nearest)
        close = distance <= np.percentile(distance, BENDING_PERCENT)
        moves = np.hstack((waves, 1j * waves))[close]
        shares = _shares(moves, placed[close], nearest[close], ahead[close], BENDING_ALONG)
        coefficients = coefficients + shares[: len(coefficients)] + 1j * shares[len(coefficients) :]
    return Bending(coefficients)


def _step(placed: Places, nearest: Places, ahead: Places) -> Similarity:
    """The small move of least squares that takes each place onto the line through its nearest one, `ahead` along it."""
    middle = complex(placed.mean())
    about = placed - middle
    size = float(np.sqrt(np.mean(np.abs(about) ** 2))) or 1.0
    moves = np.column_stack((about / size, 1j * about / size, np.ones_like(about), np.full_like(about, 1j)))
    scaled, turned, east, north = _shares(moves, placed, nearest, ahead).tolist()
    factor = 1 + complex(scaled, turned) / size
    return Similarity(factor, middle + complex(east, north) - factor * middle)


def _shares(moves: Places, placed: Places, nearest: Places, ahead: Places, along: float = 0.0) -> Floats:
    """How much of each of (n, m) displacements, (m,), takes the places best to their nearest ones.

    What lies across `ahead` counts once, what lies along it `along` times.
    """
    wanted, held = nearest - placed, HELD * len(placed) * np.eye(moves.shape[1])
    square, right = held, np.zeros(moves.shape[1])
    for direction in (1j * ahead, along * ahead):
        columns: Floats = np.real(np.conj(direction)[:, None] * moves)
        square = square + columns.T @ columns
        right = right + columns.T @ np.real(np.conj(direction) * wanted)
    return np.linalg.solve(square, right).astype(np.float64)


def _limited(move: Similarity, lap: Places, scales: tuple[float, float]) -> Similarity:
    """The same with its scale between the two, and the middle of the lap where it was."""
    middle = complex(lap.mean())
    factor = move.factor / abs(move.factor) * float(np.clip(abs(move.factor), *scales))
    return Similarity(factor, move.factor * middle + move.move - factor * middle)


def _waves(count: int, most: int) -> Places:
    """(count, 2 most + 1): closed waves of `most` turns back to as many on, and between them the one that stands."""
    turns = np.arange(-most, most + 1)
    return np.exp(2j * np.pi * np.arange(count)[:, None] / count * turns)
