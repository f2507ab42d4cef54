"""Monitors come and go."""

from dataclasses import dataclass

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QGuiApplication

from desktop_client.overlay import arrangement, settings
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.screens import Screens
from desktop_client.overlay.settings import FIRST_PROFILE, OverlaySettings

MAIN, SIDE = QRect(0, 0, 1920, 1080), QRect(1920, -200, 2560, 1440)


@dataclass
class Monitor:
    called: str
    area: QRect

    def name(self) -> str:
        return self.called

    def geometry(self) -> QRect:
        return self.area


class Desk:
    """Stands for QGuiApplication where the arrangement asks which screens there are."""

    def __init__(self, *monitors: Monitor) -> None:
        self.monitors = list(monitors)

    def screens(self) -> list[Monitor]:
        return self.monitors

    def primaryScreen(self) -> Monitor | None:
        return self.monitors[0] if self.monitors else None


@pytest.fixture
def desk(monkeypatch):
    made = Desk(Monitor("main", QRect(MAIN)), Monitor("side", QRect(SIDE)))
    monkeypatch.setattr(arrangement, "QGuiApplication", made)
    return made


@pytest.fixture
def overlay(qapp, tmp_path, desk):
    profile = Profile(layout={"relative": Placement(1.0, 0.5, screen="side")})
    settings.save(tmp_path, OverlaySettings(profiles={FIRST_PROFILE: profile}))
    made = Overlay(tmp_path)
    yield made
    made.close()


def place(overlay) -> QRect:
    return overlay.windows["relative"].geometry()


def test_a_widget_of_a_monitor_that_is_gone_is_on_the_main_one_and_goes_back_when_it_returns(overlay, desk):
    before = place(overlay)
    assert SIDE.contains(before)
    gone = desk.monitors.pop()
    overlay._screens.changed.emit()
    assert MAIN.contains(place(overlay))
    assert place(overlay).right() == MAIN.right(), "the same share of the other screen"
    desk.monitors.append(gone)
    overlay._screens.changed.emit()
    assert place(overlay) == before


def test_a_monitor_that_gets_another_size_takes_its_widgets_along(overlay, desk):
    desk.monitors[1].area = QRect(1920, 0, 1280, 720)
    overlay._screens.changed.emit()
    assert desk.monitors[1].area.contains(place(overlay))
    assert place(overlay).right() == desk.monitors[1].area.right()


def test_without_any_monitor_nothing_fails(overlay, desk):
    desk.monitors.clear()
    overlay._screens.changed.emit()
    assert MAIN.contains(place(overlay))


def test_many_signals_of_screens_are_one_change(qtbot):
    screens = Screens()
    told = []
    screens.changed.connect(lambda: told.append(True))
    screen = QGuiApplication.primaryScreen()
    for _ in range(5):
        screen.geometryChanged.emit(QRect(MAIN))
    QGuiApplication.instance().screenRemoved.emit(screen)
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    assert told == [True]
