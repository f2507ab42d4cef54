"""From what is remembered of an F1 session to one normalised frame."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from desktop_client.telemetry.frame import Capability, CarStatus, Flag, Frame, Session, SessionKind
from desktop_client.telemetry.games.f1_cars import build_cars
from desktop_client.telemetry.games.f1_memory import Drivers, Memory
from desktop_client.telemetry.games.f1_player import build_player, laps_to_go
from desktop_client.telemetry.games.f1_session import FLAGS
from desktop_client.telemetry.games.f1_wire import PacketId
from desktop_client.telemetry.source import Health

OF_THE_DRIVEN_CAR = frozenset(
    {
        Capability.INPUTS,
        Capability.FUEL,
        Capability.ENERGY,
        Capability.DRS,
        Capability.DAMAGE,
        Capability.TYRE_TEMPERATURE,
        Capability.TYRE_PRESSURE,
        Capability.TYRE_WEAR,
        Capability.BRAKE_TEMPERATURE,
    }
)
CAPABILITIES = OF_THE_DRIVEN_CAR | {
    Capability.LAP_TIMES,
    Capability.SECTOR_TIMES,
    Capability.OPPONENTS,
    Capability.WORLD_POSITION,
    Capability.OPPONENT_POSITION,
    Capability.HEADING,
    Capability.LAP_DISTANCE,
    Capability.LAP_VALIDITY,
    Capability.TRACK_ID,
    Capability.GAPS,
    Capability.PIT_STATUS,
    Capability.TYRES,
    Capability.WEATHER,
    Capability.FORECAST,
    Capability.FLAGS,
    Capability.PENALTIES,
}
DRIVES = frozenset({CarStatus.RUNNING, CarStatus.FINISHED, CarStatus.GARAGE})


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
    described = memory.session
    laps = memory.newest(PacketId.LAPS, session_time)
    if described is None or laps is None:
        return None
    drivers = memory.drivers(laps["cars"])
    telemetry = memory.newest(PacketId.TELEMETRY, session_time)
    motion = memory.newest(PacketId.MOTION, session_time)
    cars = build_cars(memory, health, drivers, laps, motion, telemetry)
    row = None if described.spectating else drivers.row_of.get(player_slot)
    session = _session_now(memory, described, drivers, player_slot, row)
    player = None
    if row is not None and telemetry is not None and int(drivers.status[row]) in DRIVES:
        to_go = laps_to_go(session, cars, row)
        player = build_player(memory, health, telemetry, laps, motion, player_slot, to_go)
    capabilities = _capabilities(session.kind, session.spectating)
    return Frame(at, session_time, session, cars, player, row, capabilities)


def _session_now(memory: Memory, described: Session, drivers: Drivers, slot: int, row: int | None) -> Session:
    """The session with what holds in this instant: the flags that are out, and whether the driver is in the garage."""
    car_status = memory.latest(PacketId.STATUS)
    own_flag = 0 if row is None or car_status is None else int(car_status["cars"][slot]["fia_flag"])
    status = None if row is None else int(drivers.status[row])
    key = (described, drivers.chosen_by, own_flag, memory.red_flag, status)

    def make() -> Session:
        flags = {FLAGS[own_flag]} if own_flag in FLAGS else set[Flag]()
        if memory.red_flag:
            flags.add(Flag.RED)
        if described.kind is SessionKind.RACE and (drivers.status == CarStatus.FINISHED).any():
            flags.add(Flag.CHEQUERED)  # it is out from the winner's finish on
        return replace(described, flags=frozenset(flags), in_garage=status == CarStatus.GARAGE)

    return memory.session_of_the_instant.of(key, make)
