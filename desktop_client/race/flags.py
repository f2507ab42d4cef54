"""Which flag holds for the driver now, where it is waved, and whether it is news."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass

from desktop_client.race.corners import sector_at
from desktop_client.telemetry.frame import Flag, Frame, SafetyCar, Session, Zone

AHEAD_M = 600.0  # a flag waved within this distance is the driver's business, one further away is a piece of news
AHEAD_STEP_M = 50
NEWS_S = 2.0
HALF_BLINK_S = 0.5
HELD_S = 1.0  # a flag stays so long after it was last seen, so that one that flickers in the game does not blink
CLEAR_S = 3.0


class Sign(enum.IntEnum):
    """What can be shown, the most urgent first."""

    RED = 1
    BLACK = 2
    MEATBALL = 3
    SAFETY_CAR = 4
    VIRTUAL_SAFETY_CAR = 5
    DOUBLE_YELLOW = 6
    YELLOW = 7
    DEBRIS = 8
    BLUE = 9
    BLACK_WHITE = 10
    CHEQUERED = 11
    WHITE = 12
    YELLOW_ELSEWHERE = 13
    FORMATION = 14
    CLEAR = 15


DANGERS = frozenset({Sign.RED, Sign.SAFETY_CAR, Sign.VIRTUAL_SAFETY_CAR, Sign.DOUBLE_YELLOW, Sign.YELLOW, Sign.DEBRIS})
YELLOWS = frozenset({Sign.DOUBLE_YELLOW, Sign.YELLOW, Sign.YELLOW_ELSEWHERE})
SIGN_OF_FLAG = {
    Flag.RED: Sign.RED,
    Flag.BLACK: Sign.BLACK,
    Flag.MEATBALL: Sign.MEATBALL,
    Flag.DOUBLE_YELLOW: Sign.DOUBLE_YELLOW,
    Flag.YELLOW: Sign.YELLOW,
    Flag.DEBRIS: Sign.DEBRIS,
    Flag.BLUE: Sign.BLUE,
    Flag.BLACK_WHITE: Sign.BLACK_WHITE,
    Flag.CHEQUERED: Sign.CHEQUERED,
    Flag.WHITE: Sign.WHITE,
}
SIGN_OF_CAR = {
    SafetyCar.FULL: Sign.SAFETY_CAR,
    SafetyCar.VIRTUAL: Sign.VIRTUAL_SAFETY_CAR,
    SafetyCar.FORMATION: Sign.FORMATION,
}
WAVED = {Flag.RED, Flag.DOUBLE_YELLOW, Flag.YELLOW, Flag.DEBRIS}  # in zones; blue ones are for a car, not for a place


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign with where it is waved: `sector` from 1, `ahead_m` to the fifty metres, 0 where the driver is in it."""

    sign: Sign
    sector: int | None = None
    ahead_m: int | None = None


@dataclass(frozen=True, slots=True)
class FlagView:
    """`lit` is False in the dark half of a slow blink while the flag is news; it stays lit from then on."""

    shown: Shown
    lit: bool = True
    also: Sign | None = None  # what holds as well, and is less urgent


class FlagWatch:
    """Remembers what is shown and since when, so that a flag informs once, then stays still, and ends with a word."""

    def __init__(self) -> None:
        self._shown: Shown | None = None
        self._also: Sign | None = None
        self._began = self._seen = -math.inf

    def take(self, frame: Frame, own: int | None) -> None:
        """See what holds now for the driver in row `own`; costs next to nothing while everything is green."""
        at, shown = frame.at, self._shown
        if at < self._seen:
            shown, self._seen = None, -math.inf
        holding = sorted(held(frame, own), key=_urgency)
        best = holding[0] if holding else None
        if shown is not None and _is_less(best, shown) and shown.sign is not Sign.CLEAR and at - self._seen < HELD_S:
            best = shown
        elif best is None:
            best = self._ended(shown, at)
        else:
            self._seen = at
        if best is not None and (shown is None or best.sign is not shown.sign):
            self._began = at
        self._shown = best
        self._also = next((one.sign for one in holding if best is not None and _adds(one.sign, best.sign)), None)

    def _ended(self, shown: Shown | None, at: float) -> Shown | None:
        """What follows a sign that has gone: that the track is clear, and then nothing."""
        if shown is None or shown.sign is Sign.CLEAR:
            return shown if at - self._began < CLEAR_S else None
        return Shown(Sign.CLEAR) if shown.sign in DANGERS else None

    def view(self, at: float) -> FlagView | None:
        """What is to be seen at a time of the reader's clock; None while everything is green."""
        if self._shown is None:
            return None
        age = at - self._began
        is_news = 0 <= age < NEWS_S and self._shown.sign is not Sign.CLEAR
        return FlagView(self._shown, lit=not is_news or int(age / HALF_BLINK_S) % 2 == 0, also=self._also)


def held(frame: Frame, own: int | None) -> Iterator[Shown]:
    """Everything that holds in a frame for the driver in row `own`, in no order."""
    session = frame.session
    for flag in session.flags:
        if flag in SIGN_OF_FLAG:
            yield Shown(SIGN_OF_FLAG[flag])
    if session.safety_car in SIGN_OF_CAR:
        yield Shown(SIGN_OF_CAR[session.safety_car])
    if session.zones:
        place = math.nan if own is None else float(frame.cars.lap_distance_m[own])
        for zone in session.zones:
            if zone.flag in WAVED:
                yield from _waved(zone, session, place)


def _waved(zone: Zone, session: Session, place_m: float) -> Iterator[Shown]:
    """What a flag waved somewhere means to a driver at a place of the lap, in metres after the line."""
    length = session.track_length_m
    if length is None or not length > 0 or not math.isfinite(zone.start + zone.end):
        return
    first = sector_at(session.sector_starts_m, (zone.start % 1.0) * length)
    sector = None if first is None else first + 1
    ahead = _ahead_m(zone, place_m / length, length)
    if ahead is not None and ahead <= AHEAD_M:
        yield Shown(SIGN_OF_FLAG[zone.flag], sector, round(ahead / AHEAD_STEP_M) * AHEAD_STEP_M)
    elif zone.flag is Flag.RED:
        yield Shown(Sign.RED)
    elif zone.flag is not Flag.DEBRIS:
        yield Shown(Sign.YELLOW_ELSEWHERE, sector)


def _ahead_m(zone: Zone, place: float, length_m: float) -> float | None:
    """Metres to where the zone begins, 0 within it; None where the driver's place is not known."""
    if not math.isfinite(place):
        return None
    if (place - zone.start) % 1.0 < (zone.end - zone.start) % 1.0:
        return 0.0
    return (zone.start - place) % 1.0 * length_m


def _urgency(one: Shown) -> tuple[int, float]:
    return one.sign, math.inf if one.ahead_m is None else one.ahead_m


def _is_less(one: Shown | None, than: Shown) -> bool:
    return one is None or one.sign > than.sign


def _adds(sign: Sign, shown: Sign) -> bool:
    """Whether a sign says more than the more urgent one that is shown: in a danger a yellow flag is no news."""
    return sign > shown and not (shown in DANGERS and sign in YELLOWS)
