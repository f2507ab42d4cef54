"""Every car of an iRacing session as the columns of a frame, out of the arrays by car index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Cars, CarStatus, Floats, Ints, PitStatus, SessionKind
from desktop_client.telemetry.games.iracing_player import PIT_STALL, Values
from desktop_client.telemetry.games.iracing_session import Description, Stage
from desktop_client.telemetry.games.kept import Kept
from desktop_client.telemetry.games.sanity import FARTHEST_M, FASTEST_MPS, HIGHEST_M, LONGEST_S, column, number, times
from desktop_client.telemetry.source import Health

Arrays = NDArray[np.void]
Said = Callable[[str], NDArray[Any]]  # one array's entries of the field, by its name

NOT_IN_WORLD, OFF_TRACK = -1, 0  # track surface; PIT_STALL is 1
CHEQUERED, DISQUALIFIED = 0x1, 0x20000  # of a car's flags
MOST_LAPS: Final = 100_000
MOST_TURN: Final = 100.0  # radians: whichever way round the game counts

OF_THE_OWN_CAR: Final = {
    "CarIdxLap": "Lap",
    "CarIdxLapDistPct": "LapDistPct",
    "CarIdxTrackSurface": "PlayerTrackSurface",
    "CarIdxOnPitRoad": "OnPitRoad",
    "CarIdxPosition": "PlayerCarPosition",
    "CarIdxClassPosition": "PlayerCarClassPosition",
    "CarIdxLastLapTime": "LapLastLapTime",
    "CarIdxBestLapTime": "LapBestLapTime",
    "CarIdxTireCompound": "PlayerTireCompound",
}
"""Where a file of telemetry, which knows nobody else, says the same of the driver's car."""
TIMED_AT_THE_LINE: Final = (
    *("CarIdxPosition", "CarIdxClassPosition", "CarIdxLastLapTime", "CarIdxBestLapTime", "CarIdxF2Time"),
    "CarIdxTireCompound",
)
STANDING: Final = ("CarIdxTrackSurface", "CarIdxOnPitRoad", "CarIdxSessionFlags")
UNSAID: Final = {"CarIdxSessionFlags": 0, "CarIdxOnPitRoad": 0, "CarIdxTrackSurface": 3, "CarIdxF2Time": 0.0}


class CarColumns:
    """Makes the cars of one buffer after another. Most of what is said of them changes once a lap, and is kept."""

    def __init__(self) -> None:
        self._timed = Kept[dict[str, Any]]()
        self._standing = Kept[dict[str, Any]]()

    def cars(
        self, values: Values, arrays: Arrays, rows: Ints, description: Description, stage: Stage, health: Health
    ) -> tuple[Cars, int | None]:
        """The cars in `rows` of the field, and which row is the driver's own."""
        slot = description.field.slot if len(rows) == len(description.field.slot) else description.field.slot[rows]

        def said(name: str) -> NDArray[Any]:
            return _said(name, values, arrays, slot)

        field = (description, stage, len(rows))
        key = (field, _bytes_of(TIMED_AT_THE_LINE, values, arrays))
        timed = self._timed.of(key, lambda: _timed(said, rows, description, stage, health))
        key = (field, _bytes_of(STANDING, values, arrays))
        standing = self._standing.of(key, lambda: _standing(said, slot, stage))
        own = np.flatnonzero(slot == values.get("PlayerCarIdx", description.own.slot))
        row = int(own[0]) if len(own) else None
        cars = Cars.of(
            slot,
            **_who(description, rows),
            **timed,
            **standing,
            **_moving(said, description, stage, health),
            **_of_own_car(values, row, len(slot), description, health),
        )
        return cars, row


def _said(name: str, values: Values, arrays: Arrays, slot: Ints) -> NDArray[Any]:
    """One array's entries of these slots; of the driver's own car the same is said elsewhere."""
    if not arrays.dtype.names:
        return np.full(len(slot), values.get(OF_THE_OWN_CAR.get(name, ""), UNSAID.get(name, -1)))
    if name not in arrays.dtype.names:
        return np.full(len(slot), UNSAID.get(name, -1))
    return arrays[name][slot]


def _bytes_of(names: tuple[str, ...], values: Values, arrays: Arrays) -> tuple[object, ...]:
    """What these arrays hold, to be compared with what they held before: quicker than picking the field out of them."""
    there = arrays.dtype.names
    if not there:
        return tuple(values.get(OF_THE_OWN_CAR.get(name, "")) for name in names)
    return tuple(arrays[name].tobytes() for name in names if name in there)


def _timed(said: Said, rows: Ints, description: Description, stage: Stage, health: Health) -> dict[str, Any]:
    """What changes at the line."""
    position = np.clip(said("CarIdxPosition"), 0, 1000).astype(np.int32)
    columns: dict[str, Any] = {
        "position": position,
        "class_position": np.clip(said("CarIdxClassPosition"), 0, 1000).astype(np.int32),
        "last_lap_s": times(said("CarIdxLastLapTime"), health),
        "best_lap_s": times(said("CarIdxBestLapTime"), health),
        "tyre": _tyres(said("CarIdxTireCompound"), rows, description),
    }
    if stage.kind is SessionKind.RACE:
        columns["gap_leader_s"], columns["gap_ahead_s"] = _gaps(said("CarIdxF2Time"), position, health)
    return _frozen(columns)


def _standing(said: Said, slot: Ints, stage: Stage) -> dict[str, Any]:
    """What changes when a car leaves the track, comes in, or goes out of the race."""
    surface = said("CarIdxTrackSurface")
    pit = np.where(said("CarIdxOnPitRoad") != 0, PitStatus.PIT_LANE, PitStatus.NONE).astype(np.int32)
    pit[(surface == PIT_STALL) | (surface == NOT_IN_WORLD)] = PitStatus.IN_BOX
    status = _status(surface, said("CarIdxSessionFlags"), slot, stage)
    return _frozen({"pit": pit, "status": status, "off_track": surface == OFF_TRACK})


def _moving(said: Said, description: Description, stage: Stage, health: Health) -> dict[str, Any]:
    share = said("CarIdxLapDistPct").astype(np.float64)
    there = (share >= 0) & (share <= 1)
    absent = (said("CarIdxTrackSurface") == NOT_IN_WORLD) | (share == -1)
    if not there.all():
        health.absurd += int(np.count_nonzero(~there & ~absent))
    share[~there | absent] = np.nan
    lap = np.minimum(np.maximum(said("CarIdxLap"), 0), MOST_LAPS).astype(np.int32)
    length_m = np.nan if description.length_m is None else description.length_m
    total_m = (lap - 1 + share) * length_m
    lap_m = share * length_m
    if stage.kind is SessionKind.RACE:
        lap_m = np.where(lap == 0, total_m, lap_m)  # on the way to the start nobody has crossed the line yet
    return {"lap": lap, "lap_distance_m": lap_m, "total_distance_m": total_m}


def _frozen(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns that many frames share."""
    for column_ in columns.values():
        if isinstance(column_, np.ndarray):
            column_.setflags(write=False)
    return columns


def _who(description: Description, rows: Ints) -> dict[str, Any]:
    """Names and all that stands on a car; of all of them at once, as nearly always, without picking any."""
    of = description.field
    if len(rows) == len(of.slot):
        texts = {"name": of.name, "team": of.team, "car": of.car, "class_name": of.class_name, "licence": of.licence}
        return {**texts, "number": of.number, "rating": of.rating}
    named = {"name": of.name, "team": of.team, "car": of.car, "class_name": of.class_name, "licence": of.licence}
    texts = {key: tuple(column_[row] for row in rows) for key, column_ in named.items()}
    return {**texts, "number": of.number[rows], "rating": of.rating[rows]}


def _status(surface: NDArray[Any], flags: NDArray[Any], slot: Ints, stage: Stage) -> Ints:
    status = np.where(surface == NOT_IN_WORLD, CarStatus.GARAGE, CarStatus.RUNNING).astype(np.int32)
    flags = flags.astype(np.int64)
    status[flags & CHEQUERED != 0] = CarStatus.FINISHED
    for car, out in stage.out.items():
        status[slot == car] = out
    status[flags & DISQUALIFIED != 0] = CarStatus.DISQUALIFIED
    return status


def _gaps(behind: NDArray[Any], position: Ints, health: Health) -> tuple[Floats, Floats]:
    """Behind the leader, as the game times it at the line, and behind the car ahead, by the order of positions."""
    leader = column(behind, 0, LONGEST_S, health)
    leader[(position == 0) | ((position > 1) & (leader == 0))] = np.nan
    ahead = np.full(len(leader), np.nan)
    order = np.argsort(position, kind="stable")
    order = order[position[order] > 0]
    follows = np.diff(position[order]) == 1
    difference = np.diff(leader[order])
    ahead[order[1:][follows]] = np.where(difference[follows] >= 0, difference[follows], np.nan)
    return leader, ahead


def _tyres(compound: NDArray[Any], rows: Ints, description: Description) -> tuple[str, ...]:
    """Compounds are numbered by car model, and only the driver's own model's are named."""
    letters = description.own.tyres
    if not any(letters):
        return ("",) * len(rows)
    same = description.field.same_car
    return tuple(
        letters[kind] if same[row] and 0 <= kind < len(letters) else ""
        for row, kind in zip(rows.tolist(), compound.tolist(), strict=True)
    )


def _of_own_car(
    values: Values, row: int | None, count: int, description: Description, health: Health
) -> dict[str, Floats]:
    """The columns that only the driver's own car has anything in."""
    if row is None or not values.get("IsOnTrack"):
        return {}
    told = {
        "lap_time_s": number(max(values.get("LapCurrentLapTime", 0.0), 0.0), 0, LONGEST_S, health),
        "speed_mps": number(values.get("Speed", np.nan), 0, FASTEST_MPS, health),
    }
    if "YawNorth" in values:  # clockwise from north, and ours is counter-clockwise from east
        told["heading_rad"] = np.pi / 2 - number(values["YawNorth"], -MOST_TURN, MOST_TURN, health)
    place = _place(values, description)
    for name, metres, most in zip("xyz", place, (FARTHEST_M, FARTHEST_M, HIGHEST_M), strict=False):
        told[name] = number(metres, -most, most, health)
    columns: dict[str, Floats] = {}
    for name, value in told.items():
        columns[name] = np.full(count, np.nan)
        columns[name][row] = value
    return columns


EQUATOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563  # of the earth, as satellites measure it


def _place(values: Values, description: Description) -> tuple[float, ...]:
    """East, north and up of the track's own point, metres; files of telemetry say it, the memory does not."""
    if not {"Lat", "Lon", "Alt"} <= values.keys() or description.latitude_rad is None:
        return ()
    latitude, longitude = description.latitude_rad, description.longitude_rad or 0.0
    eccentricity = FLATTENING * (2 - FLATTENING)
    bulge = 1 - eccentricity * np.sin(latitude) ** 2
    across = EQUATOR_M / np.sqrt(bulge)
    along = across * (1 - eccentricity) / bulge
    east = (np.radians(values["Lon"]) - longitude) * across * np.cos(latitude)
    north = (np.radians(values["Lat"]) - latitude) * along
    return float(east), float(north), values["Alt"]
