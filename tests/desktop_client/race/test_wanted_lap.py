from __future__ import annotations

import msgspec
import pytest
from loopback_gateway import made_up_map

from contracts.tracks import MapStatus, Quality, TrackMap
from desktop_client.race.wanted_lap import ENOUGH_LAPS, LAPS_THAT_COUNT, NO_MORE_LAPS, Use, use_of_a_lap


def known(status: MapStatus, laps: int, users: int, coverage: float | None) -> TrackMap:
    quality = Quality(laps=laps, users=users, closure_m=0.1, width_coverage=coverage)
    return msgspec.structs.replace(made_up_map("f1", "26"), status=status, quality=quality)


def test_of_a_track_without_a_map_every_lap_is_wanted() -> None:
    assert use_of_a_lap(None, 0) is Use.FIRST
    assert use_of_a_lap(None, LAPS_THAT_COUNT) is Use.FIRST


@pytest.mark.parametrize(
    ("status", "laps", "users", "coverage", "given", "use"),
    [
        ("provisional", 1, 1, None, 0, Use.CONFIRM),
        ("provisional", 300, 1, 1.0, 0, Use.CONFIRM),
        ("provisional", 1, 1, None, 1, Use.WIDTH),
        ("confirmed", 2, 2, None, 0, Use.WIDTH),
        ("confirmed", ENOUGH_LAPS, 5, 0.89, 0, Use.WIDTH),
        ("confirmed", ENOUGH_LAPS - 1, 5, 0.9, 3, Use.SHAPE),
        ("confirmed", ENOUGH_LAPS, 2, 0.95, 0, Use.SHAPE),
        ("confirmed", ENOUGH_LAPS, 3, 0.95, 0, None),
        ("confirmed", NO_MORE_LAPS, 3, 0.2, 0, None),
        ("confirmed", 21, 2, None, LAPS_THAT_COUNT, None),
        ("provisional", 21, 1, None, LAPS_THAT_COUNT, None),
    ],
)
def test_a_lap_is_wanted_for_what_the_map_still_lacks(
    status: MapStatus, laps: int, users: int, coverage: float | None, given: int, use: Use | None
) -> None:
    assert use_of_a_lap(known(status, laps, users, coverage), given) is use
