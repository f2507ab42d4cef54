"""Whatever happens in a session, no lap is given in which it happened."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from round_track import LENGTH_M, Instant, drive, frame

from desktop_client.race.capture import LapCapture
from desktop_client.race.recorded_lap import Refusal
from desktop_client.telemetry.frame import PitStatus

RATE_HZ, SPEED_MPS = 10.0, 95.0
Drive = list[Instant]


def driven(laps: float = 4.3) -> Drive:
    return drive(laps, RATE_HZ, speed=SPEED_MPS)


def later(instants: Drive, seconds: float) -> Drive:
    """The same moments, that much later by the session's clock and by the reader's."""
    return [replace(now, at=now.at + seconds, clock=(now.clock or now.at) + seconds) for now in instants]


def marked(**changes: Any) -> Callable[[Drive, int], Drive]:
    """Three moments of which the game says something else."""

    def happens(instants: Drive, at: int) -> Drive:
        spoilt = [replace(now, **changes) for now in instants[at : at + 3]]
        return [*instants[:at], *spoilt, *instants[at + 3 :]]

    return happens


def paused(instants: Drive, at: int) -> Drive:
    """The game stands still for three seconds, without saying so."""
    still = replace(instants[at], clock=instants[at].at + 3.0)
    return [*instants[: at + 1], still, *(replace(now, clock=now.at + 3.0) for now in instants[at + 1 :])]


def taken_back(instants: Drive, at: int) -> Drive:
    """A flashback: time and place go back by a second and a half."""
    back = max(0, at - 15)
    return [*instants[:at], *(replace(now, clock=now.at + 5.0) for now in instants[back:])]


def silent(instants: Drive, at: int) -> Drive:
    """Two seconds of telemetry are missing."""
    return [*instants[:at], *instants[at + 20 :]]


def put_elsewhere(instants: Drive, at: int) -> Drive:
    """Nearly three hundred metres on, with the distance and the count that belong there."""
    ahead = driven(5.3)
    moved = [replace(now, at=now.at - 3.0) for now in ahead if now.at - 3.0 > instants[at].at]
    return [*instants[: at + 1], *moved[: len(instants) - at - 1]]


def stood(instants: Drive, at: int) -> Drive:
    still = [replace(instants[at], at=instants[at].at + step / RATE_HZ, speed=0.0) for step in range(1, 40)]
    return [*instants[: at + 1], *still, *later(instants[at + 1 :], 4.0)]


def begun_again(instants: Drive, at: int) -> Drive:
    """A restart: from behind the line again, as another session."""
    again = [replace(now, uid="again", at=now.at + instants[at].at, clock=None) for now in instants]
    return [*instants[:at], *again[: len(instants) - at]]


HAPPENINGS: dict[str, Callable[[Drive, int], Drive]] = {
    "an invalid lap": marked(valid=False),
    "the pit lane": marked(pit=PitStatus.PIT_LANE),
    "a pause": marked(paused=True),
    "a silent pause": paused,
    "a flashback": taken_back,
    "a gap": silent,
    "a teleport": put_elsewhere,
    "a place that is none": marked(shift_m=math.nan),
    "a jump and back": marked(shift_m=90.0),
    "standing still": stood,
    "a restart": begun_again,
}


def laps_of(instants: Drive) -> list[tuple[int, int]]:
    """Of every lap that is given, asked for another each time: the moments in which it was begun and ended to count."""
    capture, laps = LapCapture(), []
    counted = [number for number, (before, now) in enumerate(pairwise(instants), 1) if now.lap == before.lap + 1]
    for number, now in enumerate(instants):
        if capture.feed(frame(now)) is not None:
            began, ended = [count for count in counted if count <= number][-2:]
            laps.append((began, ended))
            capture.again()
    return laps


def follows(before: Instant, now: Instant) -> bool:
    """Whether nothing has happened from one moment to the next but that the car drove on."""
    clocks = (now.clock or now.at) - (before.clock or before.at)
    is_plain = now.valid and now.pit is PitStatus.NONE and not now.paused and now.shift_m == 0.0
    drove = math.isclose(now.total_m - before.total_m, SPEED_MPS / RATE_HZ, abs_tol=1e-3)
    return is_plain and drove and before.uid == now.uid and clocks < 1.0


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.floats(0.02, 0.98)), min_size=1, max_size=3))
def test_no_lap_is_given_that_holds_an_interruption(happenings: list[tuple[str, float]]) -> None:
    instants = driven()
    for name, share in happenings:
        instants = HAPPENINGS[name](instants, min(len(instants) - 2, int(share * len(instants))))
    breaks = [number for number, pair in enumerate(pairwise(instants), 1) if not follows(*pair)]
    for began, ended in laps_of(instants):
        assert not [number for number in breaks if began < number < ended]


def test_where_nothing_happens_every_lap_is_given() -> None:
    assert len(laps_of(driven(3.3))) == 3


@pytest.mark.parametrize("name", HAPPENINGS)
def test_an_interruption_costs_its_lap_and_no_other(name: str) -> None:
    instants = driven(3.3)
    at = next(number for number, now in enumerate(instants) if now.total_m > 1.5 * LENGTH_M)
    assert len(laps_of(HAPPENINGS[name](instants, at))) == 2


@pytest.mark.parametrize(
    ("happens", "reason"),
    [(stood, Refusal.STOOD), (put_elsewhere, Refusal.TELEPORT), (silent, Refusal.GAP), (taken_back, Refusal.REWOUND)],
)
def test_what_happened_is_said(happens: Callable[[Drive, int], Drive], reason: Refusal) -> None:
    instants = driven(1.9)
    at = next(number for number, now in enumerate(instants) if now.total_m > 0.5 * LENGTH_M)
    capture, said = LapCapture(), set[Refusal | None]()
    for now in happens(instants, at):
        assert capture.feed(frame(now)) is None
        said.add(capture.refusal)
    assert reason in said
