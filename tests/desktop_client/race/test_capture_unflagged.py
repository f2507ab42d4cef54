"""Games that call no lap invalid, or say nothing of pits: then the lap itself must be above doubt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from round_track import LENGTH_M, SPEED_MPS, Instant, changed, drive, frame

from desktop_client.race.capture import LapCapture
from desktop_client.race.recorded_lap import CapturedLap, Refusal
from desktop_client.telemetry.frame import Capability

SILENT = frozenset(Capability) - {Capability.LAP_VALIDITY, Capability.PIT_STATUS, Capability.TRACK_ID}


def taken(instants: Iterable[Instant], capture: LapCapture, length_m: float | None = None) -> CapturedLap | None:
    told: dict[str, Any] = {"track_id": None}
    laps = [capture.feed(frame(now, length_m, capabilities=SILENT, session=told)) for now in instants]
    return next((lap for lap in laps if lap is not None), None)


def test_a_lap_is_taken_of_a_game_that_names_no_track_and_flags_nothing() -> None:
    lap = taken(drive(2.3), LapCapture())
    assert lap is not None
    assert (lap.track_id, lap.lap_time_s) == (None, LENGTH_M / SPEED_MPS)


def test_without_a_time_the_lap_is_not_believed() -> None:
    capture = LapCapture()
    assert taken(drive(2.6, 20.0, times_lap=False), capture) is None
    assert capture.refusal is Refusal.UNTIMED


def test_a_time_that_comes_some_seconds_later_is_waited_for() -> None:
    late = [
        replace(now, last_lap_s=math.nan) if now.lap == 3 and now.distance_m < 200 else now for now in drive(2.3, 20.0)
    ]
    assert taken(late, LapCapture()) is not None


def test_who_leaves_the_road_has_not_driven_the_track() -> None:
    capture = LapCapture()
    assert taken(changed(drive(2.1, 20.0), 2, 0.4, off_track=True), capture) is None
    assert Refusal.LAP_INVALID is capture.refusal


def test_who_crawls_through_the_pit_lane_is_found_out_by_the_speed() -> None:
    """Two hundred metres at the limiter's speed, and the game says nothing of pits."""
    instants, at, total = [], 0.0, -70.0
    while total < 2.3 * LENGTH_M:
        speed = 22.2 if 1.4 * LENGTH_M / 2 < total < 1.4 * LENGTH_M / 2 + 200 else SPEED_MPS
        lap = math.floor(total / LENGTH_M) + 2
        last = (LENGTH_M - 200) / SPEED_MPS + 200 / 22.2 if lap > 2 else math.nan
        instants.append(Instant(at, total, lap, total % LENGTH_M, speed, last))
        at, total = at + 1 / 60, total + speed / 60
    capture = LapCapture()
    assert taken(instants[: next(n for n, now in enumerate(instants) if now.lap == 3) + 9], capture) is None
    assert capture.refusal is Refusal.PIT_LANE


def test_a_lap_that_does_not_come_back_to_its_beginning_is_open() -> None:
    """Such as one from a town to the next, which a game counts as a lap too."""
    capture = LapCapture()
    spiral = [replace(now, shift_m=now.total_m / 40) for now in drive(2.3, 20.0)]
    assert taken(spiral, capture) is None
    assert capture.refusal is Refusal.OPEN


def test_a_replayed_lap_counts_only_where_a_game_never_speaks_of_more_than_the_driving() -> None:
    def replayed(capabilities: frozenset[Capability]) -> tuple[int, Refusal | None]:
        capture = LapCapture()
        told = [frame(now, capabilities=capabilities, session={"replay": True}) for now in drive(2.3, 20.0)]
        return sum(capture.feed(one) is not None for one in told), capture.refusal

    assert replayed(SILENT | {Capability.TRACK_ID}) == (1, None)
    assert replayed(frozenset(Capability)) == (0, Refusal.REPLAY)


def test_a_lap_that_begins_with_the_first_frame_counts_from_there() -> None:
    driven = [now for now in drive(1.1, start_m=0.5) if now.total_m > 0]
    begun = [replace(driven[0], lap_time_s=0.01), *driven[1:]]
    lap = taken([replace(now, last_lap_s=24.0 if now.lap == 3 else math.nan) for now in begun], LapCapture())
    assert lap is not None
    assert lap.lap_time_s == 24.0
    assert np.hypot(*(lap.points[0] - lap.points[-1])[:2]) < 0.5


@pytest.mark.parametrize("late_s", [0.0, 0.1, 0.2])
def test_a_game_that_counts_its_laps_late_has_its_line_where_it_is(late_s: float) -> None:
    """The distance stands still at the line until the lap is counted, as where laps are scored five times a second."""
    late_m = late_s * SPEED_MPS
    scored = [
        replace(now, lap=now.lap - 1, distance_m=LENGTH_M) if now.lap > 1 and now.distance_m < late_m else now
        for now in drive(2.3)
    ]
    capture = LapCapture()
    laps = [lap for now in scored if (lap := capture.feed(frame(now))) is not None]
    assert len(laps) == 1
    assert laps[0].points[0, :2] == pytest.approx([LENGTH_M / math.tau, 0.0], abs=0.1)
    assert laps[0].points[-1, :2] == pytest.approx([LENGTH_M / math.tau, 0.0], abs=0.1)
    assert np.hypot(*np.diff(laps[0].points[:, :2], axis=0).T).sum() == pytest.approx(LENGTH_M, abs=0.5)


def test_a_game_whose_distance_begins_anew_before_its_count_does_is_followed() -> None:
    ahead = [
        replace(now, lap=now.lap - 1) if now.lap > 1 and now.distance_m < 0.2 * SPEED_MPS else now for now in drive(2.3)
    ]
    capture = LapCapture()
    laps = [lap for now in ahead if (lap := capture.feed(frame(now))) is not None]
    assert len(laps) == 1
    assert laps[0].points[-1, :2] == pytest.approx([LENGTH_M / math.tau, 0.0], abs=0.1)


def test_a_lap_that_is_never_counted_is_not_driven_twice() -> None:
    capture = LapCapture()
    uncounted = [replace(now, lap=min(now.lap, 2)) for now in drive(2.9, 20.0)]
    assert all(capture.feed(frame(now)) is None for now in uncounted)
    assert capture.refusal is Refusal.LINE_UNCLEAR


def test_what_was_seen_around_goes_with_the_lap() -> None:
    """Another car, 200 m ahead and 3 m further out, and the sectors that the driver's own goes through."""
    capture, laps = LapCapture(), []
    for now in drive(2.3, 20.0):
        told = frame(now, session={"pit_limit_mps": 22.2})
        cars = told.cars
        angle = math.tau * (now.total_m + 200) / LENGTH_M
        two = {name: np.repeat(getattr(cars, name), 2) for name in ("lap", "speed_mps", "pit", "lap_valid", "status")}
        own_sector = np.array([min(2, int(now.distance_m // 400)), -1], np.int32)
        out = LENGTH_M / math.tau + 3.0
        for name, other in (("x", out * math.cos(angle)), ("y", out * math.sin(angle)), ("lap_distance_m", 0.0)):
            two[name] = np.append(getattr(cars, name), other)
        for name in ("last_lap_s", "heading_rad", "lap_time_s", "z"):
            two[name] = np.append(getattr(cars, name), math.nan)
        field = type(cars).of(np.array([0, 1], np.int32), sector=own_sector, **two)
        lap = capture.feed(replace(told, cars=field))
        laps += [lap] if lap is not None else []
    (lap,) = laps
    assert lap.sector_starts_m == pytest.approx((400.0, 800.0), abs=2.0)
    assert lap.pit is None
    assert len(lap.other_cars) >= 1
    for way in lap.other_cars:
        assert np.hypot(way[:, 0], way[:, 1]) == pytest.approx(LENGTH_M / math.tau + 3.0, abs=1e-6)


def test_a_game_that_counts_its_laps_early_has_its_line_where_it_is() -> None:
    early = [
        replace(now, lap=now.lap + 1) if LENGTH_M - now.distance_m < 0.1 * SPEED_MPS else now
        for now in drive(2.3, 20.0)
    ]
    capture = LapCapture()
    (lap,) = [lap for now in early if (lap := capture.feed(frame(now))) is not None]
    assert lap.points[0, :2] == pytest.approx([LENGTH_M / math.tau, 0.0], abs=0.1)
    assert np.hypot(*np.diff(lap.points[:, :2], axis=0).T).sum() == pytest.approx(LENGTH_M, abs=0.5)


def test_a_lap_that_is_taken_back_before_its_time_has_come_is_not_given() -> None:
    driven = drive(2.1, 20.0, times_lap=False)
    back = [replace(now, clock=now.at + 5.0) for now in driven if now.total_m > 0.8 * LENGTH_M and now.lap == 2]
    at = next(number for number, now in enumerate(driven) if now.lap == 3 and now.distance_m > 30)
    still = [replace(back[0], at=back[0].at + step / 20, clock=40.0 + step / 20, speed=0.0) for step in range(1, 80)]
    capture = LapCapture()
    assert all(capture.feed(frame(now)) is None for now in [*driven[:at], *back[:1], *still])
    assert capture.refusal is not None
