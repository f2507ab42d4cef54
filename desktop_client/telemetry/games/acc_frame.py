"""From what Assetto Corsa Competizione's pages and its broadcasting say to one frame."""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Any, Final

import numpy as np

from desktop_client.telemetry.frame import Capability, Cars, Frame, Ints, PitStatus, Session, SessionKind
from desktop_client.telemetry.games.kunos_pages import About, OwnSectors, Page, seconds
from desktop_client.telemetry.games.kunos_player import KMH, build_player
from desktop_client.telemetry.games.kunos_session import heading_rad, pit_of
from desktop_client.telemetry.games.sanity import FASTEST_MPS, number
from desktop_client.telemetry.source import Health

OF_THE_DRIVEN_CAR: Final = frozenset(
    {
        *(Capability.INPUTS, Capability.TYRES, Capability.TYRE_TEMPERATURE, Capability.TYRE_PRESSURE),
        *(Capability.BRAKE_TEMPERATURE, Capability.FUEL, Capability.DAMAGE, Capability.FLAGS, Capability.FORECAST),
        Capability.PENALTIES,
    }
)
OF_BROADCASTING: Final = frozenset({Capability.OPPONENTS, Capability.CLASSES})
CAPABILITIES: Final = frozenset(
    {
        *(OF_THE_DRIVEN_CAR | OF_BROADCASTING),
        *(Capability.WORLD_POSITION, Capability.OPPONENT_POSITION, Capability.HEADING, Capability.LAP_DISTANCE),
        *(Capability.LAP_TIMES, Capability.SECTOR_TIMES, Capability.LAP_VALIDITY, Capability.TRACK_ID),
        *(Capability.PIT_STATUS, Capability.WEATHER),
    }
)
NO_PENALTY: Final = 0
PENALTY_S: Final = {2: 10.0, 3: 20.0, 4: 30.0, 8: 10.0, 9: 20.0, 10: 30.0}  # stop and go, for cutting or speeding
POST_RACE_PENALTY: Final = 14


@cache
def _capabilities(driving: bool, told: bool) -> frozenset[Capability]:
    held = CAPABILITIES if told else CAPABILITIES - OF_BROADCASTING
    return held if driving else held - OF_THE_DRIVEN_CAR


def with_own_car(
    ids: Ints,
    columns: dict[str, Any],
    graphics: Page,
    physics: Page,
    about: About,
    sectors: OwnSectors,
    lap_share: float,
    session: Session,
    health: Health,
) -> int | None:
    """Put what memory says of the driver's own car into its row; that row, or None where it is not on the track."""
    found = np.flatnonzero(ids == graphics["player_id"])
    if len(found) != 1:
        return None
    row, length = int(found[0]), session.track_length_m or math.nan
    laps = max(graphics["completed_laps"], 0)
    own: dict[str, Any] = {
        "heading_rad": heading_rad(physics["heading"]),
        "speed_mps": number(abs(physics["speed_kmh"]) * KMH, 0.0, FASTEST_MPS, health),
        "position": max(graphics["position"], 0),
        "pit": max(pit_of(graphics), columns["pit"][row] if "pit" in columns else PitStatus.NONE),
        "lap": laps + 1,
        "lap_valid": bool(graphics["lap_is_valid"]),
        "lap_time_s": seconds(graphics["current_ms"]),
        "last_lap_s": seconds(graphics["last_ms"]),
        "best_lap_s": seconds(graphics["best_ms"]),
        "sector": graphics["sector"] if 0 <= graphics["sector"] <= 2 else -1,
        "penalty_s": _penalty_s(graphics),
        "penalties": int(graphics["penalty"] != NO_PENALTY),
        "lap_distance_m": lap_share * length,
        "total_distance_m": (laps + lap_share) * length,
        "gap_ahead_s": _gap_ahead_s(graphics, session),
    }
    by_clock = {"sector_s": sectors.current, "last_sector_s": sectors.last, "best_sector_s": sectors.best}
    # Broadcasting times sectors better than we do by looking on.
    own |= {name: seen for name, seen in by_clock.items() if name not in columns or np.isnan(columns[name][row]).all()}
    if not columns.get("name", ("",) * len(ids))[row]:
        names = list(columns.get("name", ("",) * len(ids)))
        names[row] = about.driver
        columns["name"] = tuple(names)
    if graphics["rain_tyres"]:
        columns["tyre"] = tuple("W" if at == row else "" for at in range(len(ids)))
    blank = Cars.of(ids)
    for name, value in own.items():
        column = columns.get(name)
        columns[name] = getattr(blank, name).copy() if column is None else column
        columns[name][row] = value
    return row


def finish(
    ids: Ints,
    columns: dict[str, Any],
    row: int | None,
    pages: tuple[Page, Page] | None,
    about: About,
    session: Session,
    told: bool,
    health: Health,
    at: float,
    session_time_s: float,
) -> Frame:
    """The frame of these columns; `pages` are graphics and physics where somebody drives."""
    player = None
    if pages is not None and row is not None:
        player = build_player(pages[1], pages[0], about, health, is_acc=True)
    elif not session.spectating:
        session = dataclasses.replace(session, spectating=True)
    cars = Cars.of(ids, **columns)
    return Frame(at, session_time_s, session, cars, player, row, _capabilities(player is not None, told))


def _penalty_s(graphics: Page) -> float:
    """Seconds; a drive-through takes as long as the pit lane is, which the game does not say."""
    penalty = graphics["penalty"]
    if penalty == NO_PENALTY:
        return 0.0
    if penalty == POST_RACE_PENALTY and 0 < graphics["penalty_s"] < 3600:
        return graphics["penalty_s"]
    return PENALTY_S.get(penalty, math.nan)


def _gap_ahead_s(graphics: Page, session: Session) -> float:
    if session.kind is not SessionKind.RACE or graphics["position"] <= 1:
        return math.nan
    return seconds(graphics["gap_ahead_ms"])
