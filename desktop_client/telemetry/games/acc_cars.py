"""All cars of Assetto Corsa Competizione as columns: places out of memory, everything else out of broadcasting.

Memory alone knows where everybody is and who the driver's own car is; broadcasting alone knows all but the height.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Bools, CarStatus, Floats, Ints, PitStatus
from desktop_client.telemetry.games.acc_broadcast import Table, Told
from desktop_client.telemetry.games.acc_messages import Entry
from desktop_client.telemetry.games.acc_session import PHASE_SESSION
from desktop_client.telemetry.games.acc_tables import MODELS, UNKNOWN_MODEL
from desktop_client.telemetry.games.kunos_fields import MOST_CARS
from desktop_client.telemetry.games.kunos_pages import Page
from desktop_client.telemetry.games.kunos_player import KMH
from desktop_client.telemetry.games.sanity import FARTHEST_M, FASTEST_MPS, HIGHEST_M
from desktop_client.telemetry.source import Health

CARRIED_ON_S: Final = 0.5
NOWHERE, PIT_LANE, PIT_EXIT = 0, 2, 4  # location

# Float columns as rows of one array, and the largest magnitude that a car can have in each.
X, Y, Z, SPEED = range(4)
BOUNDS: Final = np.array([FARTHEST_M, FARTHEST_M, HIGHEST_M, FASTEST_MPS])[:, np.newaxis]


@dataclass(slots=True)
class Roster:
    """What is written on the cars of these ids."""

    key: tuple[object, ...] = ()
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    number: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    class_code: Ints = field(default_factory=lambda: np.zeros(0, np.int32))


class Gathering:
    """The cars of one session, put together anew for each frame."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._roster = Roster()
        self._behind_the_line: Ints = np.zeros(0, np.int32)

    def columns(
        self, graphics: Page | None, told: Told | None, length: float | None, is_race: bool, at: float
    ) -> tuple[Ints, dict[str, Any]]:
        """The ids of all cars, and columns for them. `told` is None while broadcasting is silent."""
        table = None if told is None else told.table()
        in_memory, places = _in_memory(graphics)
        ids = in_memory if table is None else np.union1d(in_memory, table["id"]).astype(np.int32)
        moving = np.full((len(BOUNDS), len(ids)), np.nan)
        columns: dict[str, Any] = {}
        if told is not None and table is not None and len(table):
            rows = np.searchsorted(ids, table["id"])
            moving[X, rows], moving[Y, rows], moving[SPEED, rows] = table["x"], -table["z"], table["kmh"] * KMH
            phase = told.update.phase if told.update is not None else PHASE_SESSION
            before_start = is_race and phase < PHASE_SESSION
            columns = self._of_table(table, ids, rows, length, at, is_race=is_race, before_start=before_start)
            columns |= self._names(told, table, ids, rows, columns["position"])
        if len(in_memory):
            rows = np.searchsorted(ids, in_memory)
            moving[X, rows], moving[Y, rows], moving[Z, rows] = places[:, 0], -places[:, 2], places[:, 1]
        absurd = np.abs(moving) > BOUNDS
        absurd |= np.isinf(moving)
        if absurd.any():
            self._health.absurd += int(np.count_nonzero(absurd))
            moving[absurd] = np.nan
        return ids, columns | {"x": moving[X], "y": moving[Y], "z": moving[Z], "speed_mps": moving[SPEED]}

    def _of_table(
        self,
        table: Table,
        ids: Ints,
        rows: NDArray[np.intp],
        length: float | None,
        at: float,
        *,
        is_race: bool,
        before_start: bool,
    ) -> dict[str, Any]:
        laps, share = _spread(table["laps"], ids, rows), _spread(table["lap_share"], ids, rows)
        share[~((share >= 0) & (share <= 1))] = np.nan
        if is_race:
            share -= self._behind(ids, laps, share, before_start)
        heading = -_spread(table["yaw"], ids, rows) - np.pi / 2
        heading[~(np.abs(heading) <= 100)] = np.nan
        location = table["location"]
        in_lane = (location >= PIT_LANE) & (location <= PIT_EXIT)
        sectors = table["current_sectors"]
        columns: dict[str, Any] = {
            "heading_rad": np.arctan2(np.sin(heading), np.cos(heading)),
            "position": _whole(table["position"], ids, rows, 0),
            "status": _whole(np.where(location == NOWHERE, CarStatus.GARAGE, CarStatus.RUNNING), ids, rows, 0),
            "pit": _whole(np.where(in_lane, PitStatus.PIT_LANE, PitStatus.NONE), ids, rows, 0),
            "lap": np.nan_to_num(laps + 1).astype(np.int32),
            "lap_valid": _whole(table["is_invalid"] == 0, ids, rows, 1) != 0,
            "lap_time_s": _spread(table["current"], ids, rows),
            "last_lap_s": _spread(table["last"], ids, rows),
            "best_lap_s": _spread(table["best"], ids, rows),
            "sector_s": _spread(sectors, ids, rows),
            "last_sector_s": _spread(table["last_sectors"], ids, rows),
            "best_sector_s": _spread(table["best_sectors"], ids, rows),
            "sector": _whole(np.minimum(np.isfinite(sectors).sum(axis=1), 2), ids, rows, -1),
        }
        if length is not None:
            age = np.clip(at - table["heard_at"], 0.0, CARRIED_ON_S)
            ahead = _spread(table["kmh"] * KMH * age, ids, rows)
            here = share * length
            # Not over the line: the lap is counted by the next update.
            line = np.where(share < 0, 0.0, length)
            columns["lap_distance_m"] = np.minimum(here + ahead, np.maximum(line, here))
            columns["total_distance_m"] = laps * length + columns["lap_distance_m"]
        return columns

    def _behind(self, ids: Ints, laps: Floats, share: Floats, before_start: bool) -> Bools:
        """Who still stands behind the line that the first lap begins at."""
        behind = (laps == 0) & (share > 0.5) & (before_start | np.isin(ids, self._behind_the_line))
        self._behind_the_line = ids[behind]
        return behind

    def _names(self, told: Told, table: Table, ids: Ints, rows: NDArray[np.intp], position: Ints) -> dict[str, Any]:
        key = (told.roster_changes, ids.tobytes())
        if key != self._roster.key:
            drivers = np.full(len(ids), -1)
            drivers[rows] = table["driver"]
            self._roster = _roster(key, told.entries, ids.tolist(), drivers.tolist())
        roster = self._roster
        order = np.lexsort((position, roster.class_code))
        codes = roster.class_code[order]
        ranks = np.zeros(len(ids), np.int32)
        ranks[order] = np.arange(len(ids)) - np.searchsorted(codes, codes) + 1
        return {**roster.texts, "number": roster.number, "class_position": np.where(position > 0, ranks, 0)}


def _in_memory(graphics: Page | None) -> tuple[Ints, NDArray[np.float32]]:
    """The ids of the cars that shared memory places, rising, and their places."""
    if graphics is None:
        return np.zeros(0, np.int32), np.zeros((0, 3), np.float32)
    count = min(max(graphics["car_count"], 0), MOST_CARS)
    ids, first = np.unique(graphics["car_ids"][:count], return_index=True)
    return ids, graphics["coordinates"][first]


def _roster(key: tuple[object, ...], entries: dict[int, Entry], ids: list[int], drivers: list[int]) -> Roster:
    entered = [entries.get(car) for car in ids]
    models = [UNKNOWN_MODEL if entry is None else MODELS.get(entry.model, UNKNOWN_MODEL) for entry in entered]
    classes = tuple(model.class_name for model in models)
    _, codes = np.unique(classes, return_inverse=True)
    return Roster(
        key=key,
        texts={
            "name": tuple(_driver(entry, driver) for entry, driver in zip(entered, drivers, strict=True)),
            "team": tuple("" if entry is None else entry.team for entry in entered),
            "car": tuple(model.name for model in models),
            "class_name": classes if len(set(classes) - {""}) > 1 else ("",) * len(ids),
        },
        number=np.array([-1 if entry is None else entry.number for entry in entered], np.int32),
        class_code=codes.astype(np.int32),
    )


def _driver(entry: Entry | None, at: float) -> str:
    """Who sits in the car: the driver that the car's update names, else the one that its entry does."""
    if entry is None or not entry.drivers:
        return ""
    which = int(at) if 0 <= at < len(entry.drivers) else entry.current_driver
    return entry.drivers[which] if which < len(entry.drivers) else entry.drivers[0]


def _spread(values: NDArray[Any], ids: Ints, rows: NDArray[np.intp]) -> Floats:
    """These cars' values in the rows of all cars; not-a-number for the others."""
    column = np.full((len(ids), *values.shape[1:]), np.nan)
    column[rows] = values
    return column


def _whole(values: NDArray[Any], ids: Ints, rows: NDArray[np.intp], unknown: int) -> Ints:
    column = np.full(len(ids), unknown, np.int32)
    column[rows] = values
    return column
