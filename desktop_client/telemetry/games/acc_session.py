"""The session of Assetto Corsa Competizione: out of its pages, out of broadcasting, or out of both."""

from __future__ import annotations

import dataclasses
import math
from typing import Final

from desktop_client.telemetry.frame import (
    Flag,
    Forecast,
    SafetyCar,
    Session,
    SessionKind,
    Sky,
    Weather,
    Zone,
)
from desktop_client.telemetry.games.acc_messages import Update
from desktop_client.telemetry.games.acc_tables import TRACKS, track_id_of
from desktop_client.telemetry.games.kunos_pages import About, Page
from desktop_client.telemetry.games.kunos_session import MOST_DAYS_S, session_of
from desktop_client.telemetry.games.sanity import FARTHEST_M
from desktop_client.telemetry.source import Health

GAME: Final = "acc"
PHASE_FORMATION, PHASE_SESSION, PHASE_OVER = 3, 5, 6
BROADCAST_KINDS: Final = {
    0: SessionKind.PRACTICE,
    4: SessionKind.QUALIFYING,
    9: SessionKind.QUALIFYING,  # superpole
    10: SessionKind.RACE,
    11: SessionKind.TIME_TRIAL,  # hot lap
    12: SessionKind.TIME_TRIAL,  # hot stint
    13: SessionKind.QUALIFYING,  # hot lap superpole
}
BROADCAST_REPLAY: Final = 14

# Shared memory tells rain and water by a word; the shares are the middle of what broadcasting says meanwhile.
RAIN: Final = (0.0, 0.1, 0.2, 0.4, 0.7, 1.0)
WETNESS: Final = (0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 1.0)
RAINY_SKIES: Final = (Sky.CLEAR, Sky.LIGHT_RAIN, Sky.LIGHT_RAIN, Sky.RAIN, Sky.RAIN, Sky.STORM)
RAIN_AHEAD: Final = (("rain_in_10_min", 600.0), ("rain_in_30_min", 1800.0))
GLOBAL_FLAGS: Final = (
    *(("yellow", Flag.YELLOW), ("white", Flag.WHITE), ("green", Flag.GREEN)),
    *(("chequered", Flag.CHEQUERED), ("red", Flag.RED)),
)


class SectorShares:
    """Where the second and the third sector begin, as shares of the lap: seen when the driver's car gets there."""

    def __init__(self) -> None:
        self._starts = [math.nan, math.nan]
        self._sector = -1

    def watch(self, sector: int, lap_share: float) -> None:
        if sector in (1, 2) and self._sector == sector - 1 and 0.05 < lap_share < 0.95:
            self._starts[sector - 1] = lap_share
        self._sector = sector

    def known(self) -> tuple[float, ...]:
        return tuple(self._starts) if self._starts[0] < self._starts[1] else ()


class RemainingTime:
    """How long a session still takes, by broadcasting: its end is told as a time, or as what is left until then.

    The published client does not say which. What is left shrinks while the session's clock runs, and an end does not.
    """

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None
        self._shrinks: bool | None = None

    def left_s(self, update: Update) -> float | None:
        """Seconds; None where there is no limit, or as long as it cannot be told."""
        now, end = update.time_ms, update.end_ms
        if not (math.isfinite(now) and 0 < end < MOST_DAYS_S * 1000):
            return None
        if self._first is None or now < self._first[0]:
            self._first, self._shrinks = (now, end), None
        elif now - self._first[0] > 1000:
            self._shrinks = self._first[1] - end > (now - self._first[0]) / 2
        if self._shrinks is None:
            return None
        left = end if self._shrinks else end - now
        return left / 1000 if left >= 0 else None


def by_memory(
    uid: str,
    graphics: Page,
    physics: Page | None,
    about: About,
    told_length_m: float,
    update: Update | None,
    shares: tuple[float, ...],
    health: Health,
) -> Session:
    """The session by its pages; `update` is what broadcasting adds, `shares` where the sectors begin."""
    track_id = track_id_of(about.track)
    track = TRACKS.get(track_id)
    length = _length(told_length_m, track_id)
    session = session_of(GAME, uid, graphics, physics, about, length, health)
    flags = session.flags | {flag for name, flag in GLOBAL_FLAGS if graphics[name]}
    edges = (0.0, *shares, 1.0)
    yellow = [sector for sector in range(3) if graphics[f"yellow_sector{sector + 1}"]] if shares else []
    return dataclasses.replace(
        session,
        track_id=track_id or None,
        track_name=track.name if track is not None else session.track_name,
        sector_starts_m=tuple(share * length for share in shares) if length is not None else (),
        flags=flags,
        zones=tuple(Zone(edges[sector], edges[sector + 1], Flag.YELLOW) for sector in yellow),
        safety_car=_safety_car(update),
        weather=_weather(graphics, session.weather, update),
        in_garage=bool(graphics["in_setup_menu"]),
    )


def by_broadcasting(uid: str, update: Update, track_name: str, told_length_m: float, left_s: float | None) -> Session:
    """The session of somebody who only watches."""
    track_id = track_id_of(track_name)
    track = TRACKS.get(track_id)
    return Session(
        game=GAME,
        uid=uid,
        kind=BROADCAST_KINDS.get(update.kind, SessionKind.UNKNOWN),
        track_id=track_id or None,
        track_name=track.name if track is not None else track_name or None,
        track_length_m=_length(told_length_m, track_id),
        time_left_s=left_s,
        air_temperature_c=float(update.air_c),
        track_temperature_c=float(update.track_c),
        weather=_weather(None, None, update),
        flags=frozenset({Flag.CHEQUERED}) if update.phase == PHASE_OVER else frozenset(),
        safety_car=_safety_car(update),
        spectating=True,
        replay=update.is_replay or update.kind == BROADCAST_REPLAY,
    )


def _length(told_m: float, track_id: str) -> float | None:
    if 0 < told_m <= FARTHEST_M:
        return told_m
    track = TRACKS.get(track_id)
    return None if track is None else track.length_m


def _safety_car(update: Update | None) -> SafetyCar:
    formation = update is not None and update.phase == PHASE_FORMATION
    return SafetyCar.FORMATION if formation else SafetyCar.NONE


def _weather(graphics: Page | None, by_pages: Weather | None, update: Update | None) -> Weather:
    word = graphics["rain"] if graphics is not None and 0 <= graphics["rain"] < len(RAIN) else None
    grip = graphics["grip"] if graphics is not None and 0 <= graphics["grip"] < len(WETNESS) else None
    return dataclasses.replace(
        by_pages or Weather(),
        sky=_sky(word, update),
        rain=update.rain if update is not None else None if word is None else RAIN[word],
        wetness=update.wetness if update is not None else None if grip is None else WETNESS[grip],
        forecast=() if graphics is None else _forecast(graphics),
    )


def _sky(word: int | None, update: Update | None) -> Sky | None:
    """By the word for the rain while it rains; else by the clouds, of which only broadcasting tells."""
    if word:
        return RAINY_SKIES[word]
    if update is None:
        return None
    if update.rain > 0:
        return next(sky for rain, sky in zip(RAIN, RAINY_SKIES, strict=True) if update.rain <= rain)
    return Sky.OVERCAST if update.clouds > 0.6 else Sky.LIGHT_CLOUD if update.clouds > 0.2 else Sky.CLEAR


def _forecast(graphics: Page) -> tuple[Forecast, ...]:
    """Of the sky the game foretells only the rain: without any, it may as well be cloudy."""
    return tuple(
        Forecast(in_s, RAINY_SKIES[graphics[name]])
        for name, in_s in RAIN_AHEAD
        if 0 <= graphics[name] < len(RAINY_SKIES)
    )
