"""The pit assistant: what a stop costs and where it leads while driving, the limit and the clock while in the lane."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from desktop_client.race.dash import PER_MPS, SpeedUnit
from desktop_client.race.fuel import level_of, use_of
from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.moment import lap_share
from desktop_client.race.names import short_name
from desktop_client.race.pit_loss import Loss
from desktop_client.race.pit_rejoin import Rejoin, place_of, rejoin, same_class
from desktop_client.race.teams import Team
from desktop_client.race.to_the_flag import to_go
from desktop_client.race.tyre_laps import wear_of
from desktop_client.race.tyres import laps_until
from desktop_client.telemetry.frame import CarStatus, Frame, Ints, PitStatus, Player, SessionKind

RECENT_LAPS = 5
MOST_LAPS = 9999
FASTEST_MPS = 200.0
BOX_WITHIN_M = 600.0
TOO_FAST_MPS = 0.3  # above the limit; games round


class Reason(enum.Enum):
    """Why the car has to come in by the last lap of the window."""

    RULES = enum.auto()
    FUEL = enum.auto()
    TYRES = enum.auto()


@dataclass(frozen=True, slots=True)
class PitWindow:
    """The laps on which to stop; `first` is None where nothing speaks against a stop at once."""

    first: int | None
    last: int
    reason: Reason
    open: bool


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody near in the order; None where it is not known."""

    position: int | None
    name: str
    team: Team
    stops: int
    stint_laps: int | None
    in_pit: bool
    is_player: bool


@dataclass(frozen=True, slots=True)
class OnTrack:
    """While driving. Seconds are whole: nobody stops to the tenth."""

    loss_s: int
    measured: bool  # on stops of this session
    rejoin: Rejoin | None
    window: PitWindow | None
    wanted: bool  # the driver has asked for a stop
    rivals: tuple[Rival, ...]
    unstopped: tuple[int, int] | None  # of so many cars ahead, so many have not stopped yet


@dataclass(frozen=True, slots=True)
class InLane:
    """While in the pit lane; speeds in the driver's unit, times to the tenth."""

    speed: int | None
    limit: int | None
    over: int  # how much too fast, 0 within the limit
    limiter: bool | None
    lane_s: float | None
    stood_s: float | None  # None until the car stands
    box_m: int | None  # to the own box, in steps of five metres
    standing: bool


PitView = OnTrack | InLane


def pit(
    frame: Frame,
    race: Race,
    unit: SpeedUnit = "km/h",
    stop_s: float | None = None,
    worn_out: float = 0.75,
    rivals: int = 2,
) -> PitView | None:
    """The view, or None while there is no own car.

    `stop_s` is how long the driver's stop will stand, None for what was seen of others; `rivals` before and behind.
    """
    own, player = own_row(frame), frame.player
    if own is None or player is None:
        return None
    if frame.cars.pit[own] != PitStatus.NONE:
        return _in_lane(frame, race, player, own, unit)
    loss = race.pit_loss.loss(frame.session.pit_limit_mps, race.pace)
    if stop_s is not None:
        loss = Loss(loss.lane_s, stop_s, loss.lane_measured, stand_measured=True)
    field = _field(frame, own)
    return OnTrack(
        loss_s=round(loss.whole_s),
        measured=loss.lane_measured and loss.stand_measured,
        rejoin=rejoin(frame, race, loss.whole_s),
        window=pit_window(frame, race, worn_out),
        wanted=bool(player.pit_stop_wanted),
        rivals=_near(frame, race, field, own, rivals),
        unstopped=_unstopped(frame, race, field, own),
    )


def pit_window(frame: Frame, race: Race, worn_out: float) -> PitWindow | None:
    """The window that the game wants, else the one that tank and tyres leave; None where none of them asks for a stop.

    The game's ends with the stop in it. With fuel the window opens when a full tank reaches the flag.
    """
    own, session = own_row(frame), frame.session
    if own is None or session.kind is not SessionKind.RACE:
        return None
    lap, share = int(frame.cars.lap[own]), lap_share(frame, own)
    if session.pit_window_laps is not None and session.pit_window_laps[1] > 0:
        first, last = session.pit_window_laps
        stint = int(race.pits.stint_laps(frame.cars)[own])
        stopped = race.pits.stops(frame.cars)[own] > 0 and 0 <= stint <= lap - first
        return None if stopped or lap > last else PitWindow(first, last, Reason.RULES, open=first <= lap)
    ahead = to_go(frame, race)
    if ahead is None or not 0 < lap < MOST_LAPS:
        return None
    asks: list[tuple[float, Reason, float | None]] = []  # laps it lasts, why, laps before the flag it may be filled
    level = level_of(frame, race)
    use = None if level is None else use_of(level, RECENT_LAPS)
    if level is not None and use is not None and level.unit != "kg":
        full = None if level.capacity is None else level.capacity / use
        asks.append((level.amount / use, Reason.FUEL, full))
    worn = _tyre_laps(frame, race, worn_out)
    if worn is not None:
        asks.append((worn, Reason.TYRES, None))
    asks = [each for each in asks if each[0] < ahead.laps]
    if not asks:
        return None
    lasts, reason, full = min(asks, key=lambda each: each[0])
    to_line = 1 - share if math.isfinite(share) else 1.0
    last = lap + max(0, math.floor(lasts - to_line + 1e-9))
    first = None if full is None else lap + max(0, math.ceil(ahead.laps - full - to_line))
    if first is not None and (first <= lap or first > last):
        first = None
    return PitWindow(first, last, reason, open=first is None)


def _tyre_laps(frame: Frame, race: Race, worn_out: float) -> float | None:
    player = frame.player
    if player is None or player.wheels is None:
        return None
    per_lap = race.used.tyres.wear_per_lap
    laps = [laps_until(wear_of(wheel), per_lap[index], worn_out) for index, wheel in enumerate(player.wheels)]
    return min((each for each in laps if each is not None), default=None)


def _field(frame: Frame, own: int) -> Ints:
    """The rows of the driver's class that are still racing and have a place, first to last; none outside a race."""
    cars = frame.cars
    if frame.session.kind is not SessionKind.RACE:
        return np.zeros(0, dtype=np.int32)
    racing = (cars.position > 0) & (cars.status == CarStatus.RUNNING) & same_class(cars, own)
    rows = np.flatnonzero(racing).astype(np.int32)
    return rows[np.argsort(cars.position[rows], kind="stable")]


def _near(frame: Frame, race: Race, field: Ints, own: int, around: int) -> tuple[Rival, ...]:
    """The cars before and behind the driver in the order, first to last, the driver among them."""
    cars = frame.cars
    places = np.flatnonzero(field == own)
    if around == 0 or len(places) == 0:
        return ()
    at = int(places[0])
    stops, stints = race.pits.stops(cars), race.pits.stint_laps(cars)

    def rival(row: int) -> Rival:
        return Rival(
            position=place_of(cars, row),
            name=short_name(cars.name[row]),
            team=race.teams.of(cars.team[row]),
            stops=max(0, int(stops[row])),
            stint_laps=int(stints[row]) if 0 <= stints[row] < MOST_LAPS else None,
            in_pit=bool(cars.pit[row] != PitStatus.NONE),
            is_player=row == own,
        )

    return tuple(rival(int(row)) for row in field[max(0, at - around) : at + around + 1])


def _unstopped(frame: Frame, race: Race, field: Ints, own: int) -> tuple[int, int] | None:
    cars, stops = frame.cars, race.pits.stops(frame.cars)
    ahead = field[cars.position[field] < cars.position[own]]
    if len(ahead) == 0 or not (stops[ahead].any() or stops[own] > 0):
        return None  # nobody has stopped: that says nothing yet
    return len(ahead), int(np.count_nonzero(stops[ahead] <= 0))


def _in_lane(frame: Frame, race: Race, player: Player, own: int, unit: SpeedUnit) -> InLane:
    limit, speed = frame.session.pit_limit_mps, min(abs(player.speed_mps), FASTEST_MPS)
    known = limit is not None and 0 < limit < FASTEST_MPS
    lane_s, stood = race.pit_loss.visit_s(int(frame.cars.slot[own]))
    too_fast = limit is not None and known and speed > limit + TOO_FAST_MPS
    scale = PER_MPS[unit]
    return InLane(
        speed=round(speed * scale) if math.isfinite(speed) else None,
        limit=round(limit * scale) if limit is not None and known else None,
        over=max(1, round((speed - limit) * scale)) if limit is not None and too_fast else 0,
        limiter=player.pit_limiter,
        lane_s=None if lane_s is None else math.floor(lane_s * 10) / 10,
        stood_s=math.floor(stood * 10) / 10 if stood > 0 else None,
        box_m=_to_box(frame, race, own),
        standing=speed < TOO_FAST_MPS,
    )


def _to_box(frame: Frame, race: Race, own: int) -> int | None:
    """To where the car stood at an earlier stop, as long as it lies ahead."""
    box, length, here = race.pit_loss.box_m, frame.session.track_length_m, float(frame.cars.lap_distance_m[own])
    if box is None or length is None or not length > 0 or not math.isfinite(here):
        return None
    ahead = (box - here) % length
    return 5 * round(ahead / 5) if 3 < ahead < BOX_WITHIN_M else None
