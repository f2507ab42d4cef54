"""From what is remembered of a session of rFactor 2 or Le Mans Ultimate to one frame. Whole columns, never car by car.

The scoring comes five times a second and the telemetry fifty: where a car is on the lap is carried on between two
scorings by how fast it moves.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Capability, Cars, Floats, Frame, Player, SessionKind
from desktop_client.telemetry.games.rf2_memory import Memory, Records
from desktop_client.telemetry.games.rf2_player import build_player
from desktop_client.telemetry.games.rf2_scoring import Scored
from desktop_client.telemetry.games.sanity import FARTHEST_M, FASTEST_MPS, HIGHEST_M, LONGEST_S
from desktop_client.telemetry.source import Health

FRESH_S: Final = 0.5
"""Telemetry older than this is not shown beside newer scoring: the scoring has positions of its own."""

CARRIED_ON_S: Final = 0.5
OFF_TRACK_SURFACES: Final = (2, 4)  # grass, dirt, gravel

# Float columns as rows of one array, and the largest magnitude that a car can have in each.
X, Y, Z, SPEED = range(4)
BOUNDS: Final = np.array([FARTHEST_M, FARTHEST_M, HIGHEST_M, FASTEST_MPS])[:, np.newaxis]

OF_RF2: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.OPPONENTS, Capability.WORLD_POSITION, Capability.OPPONENT_POSITION),
        *(Capability.HEADING, Capability.LAP_DISTANCE, Capability.LAP_TIMES, Capability.SECTOR_TIMES),
        *(Capability.LAP_VALIDITY, Capability.TRACK_ID, Capability.GAPS, Capability.CLASSES, Capability.PIT_STATUS),
        *(Capability.TYRES, Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE, Capability.TYRE_WEAR),
        *(Capability.BRAKE_TEMPERATURE, Capability.FUEL, Capability.ENERGY, Capability.DRS, Capability.DAMAGE),
        *(Capability.WEATHER, Capability.FLAGS, Capability.PENALTIES),
    }
)
OF_LMU: Final = OF_RF2 - {Capability.DRS}
OF_THE_DRIVEN_CAR: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE, Capability.TYRE_WEAR),
        *(Capability.BRAKE_TEMPERATURE, Capability.FUEL, Capability.ENERGY, Capability.DRS, Capability.DAMAGE),
    }
)


@cache
def _capabilities(is_lmu: bool, kind: SessionKind, driving: bool) -> frozenset[Capability]:
    held = OF_LMU if is_lmu else OF_RF2
    if kind is not SessionKind.RACE:
        held -= {Capability.GAPS}
    return held if driving else held - OF_THE_DRIVEN_CAR


@np.errstate(all="ignore")  # what comes of bytes gone bad is judged by its bounds
def build_frame(memory: Memory, health: Health, at: float) -> Frame | None:
    """The frame of now, or None while no scoring has come."""
    scored, session = memory.scored, memory.session
    if scored is None or session is None:
        return None
    telemetry = memory.telemetry if at - memory.telemetry_at <= FRESH_S else None
    if telemetry is None:
        cars, now, own = _cars_by_scoring(scored, session.track_length_m, health), scored.now, None
    else:
        cars, now, own = _cars(memory, scored, telemetry, session.track_length_m, health)
    player: Player | None = None
    if own is not None and scored.player_row is not None:
        row = scored.player_row
        limits = scored.track_limits if memory.is_lmu else None
        player = build_player(own, scored.vehicles[row], cars.tyre[row], limits, health, is_lmu=memory.is_lmu)
    capabilities = _capabilities(memory.is_lmu, session.kind, player is not None)
    return Frame(at, now, session, cars, player, scored.player_row, capabilities)


def _cars(
    memory: Memory, scored: Scored, telemetry: Records, length: float | None, health: Health
) -> tuple[Cars, float, Records | None]:
    """The cars, the session's clock, and the record of the driver's own car."""
    rows, has_row = memory.rows_of(scored.roster.id, telemetry)
    row = scored.player_row
    own = telemetry[rows[row]] if row is not None and has_row[row] else None
    said = telemetry["elapsed_time"]
    now = float(own["elapsed_time"]) if own is not None else float(said.max()) if len(said) else scored.now
    if not 0 <= now <= 10 * LONGEST_S:
        health.absurd += 1
        now = scored.now
    if not has_row.any():
        return _cars_by_scoring(scored, length, health), now, own
    position, velocity, orientation = (telemetry[name][rows] for name in ("position", "local_velocity", "orientation"))
    if not has_row.all():
        missing = ~has_row
        for values, name in ((position, "position"), (velocity, "local_velocity"), (orientation, "orientation")):
            values[missing] = scored.vehicles[name][missing]
    extra = _seldom(memory, scored, telemetry, rows, has_row)
    return _placed(scored, position, velocity, orientation, now, length, health, extra), now, own


def _seldom(
    memory: Memory, scored: Scored, telemetry: Records, rows: NDArray[np.intp], has_row: NDArray[np.bool_]
) -> dict[str, Any]:
    """Columns out of the telemetry that need not be newer than the scoring: worked out once for each of that."""
    kept = memory.seldom
    if kept is not None and kept[0] is scored and kept[1] is rows:
        return kept[2]
    surface = telemetry["wheels"]["surface"][rows]
    off = ((surface >= OFF_TRACK_SURFACES[0]) & (surface <= OFF_TRACK_SURFACES[1])).all(axis=1) & has_row
    valid = scored.valid & ~((telemetry["lap_invalidated"][rows] != 0) & has_row) if memory.is_lmu else scored.valid
    for shared in (off, valid):
        shared.setflags(write=False)
    columns = {"off_track": off, "lap_valid": valid, "tyre": memory.tyres(telemetry, rows, has_row)}
    memory.seldom = (scored, rows, columns)
    return columns


def _cars_by_scoring(scored: Scored, length: float | None, health: Health) -> Cars:
    of = scored.vehicles
    motion = of["position"], of["local_velocity"], of["orientation"]
    return _placed(scored, *motion, scored.now, length, health, {"lap_valid": scored.valid})


def _placed(
    scored: Scored,
    position: Floats,
    velocity: Floats,
    orientation: Floats,
    now: float,
    length: float | None,
    health: Health,
    extra: dict[str, Any],
) -> Cars:
    columns = np.empty((len(BOUNDS), len(position)))
    columns[X], columns[Y], columns[Z] = position[:, 0], position[:, 2], position[:, 1]  # y is up: see rf2_fields
    columns[SPEED] = np.sqrt(np.einsum("ij,ij->i", velocity, velocity))
    sane = np.abs(columns) <= BOUNDS
    if not sane.all():
        health.absurd += int(np.count_nonzero(~sane))
        columns[~sane] = np.nan
    # The third column of an orientation is where the car's back points in the world.
    heading = np.arctan2(-orientation[:, 2, 2], -orientation[:, 0, 2])
    distance, total = _carried_on(scored, -velocity[:, 2] * min(max(now - scored.now, 0.0), CARRIED_ON_S), length)
    lap_time = now - scored.lap_started
    lap_time[~((lap_time >= 0) & (lap_time <= LONGEST_S))] = np.nan
    return Cars.of(
        scored.roster.id,
        **scored.columns,
        lap_distance_m=distance,
        total_distance_m=total,
        x=columns[X],
        y=columns[Y],
        z=columns[Z],
        heading_rad=heading,
        speed_mps=columns[SPEED],
        lap_time_s=lap_time,
        **extra,
    )


def _carried_on(scored: Scored, metres: Floats, length: float | None) -> tuple[Floats, Floats]:
    """The distances in the lap and in all, so many metres after the scoring.

    The lap is counted by the next scoring: until then a car is not carried over the line.
    """
    then = scored.lap_distance
    metres[~(np.abs(metres) <= FASTEST_MPS)] = 0.0
    distance = then + metres
    if length is None:
        return distance, distance
    line = np.where(then < 0, 0.0, length)
    distance = np.where(distance > line, np.maximum(then, line), distance)
    return distance, np.asarray(scored.laps * length + distance, np.float64)
