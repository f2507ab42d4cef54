"""What drivers' games tell of a line beside its shape: where its sectors begin, and its pit lane.

Each driver's last lap that told them speaks once. What is agreed on is always something that somebody told: the one
value to which the others lie nearest, round the lap. A minority that tells nonsense moves it to no place where nobody
saw it, and nothing told can lie off the lap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from contracts.tracks import PitLane, PitPassage, Station
from services.tracks.domain.lap import Floats, Places

PIT_STEP_M: Final = 10.0
MOST_PIT_PLACES: Final = 300
LONGEST_PIT_SHARE: Final = 0.6  # of the lap: beyond it somebody mixed up the way in with the way out
FAR_M: Final = 1e6  # no pit lane lies so far from where its lap was driven, and what is no number does not either
NEAR_M: Final = 30.0  # two drivers who tell of one place


class PitFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """`entry` and `exit` are shares of the lap; `x` and `y` are metres in the line's plane, where the way was seen."""

    entry: float
    exit: float
    speed_limit_mps: float | None = None
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one driver's game told. `sectors`: where the second and the later ones begin, shares of the lap, rising."""

    sectors: tuple[float, ...] = ()
    pit: PitFacts | None = None

    def updated(self, later: Facts) -> Facts:
        """These facts after a later lap of the same driver, which need not have told all of them."""
        return Facts(later.sectors or self.sectors, later.pit or self.pit)


@dataclass(frozen=True, slots=True)
class Agreed:
    sectors: tuple[Station, ...] = ()
    pit: PitLane | None = None


def told(
    *, sector_starts_m: Sequence[float], pit: PitPassage | None, way: Places | None, start: float, driven_m: float
) -> Facts:
    """The facts of one lap of `driven_m` metres, begun at the share `start` of the line.

    `way` is the pit lane as it was driven, in the line's plane. What is not finite or lies off the lap is left out.
    """
    if not (np.isfinite(driven_m) and driven_m > 0 and np.isfinite(start)):
        return Facts()
    shares = {share for metres in sector_starts_m if metres >= 1.0 and (share := _share(metres, start, driven_m))}
    return Facts(tuple(sorted(shares)), _pit(pit, way, start, driven_m))


def agreed(facts: Iterable[Facts], length_m: float) -> Agreed:
    """What the drivers agree on, in metres on a line of that length; nothing where nobody told anything."""
    facts = list(facts)
    return Agreed(_sectors([one.sectors for one in facts if one.sectors], length_m),
                  _pit_lane([one.pit for one in facts if one.pit], length_m))  # fmt: skip


def _share(metres: float, start: float, driven_m: float) -> float | None:
    if not 0 <= metres <= driven_m * 1.02:  # a game's own length and the driven one differ a little
        return None
    return round(float(np.mod(start + min(metres / driven_m, 1.0), 1.0)), 6) % 1.0


def _pit(pit: PitPassage | None, way: Places | None, start: float, driven_m: float) -> PitFacts | None:
    if pit is None:
        return None
    entry, leaves = _share(pit.entry_m, start, driven_m), _share(pit.exit_m, start, driven_m)
    if entry is None or leaves is None or not 0 < (leaves - entry) % 1.0 <= LONGEST_PIT_SHARE:
        return None
    places = _thinned(way)
    return PitFacts(entry, leaves, pit.speed_limit_mps, tuple(places.real.tolist()), tuple(places.imag.tolist()))


def _thinned(way: Places | None) -> Places:
    """The way in steps of about 10 m, and not in too many."""
    if way is None or len(way) < 2 or not ((np.abs(way.real) < FAR_M) & (np.abs(way.imag) < FAR_M)).all():
        return np.zeros(0, dtype=np.complex128)
    along = np.concatenate(([0.0], np.cumsum(np.abs(np.diff(way)))))
    where = np.linspace(0.0, float(along[-1]), int(np.clip(along[-1] / PIT_STEP_M, 2, MOST_PIT_PLACES)))
    return np.round(np.interp(where, along, way.real), 2) + 1j * np.round(np.interp(where, along, way.imag), 2)


def _sectors(told: list[tuple[float, ...]], length_m: float) -> tuple[Station, ...]:
    """As many sectors as most drivers' games have (the more of two), each where they agree that it begins."""
    if not told:
        return ()
    counted = Counter(len(sectors) for sectors in told)
    count = max(counted, key=lambda number: (counted[number], number))
    columns = np.array([sectors for sectors in told if len(sectors) == count])
    shares = sorted({float(column[_most_central(column)]) for column in columns.T})
    return (Station(0.0), *(Station(round(share * length_m, 2)) for share in shares))


def _pit_lane(told: list[PitFacts], length_m: float) -> PitLane | None:
    if not told:
        return None
    entries, exits = np.array([pit.entry for pit in told]), np.array([pit.exit for pit in told])
    # Both from one driver: a way in and a way out that nobody drove together could lie crosswise.
    chosen = int(np.argmin(_apart(entries).sum(axis=1) + _apart(exits).sum(axis=1)))
    pit = told[chosen]
    near = (_apart(entries)[chosen] + _apart(exits)[chosen]) * length_m <= 2 * NEAR_M
    limits = np.array([one.speed_limit_mps for one in told if one.speed_limit_mps is not None])
    ways = [one for one, is_near in zip(told, near, strict=True) if is_near and one.x]
    way = pit if pit.x or not ways else ways[0]
    limit = float(limits[int(np.argmin(np.abs(limits[:, None] - limits).sum(axis=1)))]) if len(limits) else None
    return PitLane(round(pit.entry * length_m, 2), round(pit.exit * length_m, 2), limit, way.x, way.y)


def _most_central(shares: Floats) -> int:
    """Which of these the others lie nearest to, round the lap; the first of equals."""
    return int(np.argmin(_apart(shares).sum(axis=1)))


def _apart(shares: Floats) -> Floats:
    apart = np.abs(shares[:, None] - shares)
    return np.minimum(apart, 1.0 - apart)
