from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from round_track import LENGTH_M, SPEED_MPS, captured, changed, drive, frame, place

from desktop_client.race import driven_lap
from desktop_client.race.capture import LapCapture
from desktop_client.race.recorded_lap import Refusal
from desktop_client.telemetry.frame import Capability, PitStatus


@settings(max_examples=10, deadline=None)
@given(
    rate_hz=st.sampled_from([10.0, 20.0, 60.0]),
    speed=st.floats(40.0, 95.0),
    start_m=st.floats(-200.0, -3.0),
    knows_length=st.booleans(),
    times_lap=st.booleans(),
)
def test_the_first_whole_lap_is_taken_from_line_to_line(
    rate_hz: float, speed: float, start_m: float, knows_length: bool, times_lap: bool
) -> None:
    instants = drive(2.6, rate_hz, start_m, speed, times_lap)
    laps = list(captured(instants, length_m=LENGTH_M if knows_length else None))
    assert len(laps) == 1
    lap = laps[0]
    step = speed / rate_hz
    assert np.hypot(*(lap.points[0, :2] - place(0.0))) < 0.5 + step**2 / 100
    assert np.hypot(*(lap.points[-1, :2] - place(0.0))) < 0.5 + step**2 / 100
    assert lap.lap_time_s == pytest.approx(LENGTH_M / speed, abs=0.05)
    assert lap.rate_hz == pytest.approx(rate_hz, rel=0.02)
    steps = np.hypot(*np.diff(lap.points[:, :2], axis=0).T)
    assert steps[:-1].min() >= 0.5
    assert steps[-1] > 0
    assert steps.sum() == pytest.approx(LENGTH_M, rel=0.01)
    assert len(lap.points) <= 20_000
    assert (lap.game, lap.track_id, lap.track_name) == ("f1", "26", "Round")
    assert lap.flags.tolist() == [0] * len(lap.points)


def test_one_lap_is_enough_until_another_is_asked_for() -> None:
    capture = LapCapture()
    assert len(list(captured(drive(5.0, 20.0), capture))) == 1
    assert not capture.is_recording
    capture.again()
    assert len(list(captured(drive(2.5, 20.0), capture))) == 1


SPOILT = {
    Refusal.LAP_INVALID: {"valid": False},
    Refusal.PIT_LANE: {"pit": PitStatus.PIT_LANE},
    Refusal.PAUSED: {"paused": True},
    Refusal.TELEPORT: {"shift_m": 80.0},
    Refusal.NOT_FINITE: {"shift_m": math.nan},
    Refusal.REWOUND: {"distance_m": 20.0},
    Refusal.LINE_UNCLEAR: {"lap": 7},
}


@pytest.mark.parametrize(("reason", "changes"), SPOILT.items(), ids=SPOILT)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_spoilt_lap_is_not_taken_and_the_next_clean_one_is(
    reason: Refusal, changes: dict[str, Any], share: float
) -> None:
    instants = changed(drive(3.3, 20.0), 2, share, **changes)
    capture = LapCapture()
    before_next = [now for now in instants if now.lap == 2 or now.total_m < LENGTH_M]
    assert list(captured(before_next, capture)) == []
    assert capture.refusal is reason
    laps = list(captured(instants[len(before_next) :], capture))
    assert len(laps) == 1
    assert capture.refusal is None


def test_a_flashback_starts_the_lap_anew() -> None:
    instants = drive(1.5, 20.0)
    at = next(i for i, now in enumerate(instants) if now.distance_m > 600 and now.lap == 2)
    turned_back = [replace(now, clock=now.at + 5) for now in instants[at - 70 :]]
    capture = LapCapture()
    assert list(captured([*instants[:at], *turned_back], capture)) == []
    assert capture.refusal is Refusal.REWOUND


def test_a_hole_in_the_telemetry_is_not_drawn_across() -> None:
    instants = [now for now in drive(1.5, 20.0) if not 500 < now.total_m < 580]
    capture = LapCapture()
    assert list(captured(instants, capture)) == []
    assert capture.refusal is Refusal.GAP


def test_a_game_that_stands_still_for_more_than_a_second_was_paused() -> None:
    instants = drive(1.5, 20.0)
    at = next(i for i, now in enumerate(instants) if now.total_m > 600)
    still = replace(instants[at], clock=instants[at].at + 3)
    later = [replace(now, clock=now.at + 3) for now in instants[at + 1 :]]
    capture = LapCapture()
    assert list(captured([*instants[: at + 1], still, *later], capture)) == []
    assert capture.refusal is Refusal.PAUSED


def test_frames_that_repeat_an_instant_change_nothing() -> None:
    once = next(captured(drive(2.3, 20.0)))
    twice = next(captured(now for instant in drive(2.3, 20.0) for now in (instant, instant)))
    assert np.array_equal(once.points[:, :2], twice.points[:, :2])


def test_slow_telemetry_is_refused() -> None:
    capture = LapCapture()
    assert list(captured(drive(2.3, rate_hz=6.0, speed=10.0), capture)) == []
    assert capture.refusal is Refusal.RATE_TOO_LOW


def test_a_lap_number_that_changes_far_from_the_line_is_no_crossing() -> None:
    short = [replace(now, distance_m=now.distance_m * 0.97) for now in drive(2.3)]
    capture = LapCapture()
    assert list(captured(short, capture)) == []
    assert capture.refusal is Refusal.LINE_UNCLEAR


def test_a_lap_whose_way_is_shorter_than_the_track_is_refused() -> None:
    """Such as one whose game knows another length: then the distances say nothing of this road."""
    capture = LapCapture()
    for now in drive(2.3, rate_hz=10.0):
        stretched = replace(now, distance_m=now.distance_m * 1.15)
        assert capture.feed(frame(stretched, LENGTH_M * 1.15)) is None
    assert capture.refusal is Refusal.INCOMPLETE


def test_a_lap_time_that_disagrees_with_the_games_is_refused() -> None:
    instants = [replace(now, last_lap_s=now.last_lap_s + 0.8) for now in drive(2.3)]
    capture = LapCapture()
    assert list(captured(instants, capture)) == []
    assert capture.refusal is Refusal.LAP_TIME_DISAGREES


def test_a_lap_time_that_comes_late_is_waited_for() -> None:
    instants = [replace(now, last_lap_s=77.0) if now.lap == 3 and now.distance_m < 60 else now for now in drive(2.3)]
    assert next(captured(instants)).lap_time_s == pytest.approx(LENGTH_M / SPEED_MPS)


def test_a_lap_that_was_finished_cleanly_is_taken_although_the_next_is_spoilt() -> None:
    driven = drive(2.6, times_lap=False)
    instants = [replace(now, valid=not (now.lap == 3 and 5 < now.distance_m < 200)) for now in driven]
    assert len(list(captured(instants))) == 1


def test_a_new_session_forgets_the_lap() -> None:
    instants = [replace(now, uid="two") if now.total_m > 700 else now for now in drive(1.9)]
    capture = LapCapture()
    assert list(captured(instants, capture)) == []
    assert capture.refusal is Refusal.SESSION_CHANGED


def test_the_start_of_a_race_is_no_lap() -> None:
    """On the grid the lap is already the first, and the line is crossed without a new number."""
    instants = [
        replace(now, lap=max(1, now.lap - 1), distance_m=now.total_m if now.total_m < 0 else now.distance_m)
        for now in drive(1.9)
    ]
    assert list(captured(instants)) == []


def test_memory_is_bounded_however_long_a_lap_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driven_lap, "LONGEST_LAP_S", 10.0)
    capture = LapCapture()
    assert list(captured(drive(2.3), capture)) == []
    assert capture.refusal is Refusal.TOO_LONG


def test_a_very_long_lap_is_thinned_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driven_lap, "MAX_POINTS", 500)
    lap = next(captured(drive(2.3)))
    assert 250 <= len(lap.points) <= 500
    assert np.hypot(*(lap.points[-1, :2] - lap.points[0, :2])) < 0.5
    assert lap.rate_hz == pytest.approx(60 / 3, rel=0.02)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"player_row": None}, Refusal.NOT_DRIVING),
        ({"player": None}, Refusal.NOT_DRIVING),
        ({"player_row": 5}, Refusal.NOT_DRIVING),
        ({"session": {"spectating": True}}, Refusal.NOT_DRIVING),
        ({"session": {"in_garage": True}}, Refusal.IN_GARAGE),
        ({"session": {"replay": True}}, Refusal.REPLAY),
        ({"session": {"track_id": None}}, Refusal.GAME_LACKS),
        ({"capabilities": frozenset(Capability) - {Capability.WORLD_POSITION, Capability.HEADING}}, Refusal.GAME_LACKS),
    ],
)
def test_who_is_not_driving_and_what_cannot_be_known_is_said(changes: dict[str, Any], reason: Refusal) -> None:
    capture = LapCapture()
    for now in drive(2.3, 20.0):
        assert capture.feed(frame(now, **changes)) is None
    assert capture.refusal is reason
