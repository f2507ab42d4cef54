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


def test_an_arrival_too_early_is_painted_as_soon_as_the_cap_allows(qapp, watch):
    paints = []
    clock = RepaintClock(lambda: paints.append(watch.time), 30, watch)
    clock.wake()
    watch.time += 0.010
    clock.wake()
    clock.wake()
    assert len(paints) == 1
    assert clock.timer.isActive()
    assert 15 <= clock.timer.interval() <= 24
    watch.time += 0.024
    clock.timer.timeout.emit()
    assert len(paints) == 2


def test_nothing_ticks_while_nothing_arrives(qapp, watch):
    clock = RepaintClock(lambda: None, 30, watch)
    assert not clock.timer.isActive()
    clock.wake()
    assert not clock.timer.isActive()
