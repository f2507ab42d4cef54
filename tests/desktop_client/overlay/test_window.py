"""The one window that a widget gets."""

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.lettering import CACHED_TEXTS
from desktop_client.overlay.stamps import KEPT_STAMPS
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.widgets.dash import Dash, DashSettings
from desktop_client.overlay.widgets.flags import Flags, FlagsSettings
from desktop_client.overlay.widgets.relative import Relative, RelativeSettings
from desktop_client.overlay.window import WidgetWindow, choose_platform
from desktop_client.race.lifecycle import Race

EVERY_WIDGET = [
    pytest.param(lambda widget=widget: widget(widget.settings_type()), id=key) for key, widget in WIDGETS.items()
]


@pytest.fixture
def window_of(qtbot):
    def make(widget, **choices):
        window = WidgetWindow(widget, **choices)
        qtbot.addWidget(window)
        window.resize(window.widget.natural_size.toSize())
        return window

    return make


def painted(window) -> QImage:
    image = QImage(window.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        window.paint_on(painter)
    return image


@pytest.mark.parametrize(
    "flag",
    [
        Qt.WindowType.FramelessWindowHint,
        Qt.WindowType.WindowStaysOnTopHint,
        Qt.WindowType.WindowTransparentForInput,
        Qt.WindowType.WindowDoesNotAcceptFocus,
    ],
)
@pytest.mark.parametrize("capturable", [True, False])
def test_a_window_lies_over_the_game_and_lets_everything_through(window_of, flag, capturable):
    window = window_of(Dash(DashSettings()), capturable=capturable)
    assert window.windowFlags() & flag
    for attribute in ("TranslucentBackground", "ShowWithoutActivating", "TransparentForMouseEvents"):
        assert window.testAttribute(getattr(Qt.WidgetAttribute, f"WA_{attribute}"))


def test_only_a_capturable_window_is_an_ordinary_one(window_of):
    assert window_of(Dash(DashSettings())).windowType() == Qt.WindowType.Tool
    assert window_of(Dash(DashSettings()), capturable=True).windowType() == Qt.WindowType.Window


def test_going_transparent_keeps_the_window(window_of):
    window = window_of(Dash(DashSettings()))
    window.show()
    window.set_transparent(True)
    assert window.isVisible()
    assert window.windowOpacity() == 0
    window.set_transparent(False)
    assert window.windowOpacity() == 1


def test_without_a_compositor_the_panel_is_opaque_to_its_corners(window_of):
    image = painted(window_of(Dash(DashSettings()), composited=False))
    corners = [(0, 0), (image.width() - 1, 0), (0, image.height() - 1), (image.width() - 1, image.height() - 1)]
    assert {image.pixelColor(x, y).alpha() for x, y in corners} == {255}
    image = painted(window_of(Dash(DashSettings())))
    assert {image.pixelColor(x, y).alpha() for x, y in corners} != {255}


def test_a_window_asks_for_paint_only_when_it_would_look_different(window_of, frame_at):
    window, race = window_of(Relative(RelativeSettings())), Race()
    frame = frame_at(50.0)
    race.take(frame)
    assert window.look(frame, race)
    assert not window.look(frame_at(50.0), race)
    assert window.look(frame_at(50.0, own=8), race)


@pytest.mark.parametrize("make", EVERY_WIDGET)
@pytest.mark.parametrize("size", [(1, 1), (7, 300), (300, 7), (90, 60), (640, 144), (2000, 1400)])
def test_every_widget_can_have_any_size(window_of, frame_at, make, size):
    window, race = window_of(make()), Race()
    window.resize(QSize(*size))
    frame = frame_at(50.0)
    race.take(frame)
    window.look(frame, race)
    assert not painted(window).isNull()


@pytest.mark.parametrize("make", EVERY_WIDGET)
def test_before_the_first_frame_every_widget_says_that_it_waits(window_of, make):
    window = window_of(make())
    window.look(None, Race())
    assert window._view.sentence == "Waiting for the game"
    assert bright_pixels(painted(window)) > 100


@pytest.mark.parametrize("make", EVERY_WIDGET)
def test_a_widget_says_what_a_game_does_not_send(window_of, frame_at, make):
    window = window_of(make())
    window.look(frame_at(50.0, capabilities=frozenset()), Race())
    assert window._view.sentence.startswith("This game ")


def test_a_widget_that_fails_says_so_and_leaves_the_process_alive(window_of, frame_at, monkeypatch, caplog):
    window = window_of(Dash(DashSettings()))
    monkeypatch.setattr(window.widget, "view", lambda frame, race: 1 / 0)
    window.look(frame_at(1.0), Race())
    assert "failed" in window._view.sentence
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("make", EVERY_WIDGET)
def test_what_is_laid_out_is_never_more_than_the_limit(window_of, frame_at, make):
    window, race = window_of(make()), Race()
    for step in range(400):
        frame = frame_at(step * 7.3, own=step % 22, uid=str(step // 50))
        race.take(frame)
        window.look(frame, race)
        painted(window)
    assert len(window._lettering) <= CACHED_TEXTS
    assert len(window._stamps) <= KEPT_STAMPS


def test_the_still_layer_is_painted_again_only_when_it_changes(window_of, frame_at, monkeypatch):
    window, race = window_of(Dash(DashSettings())), Race()
    calls = []
    monkeypatch.setattr(window.widget, "paint_still", lambda canvas, view: calls.append(1))
    for at in (1.0, 2.0, 3.0):
        frame = frame_at(at)
        race.take(frame)
        window.look(frame, race)
        painted(window)
    assert len(calls) == 1
    window.resize(320, 72)
    painted(window)
    assert len(calls) == 2


def test_wayland_is_asked_for_x11_unless_the_driver_chose():
    wayland = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
    choose_platform(wayland)
    assert wayland["QT_QPA_PLATFORM"] == "xcb"
    chosen = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0", "QT_QPA_PLATFORM": "wayland"}
    choose_platform(chosen)
    assert chosen["QT_QPA_PLATFORM"] == "wayland"
    x11 = {"DISPLAY": ":0"}
    choose_platform(x11)
    assert "QT_QPA_PLATFORM" not in x11


def test_every_widget_is_in_the_table_under_its_files_name():
    assert {key: widget.__module__.rsplit(".", 1)[1] for key, widget in WIDGETS.items()} == {
        key: key for key in WIDGETS
    }


def bright_pixels(image: QImage) -> int:
    return sum(
        image.pixelColor(x, y).lightness() > 90 for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    )


def test_without_a_compositor_a_widget_with_no_news_has_no_shape(window_of, frame_at):
    window = window_of(Flags(FlagsSettings()), composited=False)
    window.look(frame_at(1.0), Race())
    assert not window.mask().intersects(window.rect())
    window.set_editing(True)
    assert window.mask().isEmpty(), "the whole window is there"
    window.set_editing(False)
    assert not window.mask().isEmpty()
    window.show_demo()
    assert window.mask().isEmpty()
