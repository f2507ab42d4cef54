"""What the pages of Assetto Corsa and its successor say of the session, and of where the car is."""

from __future__ import annotations

import math
from typing import Final

from desktop_client.telemetry.frame import Flag, PitStatus, Session, SessionKind, Weather
from desktop_client.telemetry.games.kunos_pages import KINDS, PAUSED, REPLAY, About, Page
from desktop_client.telemetry.games.sanity import COLDEST_C, HOTTEST_C, optional
from desktop_client.telemetry.source import Health

FLAGS: Final = {
    1: Flag.BLUE,
    2: Flag.YELLOW,
    3: Flag.BLACK,
    4: Flag.WHITE,
    5: Flag.CHEQUERED,
    6: Flag.BLACK,  # for a penalty
    7: Flag.GREEN,
    8: Flag.MEATBALL,
}
MOST_DAYS_S: Final = 10 * 86_400


def heading_rad(heading: float) -> float:
    """The games' heading (see kunos_fields) as ours: counter-clockwise from x, between -pi and pi."""
    if not math.isfinite(heading):
        return math.nan
    return math.atan2(-math.cos(heading), -math.sin(heading))


def session_of(
    game: str, uid: str, graphics: Page, physics: Page | None, about: About, length: float | None, health: Health
) -> Session:
    """What both games' pages say of the session."""
    kind = KINDS.get(graphics["session"], SessionKind.UNKNOWN)
    track = f"{about.track}/{about.configuration}" if about.configuration else about.track
    left = graphics["time_left_ms"] / 1000
    wind = optional(graphics["wind_mps"], 0.0, 100.0, health)
    flag = FLAGS.get(graphics["flag"])
    return Session(
        game=game,
        uid=uid,
        kind=kind,
        track_id=track or None,
        track_name=about.track.replace("_", " ").strip().title() or None,
        layout_name=about.configuration.replace("_", " ").strip().title() or None,
        track_length_m=length,
        time_left_s=left if 0 < left < MOST_DAYS_S else None,
        air_temperature_c=None if physics is None else optional(physics["air_c"], COLDEST_C, HOTTEST_C, health),
        track_temperature_c=None if physics is None else optional(physics["road_c"], COLDEST_C, HOTTEST_C, health),
        # Where the wind comes from is a number too, but nobody says what it is counted from.
        weather=Weather(wind_mps=wind),
        flags=frozenset() if flag is None else frozenset({flag}),
        paused=graphics["status"] == PAUSED,
        replay=graphics["status"] == REPLAY,
    )


def pit_of(graphics: Page) -> PitStatus:
    if graphics["in_pit_box"]:
        return PitStatus.IN_BOX
    return PitStatus.PIT_LANE if graphics["in_pit_lane"] else PitStatus.NONE
