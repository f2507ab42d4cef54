"""All the cars of one instant, as columns: the part of a frame that is worked on without a loop over cars.

Imported through `telemetry.frame`, whose opening says what units are and how a column says that nothing is known.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

SECTORS: Final = 3


class PitStatus(enum.IntEnum):
    NONE = 0
    PIT_LANE = 1
    IN_BOX = 2


class CarStatus(enum.IntEnum):
    RUNNING = 0
    GARAGE = 1
    FINISHED = 2
    RETIRED = 3
    DISQUALIFIED = 4


@dataclass(frozen=True, slots=True)
class Cars:
    """Every car on track as columns of one length n, in the game's slot order, not the race order."""

    slot: Ints  # the game's own index, stable within a session
    name: tuple[str, ...]
    number: Ints  # race number, -1 unknown
    team: tuple[str, ...]
    car: tuple[str, ...]  # the model, "" unknown
    class_name: tuple[str, ...]  # "" where all drive in one class
    licence: tuple[str, ...]  # as the game words it: "A 3.45"; "" unknown
    rating: Ints  # a rating of the driver, -1 unknown
    position: Ints  # 1 leads; 0 unknown
    class_position: Ints  # 1 leads the class; 0 unknown
    grid_position: Ints  # where the race was begun from, 1 is the pole; 0 unknown
    status: Ints  # CarStatus
    lap: Ints  # the lap being driven, 1 = first
    lap_distance_m: Floats  # from the line; negative before the first crossing of a race start
    total_distance_m: Floats
    x: Floats
    y: Floats
    z: Floats
    heading_rad: Floats  # where the car points: counter-clockwise from +x
    speed_mps: Floats
    lap_time_s: Floats  # of the lap being driven
    last_lap_s: Floats
    best_lap_s: Floats
    sector_s: Floats  # (n, SECTORS): times of the sectors already finished in the lap being driven
    last_sector_s: Floats  # (n, SECTORS): of the lap before
    best_sector_s: Floats  # (n, SECTORS): the best of each sector in the session
    gap_leader_s: Floats
    gap_ahead_s: Floats
    sector: Ints  # 0, 1, 2; -1 unknown
    pit: Ints  # PitStatus
    pit_stops: Ints  # -1 unknown
    tyre_age_laps: Ints  # -1 unknown
    penalty_s: Floats  # time still to be served or added
    penalties: Ints  # how many are still to be served, whatever they cost; -1 unknown
    off_track: Bools
    lap_valid: Bools
    tyre: tuple[str, ...]  # compound letter ("S", "M", "H", "I", "W") or ""

    def __len__(self) -> int:
        return len(self.slot)

    @classmethod
    def of(cls, slot: Ints, **columns: Any) -> Self:
        """The cars in these slots; every column that is not given says "this game does not say"."""
        return cls(slot=slot, **(_unsaid(len(slot)) | columns))


@lru_cache(maxsize=130)
def _unsaid(count: int) -> dict[str, Any]:
    """All columns but `slot` of so many cars that nothing is known of; shared, and so not to be written to."""
    nothing, no_sectors = np.full(count, np.nan), np.full((count, SECTORS), np.nan)
    unknown, zeros = np.full(count, -1, dtype=np.int32), np.zeros(count, dtype=np.int32)
    no, yes = np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
    for shared in (nothing, no_sectors, unknown, zeros, no, yes):
        shared.setflags(write=False)
    texts = dict.fromkeys(("name", "team", "car", "class_name", "licence", "tyre"), ("",) * count)
    sectors = dict.fromkeys(("sector_s", "last_sector_s", "best_sector_s"), no_sectors)
    minus_one = dict.fromkeys(("number", "rating", "sector", "pit_stops", "tyre_age_laps", "penalties"), unknown)
    nought = dict.fromkeys(("position", "class_position", "grid_position", "status", "lap", "pit"), zeros)
    floats = (
        *("lap_distance_m", "total_distance_m", "x", "y", "z", "heading_rad", "speed_mps", "lap_time_s"),
        *("last_lap_s", "best_lap_s", "gap_leader_s", "gap_ahead_s", "penalty_s"),
    )
    flags = {"off_track": no, "lap_valid": yes}
    return {**texts, **sectors, **minus_one, **nought, **dict.fromkeys(floats, nothing), **flags}
