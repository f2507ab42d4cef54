"""Qt without a screen, and a small made-up race to make frames from."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest

from desktop_client.telemetry.frame import Capability, Cars, Frame, Player, Session, SessionKind

LENGTH_M = 5000.0
NAMES = (
    *("Marek Novák", "Ines Okafor", "Tomás Echeverría", "王小明", "Maximiliana Wolfeschlegelstein", "Jo Li"),
    *("Αλέξανδρος Παπάς", "Aiko Tanaka", "Lars Bjørnstad", "Zoë van der Meer", "Дмитрий Волков", "Noor Haddad"),
)


def made_up_frame(
    at: float = 0.0,
    count: int = 22,
    own: int | None = 6,
    uid: str = "one",
    spread_s: float = 1.7,
    lap_s: float = 90.0,
    capabilities: frozenset[Capability] = frozenset(Capability),
    classes: tuple[str, ...] = (),
    **session: Any,
) -> Frame:
    """`count` cars in a row, `spread_s` seconds apart, driving a kidney-shaped circuit at an even lap time.

    With `classes` they form blocks of one class each, the first in front; each is eight seconds a lap slower.
    """
    row = np.arange(count)
    driven = np.maximum(-200.0, (at - row * spread_s) * LENGTH_M / lap_s)
    lap = np.floor(np.maximum(0, driven) / LENGTH_M).astype(np.int32)
    distance = driven - lap * LENGTH_M

    def some(value: float) -> np.ndarray:
        return np.full(count, value)

    block = row * max(1, len(classes)) // count
    angle = 2 * np.pi * distance / LENGTH_M
    radius = 620 + 190 * np.cos(2 * angle + 0.6) + 90 * np.sin(3 * angle)
    cars = Cars.of(
        row.astype(np.int32),
        name=tuple(NAMES[index % len(NAMES)] for index in row),
        number=((row * 7 + 1) % 99).astype(np.int32),
        team=tuple(f"Team {index // 2}" for index in row),
        class_name=tuple(classes[index] if classes else "" for index in block),
        position=(row + 1).astype(np.int32),
        lap=lap + 1,
        lap_distance_m=distance,
        total_distance_m=driven,
        x=radius * np.cos(-angle) * 1.3,
        y=radius * np.sin(-angle),
        z=some(0.0),
        speed_mps=some(LENGTH_M / lap_s),
        lap_time_s=np.mod(np.maximum(0, at - row * spread_s), lap_s),
        last_lap_s=94.354 + row * 0.217 + 8.0 * block,
        best_lap_s=93.874 + row * 0.217 + 8.0 * block,
        gap_leader_s=row * spread_s,
        gap_ahead_s=some(spread_s),
        sector=some(0).astype(np.int32),
        pit=some(0).astype(np.int32),
        lap_valid=np.ones(count, dtype=np.bool_),
        tyre=("M",) * count,
    )
    player = Player(
        speed_mps=61.0 + 20 * float(np.sin(at)),
        throttle=float(np.clip(0.5 + np.sin(at * 1.3), 0, 1)),
        brake=float(np.clip(-0.6 - np.sin(at * 1.3), 0, 1)),
        clutch=0.0,
        steer=0.5 * float(np.sin(at * 0.7)),
        gear=1 + int(at * 0.9) % 8,
        rpm=9000.0 + 3000 * float(np.sin(at * 4)),
        max_rpm=12_500.0,
    )
    return Frame(
        at=at,
        session_time_s=at,
        session=Session(
            **{
                "game": "f1",
                "uid": uid,
                "kind": SessionKind.RACE,
                "track_id": "0",
                "track_length_m": LENGTH_M,
                "total_laps": 57,
                **session,
            }
        ),
        cars=cars,
        player=player if own is not None else None,
        player_row=own,
        capabilities=capabilities,
    )


@pytest.fixture(scope="session")
def frame_at() -> Callable[..., Frame]:
    """Makes a frame of a made-up race: see `made_up_frame`."""
    return made_up_frame
