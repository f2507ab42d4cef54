"""The session of rFactor 2 or Le Mans Ultimate, out of the head of a scoring packet."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Flag, Ints, SafetyCar, Session, SessionKind, Sky, Weather, Zone
from desktop_client.telemetry.games.rf2_names import text
from desktop_client.telemetry.games.rf2_scoring import FIRST_RACE_SESSION, IDS, Scored
from desktop_client.telemetry.games.sanity import COLDEST_C, FARTHEST_M, HOTTEST_C, LONGEST_S, optional
from desktop_client.telemetry.source import Health

MOST_LAPS: Final = 100_000  # the engine says 2^31 - 1 where laps are not counted
YELLOW, BLUE = 1, 6
CONTROLLED_BY_REPLAY = 3
FINISHED = 1
PHASE_FORMATION, PHASE_FULL_COURSE_YELLOW, PHASE_STOPPED, PHASE_OVER, PHASE_PAUSED = 3, 6, 7, 8, 9

# By Le Mans Ultimate's number of the sky; by rFactor 2's darkness of the clouds and strength of the rain.
_SKIES: Final = (
    *(Sky.CLEAR, Sky.LIGHT_CLOUD, Sky.LIGHT_CLOUD, Sky.OVERCAST, Sky.OVERCAST),
    *(Sky.LIGHT_RAIN, Sky.LIGHT_RAIN, Sky.LIGHT_RAIN, Sky.RAIN, Sky.RAIN, Sky.STORM),
)
_RAINS: Final = ((0.6, Sky.STORM), (0.2, Sky.RAIN), (0.0, Sky.LIGHT_RAIN))
_CLOUDS: Final = ((0.7, Sky.OVERCAST), (0.2, Sky.LIGHT_CLOUD))


def kind_of(session: int) -> SessionKind:
    if session >= FIRST_RACE_SESSION:
        return SessionKind.RACE
    return SessionKind.QUALIFYING if 5 <= session <= 8 else SessionKind.PRACTICE


class SectorStarts:
    """Where the second and the third sector begin: the engine does not say, but cars show it by crossing."""

    def __init__(self) -> None:
        self.at_m = [math.inf, math.inf]
        self._sector = np.full(IDS, -1, np.int32)

    def watch(self, scored: Scored, length: float) -> None:
        """Remember the earliest place at which a car was first seen in each sector: it comes closer each time."""
        ids, now = scored.roster.id % IDS, np.asarray(scored.columns["sector"], np.int32)
        before = self._sector[ids]
        on_track = (scored.columns["pit"] == 0) & (scored.lap_distance > 0.05 * length)
        for which in (0, 1):
            crossed = on_track & (before == which) & (now == which + 1)
            if crossed.any():
                self.at_m[which] = min(self.at_m[which], float(scored.lap_distance[crossed].min()))
        self._sector[ids] = now

    def known(self) -> tuple[float, ...]:
        return tuple(self.at_m) if self.at_m[0] < self.at_m[1] < math.inf else ()


def session_of(
    game: str,
    uid: str,
    info: NDArray[np.void],
    scored: Scored,
    starts: SectorStarts,
    pit_limit_mps: float | None,
    health: Health,
    *,
    says_the_sky: bool,
) -> Session:
    """The session of one scoring packet; `says_the_sky` where the game is Le Mans Ultimate, which says more."""
    kind, phase = kind_of(int(info["session"])), int(info["phase"])
    length = optional(float(info["track_length"]), 0.0, FARTHEST_M, health) or None
    if length is not None:
        starts.watch(scored, length)
    now = float(info["now"])
    left = float(info["time_left"]) if says_the_sky else float(info["end"]) - now
    laps = int(info["max_laps"])
    track = text(info["track"].item())
    player = None if scored.player_row is None else scored.vehicles[scored.player_row]
    zones = zones_of(info["sector_flags"], starts.known(), length)
    return Session(
        game=game,
        uid=uid,
        kind=kind,
        track_id=track or None,
        track_name=track or None,
        track_length_m=length,
        sector_starts_m=starts.known(),
        total_laps=laps if kind is SessionKind.RACE and 0 < laps < MOST_LAPS else None,
        time_left_s=left if 0 <= left <= 2 * LONGEST_S else None,
        air_temperature_c=optional(float(info["air_temperature"]), COLDEST_C, HOTTEST_C, health),
        track_temperature_c=optional(float(info["track_temperature"]), COLDEST_C, HOTTEST_C, health),
        weather=_weather(info, health, says_the_sky=says_the_sky),
        flags=_flags(info, player),
        zones=zones,
        safety_car={PHASE_FORMATION: SafetyCar.FORMATION, PHASE_FULL_COURSE_YELLOW: SafetyCar.FULL}.get(
            phase, SafetyCar.NONE
        ),
        pit_limit_mps=pit_limit_mps,
        paused=phase == PHASE_PAUSED,
        spectating=player is None,
        replay=player is not None and int(player["control"]) == CONTROLLED_BY_REPLAY,
        in_garage=not info["in_realtime"] or (player is not None and bool(player["in_garage"])),
    )


def zones_of(sector_flags: Ints, starts_m: tuple[float, ...], length: float | None) -> tuple[Zone, ...]:
    """The sectors under a yellow flag, as soon as it is known where they begin.

    The header leaves open which sector comes first in its list; other readers of it take it as the first, and so do
    we.
    """
    if not starts_m or length is None:
        return ()
    edges = (0.0, *(start / length for start in starts_m), 1.0)
    return tuple(
        Zone(edges[sector], edges[sector + 1], Flag.YELLOW)
        for sector in range(3)
        if sector_flags[sector] == YELLOW and edges[sector + 1] <= 1.0
    )


def _flags(info: NDArray[np.void], player: NDArray[np.void] | None) -> frozenset[Flag]:
    phase, flags = int(info["phase"]), set[Flag]()
    if phase == PHASE_FULL_COURSE_YELLOW or (info["sector_flags"] == YELLOW).any():
        flags.add(Flag.YELLOW)
    if phase == PHASE_STOPPED:
        flags.add(Flag.RED)
    if player is not None and int(player["flag"]) == BLUE:
        flags.add(Flag.BLUE)
    if phase == PHASE_OVER or (player is not None and int(player["finish_status"]) == FINISHED):
        flags.add(Flag.CHEQUERED)
    return frozenset(flags)


def _weather(info: NDArray[np.void], health: Health, *, says_the_sky: bool) -> Weather:
    rain = optional(float(info["raining"]), 0.0, 1.0, health)
    towards_x, _, towards_z = info["wind"].tolist()
    wind = optional(math.hypot(towards_x, towards_z), 0.0, 100.0, health)
    return Weather(
        sky=_sky(info, rain, says_the_sky=says_the_sky),
        rain=rain,
        wetness=optional(float(info["wetness"]), 0.0, 1.0, health),
        wind_mps=wind,
        wind_from_rad=math.atan2(-towards_z, -towards_x) if wind else None,
    )


def _sky(info: NDArray[np.void], rain: float | None, *, says_the_sky: bool) -> Sky | None:
    if rain:
        return next(sky for above, sky in _RAINS if rain > above)
    if says_the_sky:
        number = int(info["cloud_coverage"])
        return _SKIES[min(number, 4)] if number < len(_SKIES) else None
    darkness = float(info["dark_cloud"])
    if not 0 <= darkness <= 1:
        return None
    return next((sky for above, sky in _CLOUDS if darkness > above), Sky.CLEAR)
