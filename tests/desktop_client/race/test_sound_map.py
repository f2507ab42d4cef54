from __future__ import annotations

from typing import Any

import msgspec
import pytest
from loopback_gateway import made_up_map

from contracts.tracks import Corner, Line, PitLane, Station, TrackMap
from desktop_client.race.sound_map import objection
from desktop_client.race.track_shape import TrackShape

SOUND = made_up_map("f1", "26")
LINE = SOUND.line


def with_line(**changes: Any) -> dict[str, Any]:
    return {"line": msgspec.structs.replace(LINE, **changes)}


def corner(**changes: Any) -> dict[str, Any]:
    return {"corners": (msgspec.structs.replace(Corner(n=1, apex_s=20.0, dir="L", name="One"), **changes),)}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        with_line(w_left=(4.0,) * 4, w_right=(0.0,) * 4, z=(900.0,) * 4),
        corner(start_s=10.0, end_s=30.0),
        {"pit": PitLane(390.0, 20.0, 16.7), "sectors": (Station(100.0), Station(300.0))},
        {"length_m": 420.0},
    ],
)
def test_a_map_that_makes_sense_is_used(changes: dict[str, Any]) -> None:
    track_map = msgspec.structs.replace(SOUND, **changes)
    assert objection(track_map) is None
    assert TrackShape.from_map(track_map).length_m == track_map.length_m


def test_a_map_of_another_schema_is_left_alone() -> None:
    newer = msgspec.structs.replace(SOUND, schema="raceoverlay.track/2")
    assert objection(newer) == "The map is written for another version of RaceOverlay."


@pytest.mark.parametrize(
    "changes",
    [
        {"line": Line(step_m=1.0, x=(), y=())},
        with_line(x=LINE.x[:3], y=LINE.y[:3]),
        with_line(y=LINE.y[:3]),
        with_line(z=(1.0,)),
        with_line(w_left=(4.0,) * 5),
        with_line(w_left=(1e9,) * 4),
        with_line(x=(0.0, 100.0, 1e300, 0.0)),
        with_line(x=(0.0, 100.0, float("nan"), 0.0)),
        with_line(x=(0.0,) * 4, y=(0.0,) * 4),
        with_line(step_m=0.0),
        with_line(step_m=-100.0),
        with_line(step_m=1e-300),
        with_line(step_m=float("nan")),
        {"line": Line(step_m=0.01, x=(0.0,) * 20_001, y=(0.0,) * 20_001)},
        {"length_m": 0.0},
        {"length_m": float("inf")},
        {"length_m": 4000.0},
        {"start_finish": Station(float("nan"))},
        {"sectors": (Station(1.0),) * 33},
        {"sectors": (Station(1e300),)},
        {"pit": PitLane(float("inf"), 1.0)},
        {"track_name": "a" * 201},
        {"corners": corner()["corners"] * 501},
        corner(name="b" * 201),
        corner(n=10**9),
        corner(apex_s=1e12),
        corner(end_s=float("nan")),
    ],
)
def test_a_map_with_absurd_content_is_left_alone(changes: dict[str, Any]) -> None:
    absurd: TrackMap = msgspec.structs.replace(SOUND, **changes)
    assert objection(absurd) == "The map makes no sense."
