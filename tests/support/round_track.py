"""A lonely car on a round track: what a game says of it from moment to moment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from desktop_client.race.capture import LapCapture
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.telemetry.frame import Capability, Cars, Frame, PitStatus, Player, Session

LENGTH_M = 1200.0
SPEED_MPS = 50.0
EVERYTHING = frozenset(Capability)


@dataclass(frozen=True)
class Instant:
    """One moment of a lonely car on a round track: what the game says of it."""

    at: float
    total_m: float  # driven since the first crossing of the line; negative before it
    lap: int
    distance_m: float
    speed: float = SPEED_MPS
    last_lap_s: float = math.nan
    valid: bool = True
    off_track: bool = False
    lap_time_s: float = math.nan
    pit: PitStatus = PitStatus.NONE
    paused: bool = False
    uid: str = "one"
    clock: float | None = None
    shift_m: float = 0.0


def place(total_m: float) -> tuple[float, float]:
    angle, radius = 2 * math.pi * total_m / LENGTH_M, LENGTH_M / (2 * math.pi)
    return radius * math.cos(angle), radius * math.sin(angle)


def drive(
    laps: float = 2.3, rate_hz: float = 60.0, start_m: float = -70.0, speed: float = SPEED_MPS, times_lap: bool = True
) -> list[Instant]:
    """Even driving from `start_m` before the line on, lap 1 ending there."""
    instants = []
    for step in range(int((laps * LENGTH_M - start_m) / speed * rate_hz)):
        at = step / rate_hz
        total = start_m + speed * at
        lap = 1 + math.floor(total / LENGTH_M) + 1
        last = LENGTH_M / speed if times_lap and lap > 2 else math.nan
        instants.append(Instant(at, total, lap, total % LENGTH_M, speed, last))
    return instants


def frame(now: Instant, length_m: float | None = LENGTH_M, **changes: Any) -> Frame:
    x, y = place(now.total_m)
    one = lambda value: np.array([value], dtype=np.float64)  # noqa: E731 - a column of one value
    whole = lambda value: np.array([value], dtype=np.int32)  # noqa: E731
    cars = Cars.of(
        whole(0),
        name=("",),
        number=whole(1),
        team=("",),
        position=whole(1),
        lap=whole(now.lap),
        lap_distance_m=one(now.distance_m),
        total_distance_m=one(now.total_m),
        x=one(x + now.shift_m),
        y=one(y),
        z=one(math.nan),
        speed_mps=one(now.speed),
        lap_time_s=one(now.lap_time_s),
        last_lap_s=one(now.last_lap_s),
        heading_rad=one(math.remainder(now.total_m / LENGTH_M * math.tau + math.pi / 2, math.tau)),
        sector=whole(0),
        pit=whole(now.pit),
        lap_valid=np.array([now.valid]),
        off_track=np.array([now.off_track]),
        tyre=("",),
    )
    session = Session("f1", now.uid, track_id="26", track_name="Round", track_length_m=length_m, paused=now.paused)
    return Frame(
        at=now.at if now.clock is None else now.clock,
        session_time_s=now.at,
        session=replace(session, **changes.pop("session", {})),
        cars=cars,
        player=changes.pop("player", Player(now.speed, 1, 0, 0, 0, 8, 11_000)),
        player_row=changes.pop("player_row", 0),
        capabilities=changes.pop("capabilities", EVERYTHING),
    )


def captured(
    instants: Iterable[Instant], capture: LapCapture | None = None, length_m: float | None = LENGTH_M
) -> Iterator[CapturedLap]:
    capture = capture or LapCapture()
    for instant in instants:
        lap = capture.feed(frame(instant, length_m))
        if lap is not None:
            yield lap


def changed(instants: list[Instant], in_lap: int, share: float, **changes: Any) -> list[Instant]:
    """The same drive with one instant changed, at `share` of that lap."""
    at = next(i for i, now in enumerate(instants) if now.lap == in_lap and now.distance_m >= share * LENGTH_M)
    return [*instants[:at], replace(instants[at], **changes), *instants[at + 1 :]]
