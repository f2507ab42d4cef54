from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from running_client import a_lap

from contracts.tracks import MAX_OTHERS, MAX_POINTS, MAX_POINTS_OF_OTHERS, PitPassage, Upload
from desktop_client.lap_upload import MOST_BYTES, as_upload
from desktop_client.race.recorded_lap import CapturedLap, PitWay
from desktop_client.race.track_name import slug

WIDE = np.column_stack((np.linspace(-99_999.99, 99_999.99, 5000), np.linspace(99_999.99, -99_999.99, 5000)))


def read(lap: CapturedLap) -> Upload:
    """What the gateway reads of it: every limit of the contract holds."""
    return msgspec.json.decode(as_upload(lap).body, type=Upload)


def test_everything_that_was_captured_is_in_the_upload_to_the_centimetre() -> None:
    lap = replace(
        a_lap("Brands Hatch/Indy"),
        track_name="Brands Hatch Indy",
        layout_name="Indy",
        coordinates="integrated",
        other_cars=(WIDE[:10],),
        sector_starts_m=(400.04, 900.0),
        pit=PitWay(1200.0, 30.0, 16.6667, WIDE[:20:2]),
    )
    upload = read(lap)
    assert (upload.game, upload.track_id) == ("f1", slug("Brands Hatch/Indy"))
    assert (upload.track_name, upload.layout_name) == ("Brands Hatch", "Indy")
    assert (upload.coordinates, upload.handedness, upload.lap_valid) == ("integrated", "right", True)
    assert upload.points[1] == (round(float(lap.points[1, 0]), 2), round(float(lap.points[1, 1]), 2))
    assert upload.other_cars[0][0] == (-99_999.99, 99_999.99)
    assert len(upload.other_cars[0]) == 10
    assert upload.sector_starts_m == (400.0, 900.0)
    assert upload.pit == PitPassage(1200.0, 30.0, 16.67, upload.pit.points if upload.pit else ())
    assert upload.pit is not None
    assert len(upload.pit.points) == 10


def test_a_lap_of_a_game_that_does_not_name_its_tracks_goes_without_a_name() -> None:
    written = as_upload(a_lap(None, game="gt7"))
    assert (written.game, written.track_id) == ("gt7", None)
    assert b"track_id" not in written.body
    assert read(a_lap(None, game="gt7")).track_id is None


def test_the_largest_lap_there_can_be_stays_within_what_the_gateway_takes_and_keeps_its_own_points() -> None:
    count = MAX_POINTS + 7
    own = np.full((count, 3), -99_999.99)
    lap = replace(
        a_lap(),
        points=own,
        flags=np.zeros(count, dtype=np.int32),
        other_cars=(WIDE,) * (MAX_OTHERS + 5),
        pit=PitWay(1.0, 2.0, None, WIDE),
    )
    upload = read(lap)
    assert len(as_upload(lap).body) <= MOST_BYTES
    assert len(upload.points) == len(upload.flags) > MAX_POINTS / 2 - 1
    assert upload.rate_hz == 30.0
    assert len(upload.other_cars) == MAX_OTHERS
    assert all(1000 < len(passage) <= MAX_POINTS_OF_OTHERS for passage in upload.other_cars)


def test_of_other_cars_only_what_is_a_place_is_told() -> None:
    holes = WIDE[:40].copy()
    holes[::2, 1] = np.nan
    holes[1, 0] = 1e30
    lap = replace(a_lap(), other_cars=(holes, np.empty((0, 2)), np.full((9, 2), np.inf), WIDE[:1]))
    assert [len(passage) for passage in read(lap).other_cars] == [19]


@pytest.mark.parametrize("pit", [PitWay(np.nan, 2.0, None, WIDE), PitWay(-1.0, 2.0, None, WIDE)])
def test_a_pit_lane_that_is_nowhere_is_left_out(pit: PitWay) -> None:
    assert read(replace(a_lap(), pit=pit)).pit is None


@pytest.mark.parametrize("limit", [None, 0.0, -3.0, 1e9, np.nan])
def test_a_speed_limit_that_is_none_is_left_out(limit: float | None) -> None:
    upload = read(replace(a_lap(), pit=PitWay(1.0, 2.0, limit, np.empty((0, 2))), sector_starts_m=(-1.0, np.nan, 5.0)))
    assert upload.pit == PitPassage(1.0, 2.0)
    assert upload.sector_starts_m == (5.0,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": np.full((200, 3), np.nan)},
        {"points": np.full((200, 3), 1e9)},
        {"points": np.empty((0, 3))},
        {"lap_time_s": 0.0},
        {"rate_hz": float("inf")},
        {"game": "no game"},
    ],
)
def test_what_the_contract_does_not_take_is_no_upload(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        as_upload(replace(a_lap(), **wrong))
