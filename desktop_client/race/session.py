"""What a driver asks of the session: how much of it is left, where one stands, and what the stewards have counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.order import AGAINST_THE_CLOCK, order, places_in_class
from desktop_client.race.to_the_flag import to_go
from desktop_client.telemetry.frame import Frame, SafetyCar, SessionKind

LONGEST_S = 7 * 86_400
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Counted:
    """Something that is counted against the driver, and how many of it end the drive; None where nobody says."""

    count: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SessionView:
    kind: SessionKind
    lap: int | None
    total_laps: int | None  # of a race over laps
    laps_left: int | None  # the driver's own, with this one; in a race against time an estimate
    perhaps_one_more: bool
    time_left_s: int | None
    place: int | None  # in the own class
    cars: int  # of the own class
    incidents: Counted | None
    warnings: Counted | None
    penalty_s: int | None
    pit_window: tuple[int, int] | None  # the laps between which the game wants a stop, while it lies ahead
    neutralised: bool  # a safety car is out: estimates of laps are worth little


def session(frame: Frame, race: Race) -> SessionView:
    """The session of a frame; a spectator is told what is left of it and nothing more."""
    told, own, player = frame.session, own_row(frame), frame.player
    racing = told.kind not in AGAINST_THE_CLOCK
    left = to_go(frame, race) if racing else None
    total = told.total_laps if racing and told.total_laps is not None and 0 < told.total_laps < MOST else None
    lap = None if own is None or not 0 < frame.cars.lap[own] < MOST else int(frame.cars.lap[own])
    place, cars = _standing(frame, race, own)
    penalty = 0.0 if own is None else float(frame.cars.penalty_s[own])
    return SessionView(
        kind=told.kind,
        lap=lap,
        total_laps=total,
        laps_left=None if left is None or not math.isfinite(left.laps) else math.ceil(left.laps - 1e-6),
        perhaps_one_more=left is not None and left.perhaps_one_more,
        time_left_s=_whole_seconds(told.time_left_s),
        place=place,
        cars=cars,
        incidents=None if player is None else _counted(player.incidents, player.incident_limit),
        warnings=None if player is None else _counted(player.warnings, None),
        penalty_s=round(penalty) if 0.5 <= penalty < MOST else None,
        pit_window=_ahead(told.pit_window_laps, lap),
        neutralised=told.safety_car in (SafetyCar.FULL, SafetyCar.VIRTUAL),
    )


def _standing(frame: Frame, race: Race, own: int | None) -> tuple[int | None, int]:
    """The driver's place in the own class and how many cars that class has, as the standings count them."""
    of_row = race.classes.of_row
    if own is None or len(of_row) != len(frame.cars):
        return None, len(frame.cars)
    ordered = order(frame.cars, frame.session.kind, frame.session.track_length_m)
    return int(places_in_class(ordered, of_row)[own]), int(np.count_nonzero(of_row == of_row[own]))


def _whole_seconds(value: float | None) -> int | None:
    return math.floor(value) if value is not None and 0 <= value < LONGEST_S else None


def _counted(count: int | None, limit: int | None) -> Counted | None:
    """What was counted; nothing counted yet is no news, and takes no room."""
    if count is None or not 0 < count < MOST:
        return None
    return Counted(count, limit if limit is not None and 0 < limit < MOST else None)


def _ahead(window: tuple[int, int] | None, lap: int | None) -> tuple[int, int] | None:
    if window is None or not 0 < window[0] <= window[1] < MOST:
        return None
    return window if lap is None or lap <= window[1] else None
