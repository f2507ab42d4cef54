"""A field of cars, each at an even speed of its own, timed as a game would time it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Cars, Frame, Player, Session, SessionKind

LENGTH_M = 1000.0
SECTOR_SHARES = np.array([0.3, 0.4, 0.3])


def field_of_cars(
    now: float,
    lap_s: Sequence[float] = (20.0, 20.4),
    start_m: Sequence[float] = (950.0, 900.0),
    own: int | None = 0,
    columns: dict[str, Any] | None = None,
    player: dict[str, Any] | None = None,
    **session: Any,
) -> Frame:
    """The field at a session time: car i began at `start_m[i]` and takes `lap_s[i]` for each lap of 1000 m."""
    laps, starts = np.array(lap_s, dtype=np.float64), np.array(start_m, dtype=np.float64)
    count = len(laps)
    driven = starts + now * LENGTH_M / laps
    lap = np.floor(driven / LENGTH_M).astype(np.int32)
    distance = driven - lap * LENGTH_M
    sectors = laps[:, None] * SECTOR_SHARES
    ends = np.cumsum(SECTOR_SHARES)[:-1] * LENGTH_M
    sector = (distance[:, None] >= ends).sum(axis=1).astype(np.int32)
    done = np.arange(3) < sector[:, None]
    has_lapped = lap >= 2  # the first lap was joined half-way
    given = {
        "name": tuple(f"Driver{index}" for index in range(count)),
        "number": np.arange(count, dtype=np.int32) + 1,
        "team": ("",) * count,
        "position": (np.argsort(np.argsort(-driven)) + 1).astype(np.int32),
        "lap": lap + 1,
        "lap_distance_m": distance,
        "total_distance_m": driven,
        "speed_mps": LENGTH_M / laps,
        "last_lap_s": np.where(has_lapped, laps, np.nan),
        "best_lap_s": np.where(has_lapped, laps, np.nan),
        "sector": sector,
        "sector_s": np.where(done, sectors, np.nan),
        "last_sector_s": np.where(has_lapped[:, None], sectors, np.nan),
        "best_sector_s": np.where(has_lapped[:, None], sectors, np.nan),
        "tyre": ("M",) * count,
        "tyre_age_laps": lap,
    }
    at_wheel = {"speed_mps": 50.0, "throttle": 1.0, "brake": 0.0, "clutch": 0.0, "steer": 0.0, "gear": 5, "rpm": 9e3}
    return Frame(
        at=now,
        session_time_s=now,
        session=Session(
            **{
                "game": "f1",
                "uid": "one",
                "kind": SessionKind.RACE,
                "track_length_m": LENGTH_M,
                "sector_starts_m": tuple(ends.tolist()),
                "total_laps": 50,
                **session,
            }
        ),
        cars=Cars.of(np.arange(count, dtype=np.int32), **(given | (columns or {}))),
        player=None if own is None else Player(**(at_wheel | (player or {}))),
        player_row=own,
        capabilities=frozenset(Capability),
    )


def raced(frames: Iterator[Frame]) -> Race:
    """What is remembered after these frames."""
    race = Race()
    for frame in frames:
        race.take(frame)
    return race


def frames_until(end: float, rate_hz: float = 20.0, start: float = 0.0, **field: Any) -> Iterator[Frame]:
    """Frames of a field from one session time to just before another."""
    for tick in range(round((end - start) * rate_hz)):
        yield field_of_cars(start + tick / rate_hz, **field)
