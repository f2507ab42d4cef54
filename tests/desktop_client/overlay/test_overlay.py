"""Frames in, windows over the game out."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

from desktop_client.overlay import settings as saved
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.presets import LAYOUTS
from desktop_client.overlay.profiles import Profile, Wanted
from desktop_client.overlay.settings import FIRST_PROFILE, OverlaySettings

AREA = QRect(0, 0, 1920, 1080)


@pytest.fixture
def overlay(qapp):
    made = Overlay(area=AREA)
    yield made
    made.close()


def everything(overlay: Overlay) -> QImage:
    image = QImage(AREA.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGray)
    with QPainter(image) as painter:
        overlay.paint_on(painter)
    return image


def test_there_is_one_window_for_every_widget_of_the_preset(overlay):
    assert set(overlay.windows) == {key for key, place in LAYOUTS["Race"].items() if place.shown}
    overlay.open()
    assert all(window.isVisible() for window in overlay.windows.values())


def test_a_widget_that_the_driver_does_not_want_has_no_window(qapp, tmp_path):
    unwanted = Profile(layout={"relative": Placement(x=0, y=0, shown=False)})
    saved.save(tmp_path, OverlaySettings(profiles={FIRST_PROFILE: unwanted}))
    overlay = Overlay(tmp_path, area=AREA)
    assert "relative" not in overlay.windows
    assert "dash" in overlay.windows
    overlay.close()


def test_identical_frames_are_painted_once(overlay, frame_at, qtbot):
    overlay.open()
    overlay.clock.period_s = 0.0
    overlay.show_frame(frame_at(50.0))
    qtbot.waitUntil(lambda: all(window.paints for window in overlay.windows.values()))
    before = {key: window.paints for key, window in overlay.windows.items()}
    for _ in range(20):
        overlay.show_frame(frame_at(50.0))
    assert not any(window.look(frame_at(50.0), overlay.race) for window in overlay.windows.values())
    QApplication.processEvents()
    assert {key: window.paints for key, window in overlay.windows.items()} == before


def test_when_telemetry_falls_silent_the_windows_go_transparent_and_come_back_with_it(overlay, frame_at):
    overlay.open()
    overlay.show_frame(frame_at(1.0))
    overlay._silence.timeout.emit()  # heard something since the last look
    assert {window.windowOpacity() for window in overlay.windows.values()} == {1.0}
    overlay._silence.timeout.emit()
    assert {window.windowOpacity() for window in overlay.windows.values()} == {0.0}
    assert all(window.isVisible() for window in overlay.windows.values())
    assert not overlay._silence.isActive()
    overlay.show_frame(frame_at(2.0))
    assert {window.windowOpacity() for window in overlay.windows.values()} == {1.0}


def test_a_picture_shows_the_widgets_over_a_race_track(overlay, frame_at, tmp_path):
    overlay.show_frame(frame_at(50.0))
    overlay.picture(tmp_path / "picture.png")
    image = QImage(str(tmp_path / "picture.png"))
    assert (image.width(), image.height()) == (1920, 1080)
    sky, panel = image.pixelColor(960, 60), image.pixelColor(700, 1045)
    assert sky.blue() > sky.red()
    assert panel.lightness() < 40


def test_a_picture_that_cannot_be_written_says_so(overlay, tmp_path):
    with pytest.raises(OSError, match="cannot be written"):
        overlay.picture(tmp_path / "nowhere" / "picture.png")


anything = st.floats(allow_nan=True, allow_infinity=True)
FLOATS = ("lap_distance_m", "total_distance_m", "x", "y", "speed_mps", "lap_time_s", "last_lap_s", "best_lap_s")
INTS = ("number", "position", "lap", "pit")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_frame_makes_painting_fail(overlay, frame_at, caplog, data):
    count = data.draw(st.sampled_from([0, 1, 2, 22, 60]))
    own = data.draw(st.none() | st.integers(-1, 61))
    frame = frame_at(data.draw(st.floats(0, 1e6)), count=count, own=own, uid=str(data.draw(st.integers(0, 2))))

    def column(kind, values):
        one = data.draw(st.lists(values, min_size=1, max_size=8))
        return np.resize(np.array(one, dtype=kind), count)

    whole = st.integers(-(2**31), 2**31 - 1)
    cars = dataclasses.replace(
        frame.cars,
        name=tuple(data.draw(st.text(max_size=40)) for _ in range(count)),
        **{name: column(np.float64, anything) for name in FLOATS},
        **{name: column(np.int32, whole) for name in INTS},
    )
    player = frame.player
    if player is not None:
        names = ("speed_mps", "throttle", "brake", "clutch", "steer", "rpm", "max_rpm", "shift_lights")
        player = dataclasses.replace(player, gear=data.draw(whole), **{name: data.draw(anything) for name in names})
    length = data.draw(st.none() | st.floats(allow_nan=True))
    frame = dataclasses.replace(
        frame,
        session_time_s=data.draw(anything),
        session=dataclasses.replace(frame.session, track_length_m=length, total_laps=data.draw(st.none() | whole)),
        cars=cars,
        player=player,
    )
    overlay.show_frame(frame)
    for window in overlay.windows.values():
        window.look(frame, overlay.race)
    everything(overlay)
    assert not caplog.records, caplog.text


def test_whoever_follows_the_settings_is_told_them_at_once_and_after_every_change(overlay, frame_at):
    told = []
    overlay.follow(told.append)
    assert told == [overlay.settings]
    overlay.next_profile()
    assert told[-1].active == overlay.settings.active == "Practice"
    wanted = Profile(wanted=Wanted(game="f1"))
    overlay.change(OverlaySettings(profiles={"Race": Profile(), "Mine": wanted}))
    overlay.show_frame(frame_at(50.0))
    assert told[-1].active == "Mine", "what is driven chooses, too"
