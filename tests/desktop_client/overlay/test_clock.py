"""The one clock: woken by telemetry, slowed by its cap, stopped by silence."""

import itertools

import pytest

from desktop_client.overlay.clock import RATES_HZ, SHORTEST_PAUSE, RepaintClock


class Watch:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_the_first_arrival_is_painted_at_once(qapp, watch):
    paints = []
    RepaintClock(lambda: paints.append(watch.time), 30, watch).wake()
    assert paints == [1000.0]


@pytest.mark.parametrize("hz", RATES_HZ)
def test_sixty_arrivals_a_second_are_painted_no_faster_than_the_cap(qapp, watch, hz):
    paints = []
    clock = RepaintClock(lambda: paints.append(watch.time), hz, watch)
    for step in range(600):
        watch.time = 1000.0 + step / 60
        clock.wake()
    clock.stop()
    assert len(paints) <= 10 * hz + 2
    assert min(after - before for before, after in itertools.pairwise(paints)) >= SHORTEST_PAUSE / hz - 1e-9


def test_an_arrival_too_early_is_painted_soon_even_if_nothing_follows(qapp, watch):
    paints = []
    clock = RepaintClock(lambda: paints.append(watch.time), 30, watch)
    clock.wake()
    watch.time += 0.010
    clock.wake()
    clock.wake()
    assert len(paints) == 1
    assert clock.timer.isActive()
    assert clock.timer.interval() <= 1000 * clock.period_s * 1.5
    watch.time += 0.032
    clock.timer.timeout.emit()
    assert len(paints) == 2


@pytest.mark.parametrize("late", [0.0, 0.004, 0.011])
def test_a_steady_stream_is_painted_on_arrival_and_never_between_two_arrivals(qapp, watch, late):
    paints = []
    clock = RepaintClock(lambda: paints.append(watch.time), 30, watch)
    clock.wake()
    arrivals = [1000.0 + late + step / 60 for step in range(1, 300)]
    for arrival in arrivals:
        fires_at = watch.time + clock.timer.remainingTime() / 1000 if clock.timer.isActive() else None
        assert fires_at is None or fires_at > arrival or len(paints) <= 2
        watch.time = arrival
        clock.wake()
    clock.stop()
    assert set(paints[1:]) <= set(arrivals)
    assert 140 <= len(paints) <= 152


def test_nothing_ticks_while_nothing_arrives(qapp, watch):
    clock = RepaintClock(lambda: None, 30, watch)
    assert not clock.timer.isActive()
    clock.wake()
    assert not clock.timer.isActive()
