from __future__ import annotations

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from desktop_client.windows.countdown import Countdown


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def counted(clock: Clock) -> tuple[QObject, Countdown, list[int]]:
    owner = QObject()
    countdown = Countdown(owner, clock)
    told: list[int] = []
    countdown.changed.connect(told.append)
    return owner, countdown, told


def test_every_second_is_told_once_and_the_end_too(qapp: QApplication) -> None:
    clock = Clock()
    _owner, countdown, told = counted(clock)
    countdown.start(2.5)
    for now in (100.2, 100.6, 101.6, 101.7, 102.5, 103.0):
        clock.now = now
        countdown.look()
    assert told == [3, 2, 1, 0]
    assert not countdown.runs


def test_a_computer_that_slept_through_it_is_told_the_end_at_once(qapp: QApplication) -> None:
    clock = Clock()
    _owner, countdown, told = counted(clock)
    countdown.start(60)
    clock.now = 4000.0
    countdown.look()
    assert told == [60, 0]


def test_another_wait_takes_the_place_of_the_one_before(qapp: QApplication) -> None:
    clock = Clock()
    _owner, countdown, told = counted(clock)
    countdown.start(60)
    countdown.start(60)
    assert told == [60, 60]
    countdown.stop()
    assert not countdown.runs
