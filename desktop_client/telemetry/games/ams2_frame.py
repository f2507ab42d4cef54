"""From what is remembered of an Automobilista 2 session to one frame. Whole columns, never car by car."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Capability, Cars, Floats, Frame, Ints
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games import sanity
from desktop_client.telemetry.games.ams2_memory import Memory
from desktop_client.telemetry.games.ams2_player import build_player
from desktop_client.telemetry.games.ams2_session import build_session
from desktop_client.telemetry.games.ams2_wire import CARS, Packet
from desktop_client.telemetry.source import Health

HALF_TURN: Final = 32_767
BOUNDS: Final = np.array([[sanity.FARTHEST_M], [sanity.FARTHEST_M], [sanity.HIGHEST_M]])  # of our x, y and z
LONGEST_GAP_S: Final = 3600.0

OF_THE_DRIVEN_CAR: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.TYRES, Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE),
        *(Capability.TYRE_WEAR, Capability.BRAKE_TEMPERATURE, Capability.FUEL, Capability.DAMAGE),
    }
)
CAPABILITIES: Final = OF_THE_DRIVEN_CAR | {
    *(Capability.OPPONENTS, Capability.WORLD_POSITION, Capability.OPPONENT_POSITION, Capability.HEADING),
    *(Capability.LAP_DISTANCE, Capability.LAP_TIMES, Capability.SECTOR_TIMES, Capability.LAP_VALIDITY),
    *(Capability.TRACK_ID, Capability.CLASSES, Capability.PIT_STATUS, Capability.WEATHER, Capability.FLAGS),
}


@cache
def _capabilities(driving: bool) -> frozenset[Capability]:
    return CAPABILITIES if driving else CAPABILITIES - OF_THE_DRIVEN_CAR


@np.errstate(all="ignore")  # what comes of bytes gone bad is judged by its bounds
def build_frame(memory: Memory, health: Health, at: float) -> Frame | None:
    """The frame of the newest timings, or None while there are none."""
    timings = memory.timings
    if timings is None:
        return None
    telemetry = memory.telemetry(at)
    viewed = _viewed(telemetry)
    own_slot = int(timings["own_slot"])
    if not own_slot < CARS:  # an edition that does not say it: then it is the car that is looked at
        own_slot = viewed
    spectating = viewed >= 0 and viewed != own_slot
    active = timings["cars"]["position"] & bits.ACTIVE != 0
    active[max(int(timings["count"]), 0) :] = False
    slot = np.flatnonzero(active).astype(np.int32)
    cars = _cars(memory, health, timings, telemetry, slot, at)
    row = None if spectating or own_slot not in slot else int(np.searchsorted(slot, own_slot))
    player = None
    if row is not None and telemetry is not None:
        player = build_player(telemetry, timings["cars"][own_slot], health)
    session = build_session(memory, health, timings, None if row is None else own_slot, spectating, at)
    return Frame(at, at - memory.began_at, session, cars, player, row, _capabilities(row is not None))


def _viewed(telemetry: Packet | None) -> int:
    """The slot of the car that the telemetry is about, -1 for none."""
    viewed = -1 if telemetry is None else int(telemetry["viewed"])
    return viewed if viewed < CARS else -1


def _cars(memory: Memory, health: Health, timings: Packet, telemetry: Packet | None, slot: Ints, at: float) -> Cars:
    of = timings["cars"][slot]
    places = _places(timings, telemetry)
    moves = memory.trail.speed(at, places)
    viewed = _viewed(telemetry)
    if telemetry is not None and viewed >= 0:
        moves[viewed] = telemetry["speed"]
    x, y, z = _bounded(places[:, slot], health)
    mode = bits.pit_mode(of["pit"])
    names = memory.roster.columns(slot, of)
    return Cars.of(
        slot,
        name=names.name,
        car=names.car,
        class_name=names.class_name,
        position=bits.position(of["position"]),
        grid_position=memory.grid[slot],
        status=bits.car_status(of["race_state"], mode),
        lap=of["lap"].astype(np.int32),
        lap_distance_m=of["lap_distance"].astype(np.float64),
        x=x,
        y=y,
        z=z,
        heading_rad=_heading(of["orientation"][:, 0]),
        speed_mps=_speed(moves[slot]),
        lap_time_s=sanity.times(of["lap_time"], health),
        sector=bits.sector(of["sector"]),
        pit=bits.pit_status(mode),
        lap_valid=bits.lap_is_valid(of["race_state"]),
        gap_ahead_s=_gaps(timings, slot, bits.position(of["position"]), health),
        sector_s=memory.splits.this_lap[slot],
        last_sector_s=memory.splits.last_lap[slot],
        **_records(memory, health, slot),
    )


def _bounded(places: Floats, health: Health) -> Floats:
    sane = np.abs(places) <= BOUNDS
    if not sane.all():
        health.absurd += int(np.count_nonzero(~sane))
        places[~sane] = np.nan
    return places


def _places(timings: Packet, telemetry: Packet | None) -> Floats:
    """Our x, y and z of all slots. The game's axes are left-handed with y up, so (x, z) is the plan seen from above.

    That follows from its car's axes, which run left, up and back, and from how CrewChief's spotter turns the world to
    tell left from right.
    """
    cars = timings["cars"]
    x, y = bits.place(cars["place"], cars["sector"])
    places = np.array((x, y, cars["place"][:, 1]))
    viewed = _viewed(telemetry)
    if telemetry is not None and viewed >= 0:
        exact_x, exact_z, exact_y = telemetry["place"].tolist()
        # The two packets may be an instant apart, but not by more than a car drives in one.
        if math.hypot(exact_x - places[0, viewed], exact_y - places[1, viewed]) < 20:
            places[:, viewed] = (exact_x, exact_y, exact_z)
    return places


def _heading(quantised: Ints) -> Floats:
    """The game turns a car that points to -z by the heading, towards -x."""
    return np.remainder(-math.pi / 2 - quantised * (math.pi / HALF_TURN) + math.pi, math.tau) - math.pi


def _speed(moves: Floats) -> Floats:
    """What was worked out is no absurdity of the game's: a car that was put into its box did not drive there."""
    moves[~((moves >= 0) & (moves <= sanity.FASTEST_MPS))] = np.nan
    return moves


def _gaps(timings: Packet, slot: Ints, position: Ints, health: Health) -> Floats:
    """The game tells the gap ahead of the own car and the one behind it, and none besides."""
    gaps = np.full(len(slot), np.nan)
    own = np.flatnonzero(slot == int(timings["own_slot"]))
    if len(own):
        own_position = int(position[own[0]])
        for name, row in (("gap_ahead", own), ("gap_behind", np.flatnonzero(position == own_position + 1))):
            if float(timings[name]) >= 0 and len(row) == 1:
                gaps[row[0]] = sanity.number(float(timings[name]), 0, LONGEST_GAP_S, health)
    return gaps


def _records(memory: Memory, health: Health, slot: Ints) -> dict[str, Floats]:
    if memory.stats is None:
        return {}
    of = memory.stats["cars"][slot]
    return {
        "last_lap_s": sanity.times(of["last_lap"], health),
        "best_lap_s": sanity.times(of["best_lap"], health),
        "best_sector_s": sanity.times(of["best_sector"], health),
    }
