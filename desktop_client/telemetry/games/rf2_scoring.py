"""What a scoring packet of rFactor 2 or Le Mans Ultimate says of every vehicle: five times a second, whole columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import SECTORS, CarStatus, Floats, Ints, PitStatus
from desktop_client.telemetry.games.rf2_names import Roster, roster_of
from desktop_client.telemetry.games.sanity import FARTHEST_M, LONGEST_S, column, times
from desktop_client.telemetry.source import Health

FIRST_RACE_SESSION: Final = 10
PHASE_GREEN: Final = 5
IDS: Final = 1024  # more than any game gives out; what is remembered by id is remembered modulo this

_STATUS: Final = np.array([CarStatus.RUNNING, CarStatus.FINISHED, CarStatus.RETIRED, CarStatus.DISQUALIFIED], np.int32)
_TIMES: Final = (
    *("last_lap", "best_lap", "best_lap_sector2", "last_sector1", "last_sector2"),
    *("best_sector1", "best_sector2", "current_sector1", "current_sector2"),
)
PIT_STOPPED: Final = 3
LAP_AND_TIME_COUNT: Final = 2


@dataclass(frozen=True, slots=True)
class TrackLimits:
    """How Le Mans Ultimate counts who leaves the track: in steps, so many to a point and so many to a penalty."""

    steps_per_point: int
    steps_per_penalty: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One scoring packet, understood. `columns` go into a frame as they are."""

    now: float  # the session's clock, seconds
    vehicles: NDArray[np.void]
    roster: Roster
    columns: dict[str, Any]
    lap_distance: Floats
    laps: Ints  # completed
    lap_started: Floats
    valid: NDArray[np.bool_]
    player_row: int | None
    track_limits: TrackLimits | None


class Scorer:
    """Understands one session's scoring packets after one another."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._roster = Roster()
        self._behind_the_line = np.zeros(IDS, np.bool_)
        self._best_third_sector = np.full(IDS, np.nan)
        self._ranked_by = b""
        self._class_position = np.zeros(0, np.int32)

    def score(self, info: NDArray[np.void], vehicles: NDArray[np.void]) -> Scored:
        health = self._health
        self._roster = roster_of(vehicles, self._roster)
        in_race = int(info["session"]) >= FIRST_RACE_SESSION
        laps = np.maximum(vehicles["laps"], 0).astype(np.int32)
        place = vehicles["place"].astype(np.int32)
        in_garage = vehicles["in_garage"] != 0
        finish = vehicles["finish_status"]
        status = _STATUS[np.where((finish >= 0) & (finish < len(_STATUS)), finish, 0)]
        pit = np.where(vehicles["in_pits"] != 0, PitStatus.PIT_LANE, PitStatus.NONE).astype(np.int32)
        pit[(vehicles["pit_state"] == PIT_STOPPED) | in_garage] = PitStatus.IN_BOX
        penalties = vehicles["penalties"].astype(np.int32)
        sector = vehicles["sector"].astype(np.int32)
        columns = {
            "name": self._roster.name,
            "number": self._roster.number,
            "team": self._roster.team,
            "car": self._roster.car,
            "class_name": self._roster.class_name,
            "position": place,
            "class_position": self._positions_in_class(place),
            "grid_position": np.maximum(vehicles["qualification"], 0).astype(np.int32)
            if in_race
            else np.zeros_like(place),
            "status": np.where(in_garage & (status == CarStatus.RUNNING), CarStatus.GARAGE, status).astype(np.int32),
            "lap": laps + 1,
            **self._lap_and_sector_times(vehicles),
            **(self._gaps(vehicles, place) if in_race else {}),
            # 0 is the third sector, by whatever history of the engine.
            "sector": np.where((sector >= 0) & (sector <= 2), (sector + 2) % 3, -1).astype(np.int32),
            "pit": pit,
            "pit_stops": np.maximum(vehicles["pit_stops"], -1).astype(np.int32),
            # How long a penalty will cost is not said, only that there is one.
            "penalty_s": np.where(penalties == 0, 0.0, np.nan),
            "penalties": np.maximum(penalties, -1),
        }
        for said in columns.values():
            if isinstance(said, np.ndarray):
                said.setflags(write=False)  # shared by the ten frames until the next scoring packet
        distance = column(vehicles["lap_distance"], -FARTHEST_M, FARTHEST_M, health)
        if in_race:
            self._begin_behind_the_line(distance, float(info["track_length"]), int(info["phase"]))
        players = np.flatnonzero(vehicles["is_player"])
        return Scored(
            now=float(info["now"]),
            vehicles=vehicles,
            roster=self._roster,
            columns=columns,
            lap_distance=distance,
            laps=laps,
            lap_started=column(vehicles["lap_start_time"], -LONGEST_S, 10 * LONGEST_S, health),
            valid=vehicles["count_lap"] == LAP_AND_TIME_COUNT,
            player_row=int(players[0]) if len(players) else None,
            track_limits=_track_limits(info),
        )

    def _positions_in_class(self, place: Ints) -> Ints:
        key = place.tobytes() + self._roster.class_code.tobytes()
        if key != self._ranked_by:
            order = np.lexsort((place, self._roster.class_code))
            sorted_codes = self._roster.class_code[order]
            first_of_class = np.searchsorted(sorted_codes, sorted_codes, side="left")
            ranks = np.zeros(len(place), np.int32)
            ranks[order] = np.arange(len(place)) - first_of_class + 1
            self._ranked_by, self._class_position = key, np.where(place > 0, ranks, 0).astype(np.int32)
        return self._class_position

    def _lap_and_sector_times(self, vehicles: NDArray[np.void]) -> dict[str, Floats]:
        """The engine's sector 2 is the time since the line; the third follows from the lap."""
        said = times(np.stack([vehicles[name] for name in _TIMES]), self._health)
        last_lap, best_lap, sectors_of_best_lap = said[0], said[1], said[2]
        last = _sectors(said[3], said[4], last_lap)
        best = _sectors(said[5], said[6])
        # No best third sector is said: it is the best that has been seen, or the one of the best lap.
        ids = self._roster.id % IDS
        of_best_lap = best_lap - sectors_of_best_lap
        of_best_lap[~(of_best_lap > 0)] = np.nan
        seen = np.fmin(np.fmin(self._best_third_sector[ids], last[:, 2]), of_best_lap)
        self._best_third_sector[ids] = best[:, 2] = seen
        return {
            "last_lap_s": last_lap,
            "best_lap_s": best_lap,
            "sector_s": _sectors(said[7], said[8]),
            "last_sector_s": last,
            "best_sector_s": best,
        }

    def _gaps(self, vehicles: NDArray[np.void], place: Ints) -> dict[str, Floats]:
        """Seconds; where whole laps lie between, the engine's seconds do not say how far."""
        leads = place == 1
        ahead = np.where(leads | (vehicles["laps_behind_next"] != 0), 0.0, vehicles["behind_next"])
        leader = np.where(leads | (vehicles["laps_behind_leader"] != 0), 0.0, vehicles["behind_leader"])
        ahead = column(ahead, 0.0, LONGEST_S, self._health)
        leader = column(leader, 0.0, LONGEST_S, self._health)
        ahead[leads | (vehicles["laps_behind_next"] != 0)] = np.nan
        leader[~leads & (vehicles["laps_behind_leader"] != 0)] = np.nan
        return {"gap_ahead_s": ahead, "gap_leader_s": leader}

    def _begin_behind_the_line(self, distance: Floats, length: float, phase: int) -> None:
        """On the grid the engine counts from the line before: until that line is crossed, it lies ahead."""
        if not length > 0:
            return
        ids = self._roster.id % IDS
        far = distance > length / 2
        behind = far if phase < PHASE_GREEN else far & self._behind_the_line[ids]
        self._behind_the_line[ids] = behind
        distance[behind] -= length


def _track_limits(info: NDArray[np.void]) -> TrackLimits | None:
    steps = int(info["track_limits_per_point"])
    return TrackLimits(steps, int(info["track_limits_per_penalty"])) if steps else None


def _sectors(first: Floats, first_two: Floats, all_three: Floats | None = None) -> Floats:
    """(n, 3) times of the sectors, from the times since the line at their ends; not-a-number where not both are."""
    sectors = np.full((len(first), SECTORS), np.nan)
    sectors[:, 0], sectors[:, 1] = first, first_two - first
    if all_three is not None:
        sectors[:, 2] = all_three - first_two
    sectors[~(sectors > 0)] = np.nan
    return sectors
