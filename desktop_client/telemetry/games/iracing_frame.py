"""From one buffer of iRacing's memory, and what its text said before, to one normalised frame."""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import (
    Capability,
    Flag,
    Frame,
    SafetyCar,
    Session,
    SessionKind,
    Sky,
    Weather,
)
from desktop_client.telemetry.games.iracing_cars import Arrays, CarColumns
from desktop_client.telemetry.games.iracing_player import Values, build_player
from desktop_client.telemetry.games.iracing_session import Description, Stage
from desktop_client.telemetry.games.sanity import COLDEST_C, HOTTEST_C, optional
from desktop_client.telemetry.source import Health

GAME: Final = "iracing"
NO_STAGE: Final = Stage(SessionKind.UNKNOWN)
UNLIMITED_LAPS: Final = 32_767
UNLIMITED_S: Final = 604_800.0
LIVE_FRAMES: Final = 60
PARADE_LAPS: Final = 3  # session state
CAUTION: Final = 0x4000 | 0x8000
FLAGS: Final = (
    (0x1, Flag.CHEQUERED),
    (0x2, Flag.WHITE),
    (0x4 | 0x400, Flag.GREEN),
    (0x8 | 0x100 | CAUTION, Flag.YELLOW),
    (0x10, Flag.RED),
    (0x20, Flag.BLUE),
    (0x40, Flag.DEBRIS),
    (0x10000 | 0x20000, Flag.BLACK),
    (0x80000, Flag.BLACK_WHITE),  # furled: a warning
    (0x100000, Flag.MEATBALL),
)
SKIES: Final = {0: Sky.CLEAR, 1: Sky.LIGHT_CLOUD, 2: Sky.LIGHT_CLOUD, 3: Sky.OVERCAST}
LIGHT_RAIN, DRIEST, WETTEST = 0.3, 1, 7

ALWAYS = frozenset(
    {
        *(Capability.INPUTS, Capability.HEADING, Capability.LAP_DISTANCE, Capability.LAP_TIMES, Capability.TRACK_ID),
        *(Capability.PIT_STATUS, Capability.FUEL, Capability.WEATHER, Capability.FLAGS),
        *(Capability.TYRE_TEMPERATURE, Capability.TYRE_WEAR),  # as the crew measures it, in the pits only
    }
)
OF_OTHERS = frozenset({Capability.OPPONENTS, Capability.SPOTTER, Capability.CLASSES})
CAPABILITIES = ALWAYS | OF_OTHERS | {Capability.GAPS, Capability.TYRES, Capability.ENERGY, Capability.DRS}
"""Of the live memory, car by car: not every car has a wing that opens or a battery."""


@cache
def capabilities(
    arrays: tuple[str, ...] | None, scalars: tuple[str, ...], kind: SessionKind, *, has_tyres: bool
) -> frozenset[Capability]:
    """What the variables with these names can say."""
    held = set(ALWAYS)
    if arrays and "CarIdxLapDistPct" in arrays:
        held |= OF_OTHERS | ({Capability.GAPS} if kind is SessionKind.RACE else set())
    for name, capability in (
        ("DRS_Status", Capability.DRS),
        ("EnergyERSBatteryPct", Capability.ENERGY),
        ("Lat", Capability.WORLD_POSITION),
    ):
        if name in scalars:
            held.add(capability)
    if has_tyres:
        held.add(Capability.TYRES)
    return frozenset(held)


@np.errstate(invalid="ignore", over="ignore")  # bytes may be a signalling not-a-number
def build_frame(
    values: Values, arrays: Arrays, description: Description, columns: CarColumns, uid: str, health: Health, at: float
) -> Frame:
    """The frame of one buffer. Values that no car can have are left unsaid and counted in `health.absurd`."""
    stage = description.stages.get(values.get("SessionNum", 0), NO_STAGE)
    slots = description.field.slot
    rows = np.arange(len(slots), dtype=np.int32)
    if not arrays.dtype.names:
        rows = np.flatnonzero(slots == description.own.slot).astype(np.int32)
    cars, row = columns.cars(values, arrays, rows, description, stage, health)
    session = _session(values, description, stage, uid, health)
    player = None
    if row is not None and values.get("IsOnTrack") and not (session.replay or session.spectating):
        player = build_player(values, description, _overtakes_left(values, arrays), health)
    names, has_tyres = arrays.dtype.names, any(description.own.tyres)
    held = capabilities(names, tuple(values), stage.kind, has_tyres=has_tyres)
    return Frame(at, values["SessionTime"], session, cars, player, row, held)


def _session(values: Values, description: Description, stage: Stage, uid: str, health: Health) -> Session:
    flags = values.get("SessionFlags", 0)
    time_left = values.get("SessionTimeRemain", math.inf)
    laps = values.get("SessionLapsTotal", UNLIMITED_LAPS)
    formation = values.get("SessionState") == PARADE_LAPS and stage.kind is SessionKind.RACE
    safety_car = SafetyCar.FULL if flags & CAUTION else SafetyCar.FORMATION if formation else SafetyCar.NONE
    # Out of the car a replay is always playing, but the last frames of it are what happens now.
    replay = bool(values.get("IsReplayPlaying")) and values.get("ReplayFrameNumEnd", 0) > LIVE_FRAMES
    is_on_track = bool(values.get("IsOnTrack"))
    track_c = values.get("TrackTempCrew", values.get("TrackTemp"))
    return Session(
        game=GAME,
        uid=uid,
        kind=stage.kind,
        track_id=description.track_id,
        track_name=description.track_name,
        layout_name=description.layout_name,
        track_length_m=description.length_m,
        sector_starts_m=description.sector_starts_m,
        total_laps=laps if 0 < laps < UNLIMITED_LAPS else None,
        time_left_s=float(time_left) if 0 <= time_left < UNLIMITED_S else None,
        air_temperature_c=optional(values["AirTemp"], COLDEST_C, HOTTEST_C, health) if "AirTemp" in values else None,
        track_temperature_c=None if track_c is None else optional(track_c, COLDEST_C, HOTTEST_C, health),
        weather=_weather(values, health),
        flags=_flags(flags),
        safety_car=safety_car,
        pit_limit_mps=description.pit_limit_mps,
        spectating=description.own.is_spectator,
        replay=replay,
        in_garage=not replay and not is_on_track and not description.own.is_spectator,
    )


@cache
def _flags(bits: int) -> frozenset[Flag]:
    return frozenset(flag for mask, flag in FLAGS if bits & mask)


def _weather(values: Values, health: Health) -> Weather:
    def share(name: str) -> float | None:
        return optional(values[name], 0, 1, health) if name in values else None

    rain = share("Precipitation")
    sky = SKIES.get(values.get("Skies", -1))
    if rain:
        sky = Sky.LIGHT_RAIN if rain < LIGHT_RAIN else Sky.RAIN
    water = values.get("TrackWetness", 0)
    direction = optional(values["WindDir"], -100, 100, health) if "WindDir" in values else None
    return Weather(
        sky=sky,
        rain=rain,
        wetness=(water - DRIEST) / (WETTEST - DRIEST) if DRIEST <= water <= WETTEST else None,
        wind_mps=optional(values["WindVel"], 0, 100, health) if "WindVel" in values else None,
        # clockwise from north, and where it comes from: the text says E where this is a quarter turn
        wind_from_rad=None if direction is None else math.pi / 2 - direction,
        humidity=share("RelativeHumidity"),
    )


def _overtakes_left(values: Values, arrays: Arrays) -> int | None:
    """Presses of the button that are left; -1 stands for a car, or rules, without any."""
    own = values.get("PlayerCarIdx", -1)
    if "CarIdxP2P_Count" not in (arrays.dtype.names or ()) or not 0 <= own < len(arrays["CarIdxP2P_Count"]):
        return None
    left = int(arrays["CarIdxP2P_Count"][own])
    return left if 0 <= left < 10_000 else None
