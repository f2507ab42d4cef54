"""What holds for the whole of an Automobilista 2 session, out of the packets that tell of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from desktop_client.telemetry.frame import Session, SessionKind, Weather
from desktop_client.telemetry.games import ams2_bits as bits
from desktop_client.telemetry.games import sanity
from desktop_client.telemetry.games.ams2_bits import GameState, PitMode
from desktop_client.telemetry.games.ams2_memory import Memory
from desktop_client.telemetry.games.ams2_wire import Packet, text
from desktop_client.telemetry.source import Health

GAME: Final = "ams2"
LONGEST_TRACK_M: Final = 100_000.0
TRACK_NAMES: Final = ("location", "variation", "translated_location", "translated_variation")
REPLAYS: Final = (GameState.REPLAY, GameState.FRONT_END_REPLAY)
MENUS: Final = (GameState.EXITED, GameState.FRONT_END, GameState.IN_MENU, GameState.RESTARTING)


def build_session(
    memory: Memory, health: Health, timings: Packet, own_slot: int | None, spectating: bool, at: float
) -> Session:
    """`own_slot` is where the driver's own car is among the timings' cars, if it is there."""
    own = None if own_slot is None else timings["cars"][own_slot]
    in_garage = own is not None and int(own["pit"]) & 7 == PitMode.IN_GARAGE
    state, weather = memory.state, memory.game_state
    return Session(
        game=GAME,
        uid=memory.uid,
        kind=memory.kind,
        time_left_s=memory.countdown.seconds(at, float(timings["time_left"])),
        air_temperature_c=None if weather is None else float(weather["air_c"]),
        track_temperature_c=None if weather is None else float(weather["track_c"]),
        weather=None if weather is None else _weather(weather),
        flags=bits.flags(0 if own is None else int(own["flag"])),
        paused=state is GameState.PAUSED,
        spectating=spectating,
        replay=state in REPLAYS,
        in_garage=in_garage or state in MENUS,
        **_event(memory.race, memory.kind, health),
    )


def _event(race: Packet | None, kind: SessionKind, health: Health) -> dict[str, Any]:
    if race is None:
        return {}
    length = sanity.optional(float(race["track_length"]), 0, LONGEST_TRACK_M, health)
    laps, stop, is_race = int(race["laps_or_time"]), int(race["pit_stop_lap"]), kind is SessionKind.RACE
    return {
        **_track(*(bytes(race[name]) for name in TRACK_NAMES)),
        "track_length_m": length or None,
        "total_laps": laps if is_race and 0 < laps < bits.TIMED else None,
        "pit_window_laps": (stop, stop) if is_race and stop > 0 else None,
    }


@lru_cache(maxsize=2)
def _track(location: bytes, variation: bytes, shown: bytes, shown_variation: bytes) -> dict[str, str | None]:
    """The untranslated names are the track's identity, the translated ones are for the eye."""
    name, layout = text(shown) or text(location), text(shown_variation) or text(variation)
    return {
        "track_id": f"{text(location)}/{text(variation)}" if text(location) else None,
        "track_name": f"{name} {layout}".strip() or None,
        "layout_name": layout or None,
    }


def _weather(state: Packet) -> Weather:
    """Where the wind comes from is left unsaid: no source tells whether its direction is that or where it goes."""
    return Weather(rain=int(state["rain"]) / 255, wind_mps=max(0.0, float(state["wind_mps"])))
