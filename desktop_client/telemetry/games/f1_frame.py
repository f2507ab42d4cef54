"""From what is remembered of an F1 session to one normalised frame. Works on whole columns, never car by car."""

from __future__ import annotations

from functools import cache

import numpy as np

from desktop_client.telemetry.frame import (
    Capability,
    Cars,
    Floats,
    Frame,
    Ints,
    SessionKind,
)
from desktop_client.telemetry.games.f1_memory import Drivers, Memory
from desktop_client.telemetry.games.f1_player import KMH, build_player, laps_to_go
from desktop_client.telemetry.games.f1_wire import Packet, PacketId
from desktop_client.telemetry.source import Health

CAPABILITIES = frozenset(
    {
        Capability.INPUTS,
        Capability.LAP_TIMES,
        Capability.DRS,
        Capability.OPPONENTS,
        Capability.WORLD_POSITION,
        Capability.OPPONENT_POSITION,
        Capability.LAP_DISTANCE,
        Capability.LAP_VALIDITY,
        Capability.TRACK_ID,
        Capability.GAPS,
        Capability.PIT_STATUS,
        Capability.TYRES,
        Capability.FUEL,
        Capability.ENERGY,
        Capability.WEATHER,
    }
)
OF_THE_DRIVEN_CAR = frozenset({Capability.INPUTS, Capability.FUEL, Capability.ENERGY, Capability.DRS})

GAP_OVERFLOW_MS = 65535  # 2023 has no minutes part, so its gaps end here

# The float columns of a frame as rows of one array, and the largest magnitude that a car can have in each.
LAP_DISTANCE, TOTAL_DISTANCE, X, Y, Z, SPEED, LAP_TIME, LAST_LAP = range(8)
BOUNDS = np.array([1e5, 1e7, 1e5, 1e5, 1e4, 150.0, 86_400.0, 86_400.0])[:, np.newaxis]


@cache
def _capabilities(kind: SessionKind, spectating: bool) -> frozenset[Capability]:
    held = CAPABILITIES if kind is SessionKind.RACE else CAPABILITIES - {Capability.GAPS}
    return held - OF_THE_DRIVEN_CAR if spectating else held


# Bytes from the network may be a signalling not-a-number, which numpy would warn about where it is converted.
@np.errstate(invalid="ignore")
def build_frame(memory: Memory, health: Health, at: float, session_time: float, player_slot: int) -> Frame | None:
    """The frame of `session_time` (seconds), or None while the session or its laps are not known.

    A kind of packet that has not come for this instant is carried over while it is fresh and is
    not-a-number after that. Values that no car can have become not-a-number and are counted in `health.absurd`.
    """
    session = memory.session
    laps = memory.newest(PacketId.LAPS, session_time)
    if session is None or laps is None:
        return None
    drivers = memory.drivers(laps["cars"])
    telemetry = memory.newest(PacketId.TELEMETRY, session_time)
    cars = _cars(memory, health, drivers, laps, memory.newest(PacketId.MOTION, session_time), telemetry)
    row = None if session.spectating else drivers.row_of.get(player_slot)
    player = None
    if row is not None and telemetry is not None:
        player = build_player(memory, health, telemetry, player_slot, laps_to_go(session, cars, row))
    capabilities = _capabilities(session.kind, session.spectating)
    return Frame(at, session_time, session, cars, player, row, capabilities)


def _cars(
    memory: Memory, health: Health, drivers: Drivers, laps: Packet, motion: Packet | None, telemetry: Packet | None
) -> Cars:
    of = laps["cars"][drivers.slot]
    columns = np.full((len(BOUNDS), len(of)), np.nan)
    columns[LAP_DISTANCE] = of["lap_distance"]
    columns[TOTAL_DISTANCE] = of["total_distance"]
    columns[LAP_TIME] = of["current_lap_ms"]
    columns[LAP_TIME] /= 1000
    columns[LAST_LAP] = of["last_lap_ms"]
    columns[LAST_LAP] /= 1000
    said = [LAP_DISTANCE, TOTAL_DISTANCE, LAP_TIME, LAST_LAP]
    if motion is not None:
        moving = motion["cars"][drivers.slot]
        columns[X], columns[Y], columns[Z] = moving["x"], moving["z"], moving["y"]
        np.negative(columns[Y], out=columns[Y])  # the game's z points to the viewer, not away from them
        said += [X, Y, Z]
    if telemetry is not None:
        columns[SPEED] = telemetry["cars"]["speed"][drivers.slot] * KMH
        said.append(SPEED)
    health.absurd += _blank_the_absurd(columns, said)

    last_lap = columns[LAST_LAP]
    last_lap[last_lap == 0] = np.nan
    position = of["position"].astype(np.int32)
    gap_ahead, gap_leader = _gaps(of, position)
    return Cars.of(
        drivers.slot,
        name=drivers.name,
        number=drivers.number,
        team=drivers.team,
        position=position,
        lap=of["lap"].astype(np.int32),
        lap_distance_m=columns[LAP_DISTANCE],
        total_distance_m=columns[TOTAL_DISTANCE],
        x=columns[X],
        y=columns[Y],
        z=columns[Z],
        speed_mps=columns[SPEED],
        lap_time_s=columns[LAP_TIME],
        last_lap_s=last_lap,
        best_lap_s=memory.best_lap_s[drivers.slot],
        gap_leader_s=gap_leader,
        gap_ahead_s=gap_ahead,
        sector=np.minimum(of["sector"], 2).astype(np.int32),
        pit=np.where(of["pit_status"] <= 2, of["pit_status"], 0).astype(np.int32),
        lap_valid=of["lap_invalid"] == 0,
        tyre=memory.tyres(drivers),
    )


def _blank_the_absurd(columns: Floats, said: list[int]) -> int:
    """Turn what is beyond its bound, infinite or not a number into not-a-number; how many values that were."""
    sane = np.abs(columns) <= BOUNDS
    if sane[said].all():
        return 0
    columns[~sane] = np.nan
    return int(np.count_nonzero(~sane[said]))


def _gaps(laps: Packet, position: Ints) -> tuple[Floats, Floats]:
    """Seconds behind the car ahead and behind the leader. Zero is what the game sends before it has timed one."""
    ahead, leader = laps["delta_ahead_ms"] / 1000, laps["delta_leader_ms"] / 1000
    if "delta_ahead_minutes" in (laps.dtype.names or ()):
        ahead += laps["delta_ahead_minutes"] * 60.0
        leader += laps["delta_leader_minutes"] * 60.0
    else:
        ahead[laps["delta_ahead_ms"] == GAP_OVERFLOW_MS] = np.nan
        leader[laps["delta_leader_ms"] == GAP_OVERFLOW_MS] = np.nan
    leads = position == 1
    ahead[leads | (ahead == 0)] = np.nan
    leader[leader == 0] = np.nan
    leader[leads] = 0.0
    return ahead, leader
