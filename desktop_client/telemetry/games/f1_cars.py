"""Every car of an F1 session as the columns of a frame. Works on whole columns, never car by car."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from desktop_client.telemetry.frame import SECTORS, Bools, Cars, Floats, PitStatus
from desktop_client.telemetry.games.f1_memory import Drivers, Memory
from desktop_client.telemetry.games.f1_session import KMH
from desktop_client.telemetry.games.f1_wire import Packet
from desktop_client.telemetry.source import Health

GAP_OVERFLOW_MS = 65535  # 2023 has no minutes part, so its gaps end here
AHEAD, LEADER, SECTOR_1, SECTOR_2, SECTOR_3, TIMES = range(6)

# The float columns of a frame as rows of one array, and the largest magnitude that a car can have in each.
LAP_DISTANCE, TOTAL_DISTANCE, X, Y, Z, SPEED, LAP_TIME, LAST_LAP, HEADING = range(9)
BOUNDS = np.array([1e5, 1e7, 1e5, 1e5, 1e4, 150.0, 86_400.0, 86_400.0, 4.0])[:, np.newaxis]
OF_A_CAR_THAT_IS_THERE: Final = [LAP_DISTANCE, TOTAL_DISTANCE, X, Y, Z, SPEED, HEADING]

# By the byte that the game sends; what it has no meaning for becomes the nearest that has one.
PIT_STATUS: Final = np.where(np.arange(256) <= PitStatus.IN_BOX, np.arange(256), PitStatus.NONE).astype(np.int32)
SECTOR: Final = np.minimum(np.arange(256), SECTORS - 1).astype(np.int32)

LOOSE: Final = (3, 4, 5, 6, 7)  # rock, gravel, mud, sand, grass
PAVED: Final = (0, 2, 9, 10)  # tarmac, concrete, cobblestone, metal; kerbs (1) say nothing of either
NOT_LOOSE: Final = bytes(set(range(256)) - set(LOOSE))
LOOSE_GROUND: Final = np.zeros(256, dtype=np.int8)
"""By surface under a wheel: one paved wheel outweighs the three others."""
LOOSE_GROUND[list(LOOSE)] = 1
LOOSE_GROUND[list(PAVED)] = -4


def build_cars(
    memory: Memory, health: Health, drivers: Drivers, laps: Packet, motion: Packet | None, telemetry: Packet | None
) -> Cars:
    """The cars of one instant. Cars that have left stay, with their status and without a place on the track."""
    of = laps["cars"][drivers.rows]
    columns = np.full((len(BOUNDS), len(of)), np.nan)
    columns[LAP_DISTANCE] = of["lap_distance"]
    columns[TOTAL_DISTANCE] = of["total_distance"]
    columns[LAP_TIME] = of["current_lap_ms"]
    columns[LAST_LAP] = of["last_lap_ms"]
    columns[LAP_TIME : LAST_LAP + 1] /= 1000
    said = [LAP_DISTANCE, TOTAL_DISTANCE, LAP_TIME, LAST_LAP]
    off_track: Bools | None = None
    if motion is not None:
        moving = motion["cars"][drivers.rows]
        columns[X], columns[Y], columns[Z], columns[HEADING] = moving["x"], moving["z"], moving["y"], moving["yaw"]
        np.negative(columns[Y], out=columns[Y])  # the game's z points to the viewer, not away from them
        said += [X, Y, Z, HEADING]
    if telemetry is not None:
        driving = telemetry["cars"][drivers.rows]
        columns[SPEED] = driving["speed"]
        columns[SPEED] *= KMH
        off_track = _off_track(driving)
        said.append(SPEED)
    health.absurd += _blank_the_absurd(columns, said)
    columns[HEADING] -= np.pi / 2  # the game's yaw is 0 along its z and grows towards its x

    last_lap = columns[LAST_LAP]
    last_lap[last_lap == 0] = np.nan
    position = of["position"].astype(np.int32)
    times = _times(of)
    leads = position == 1
    times[AHEAD, leads], times[LEADER, leads] = np.nan, 0.0
    pit = PIT_STATUS[of["pit_status"]]
    if drivers.parked is not None:
        pit[drivers.parked] = PitStatus.IN_BOX  # the game says so only of cars that came in through the lane
    if drivers.gone is not None:
        for column in OF_A_CAR_THAT_IS_THERE:
            columns[column, drivers.gone] = np.nan
        times[:, drivers.gone] = np.nan
    told: dict[str, Any] = {}
    tyres = memory.tyres(drivers)
    if tyres is not None:
        told["tyre"], told["tyre_age_laps"] = tyres
    if off_track is not None:
        told["off_track"] = off_track if drivers.gone is None else off_track & ~drivers.gone
    histories = memory.histories
    return Cars.of(
        drivers.slot,
        name=drivers.name,
        number=drivers.number,
        team=drivers.team,
        position=position,
        grid_position=of["grid_position"].astype(np.int32),
        status=drivers.status,
        lap=of["lap"].astype(np.int32),
        lap_distance_m=columns[LAP_DISTANCE],
        total_distance_m=columns[TOTAL_DISTANCE],
        x=columns[X],
        y=columns[Y],
        z=columns[Z],
        heading_rad=columns[HEADING],
        speed_mps=columns[SPEED],
        lap_time_s=columns[LAP_TIME],
        last_lap_s=last_lap,
        best_lap_s=histories.best_lap_s[drivers.rows],
        sector_s=times[SECTOR_1:].T,
        last_sector_s=histories.last_sector_s[drivers.rows],
        best_sector_s=histories.best_sector_s[drivers.rows],
        gap_leader_s=times[LEADER],
        gap_ahead_s=times[AHEAD],
        sector=SECTOR[of["sector"]],
        pit=pit,
        pit_stops=of["pit_stops"].astype(np.int32),
        penalties=of["unserved_drive_throughs"].astype(np.int32) + of["unserved_stop_goes"],
        penalty_s=of["penalties_s"].astype(np.float64),
        lap_valid=of["lap_invalid"] == 0,
        **told,
    )


def _off_track(cars: Packet) -> Bools | None:
    """Who has left the road: on loose ground, and with no wheel on anything paved. None if nobody has."""
    surface = cars["surface"]
    if not surface.tobytes().translate(None, NOT_LOOSE):  # most often no wheel of the whole field
        return None
    return LOOSE_GROUND[surface].sum(axis=1, dtype=np.int8) > 0


def _blank_the_absurd(columns: Floats, said: list[int]) -> int:
    """Turn what is beyond its bound, infinite or not a number into not-a-number; how many values that were."""
    sane = np.abs(columns) <= BOUNDS
    if sane.all() or sane[said].all():
        return 0
    columns[~sane] = np.nan
    return int(np.count_nonzero(~sane[said]))


def _times(laps: Packet) -> Floats:
    """The rows AHEAD, LEADER and the sectors of this lap, seconds; zero is what the game sends before it has timed one.

    A time is sent as what is below a minute and the minutes, but for the gaps of 2023.
    """
    times, minutes = np.zeros((2, TIMES, len(laps)))
    times[AHEAD], times[LEADER] = laps["delta_ahead_ms"], laps["delta_leader_ms"]
    times[SECTOR_1], times[SECTOR_2] = laps["sector1_ms"], laps["sector2_ms"]
    minutes[SECTOR_1], minutes[SECTOR_2] = laps["sector1_minutes"], laps["sector2_minutes"]
    if "delta_ahead_minutes" in (laps.dtype.names or ()):
        minutes[AHEAD], minutes[LEADER] = laps["delta_ahead_minutes"], laps["delta_leader_minutes"]
    else:
        gaps = times[: LEADER + 1]
        gaps[gaps == GAP_OVERFLOW_MS] = 0
    times /= 1000
    minutes *= 60
    times += minutes
    times[times == 0] = np.nan
    return times
