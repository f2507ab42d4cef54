"""Editing the layout by mouse and keys."""

import msgspec
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRect, Qt
from PyQt6.QtGui import QMouseEvent

from desktop_client.overlay import settings as saved
from desktop_client.overlay.editor import Editor
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.snapping import Align

AREA = QRect(0, 0, 1920, 1080)
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Kind = QMouseEvent.Type


@pytest.fixture
def editor(qapp, tmp_path):
    overlay = Overlay(tmp_path, area=AREA)
    made = Editor(overlay)
    made.begin()
    yield made
    made.end()
    overlay.close()


def mouse(window, kind: Kind, at: QPoint, keys=NONE) -> None:
    inside = QPointF(at - window.pos())
    event = QMouseEvent(kind, inside, QPointF(at), LEFT, LEFT, keys)
    {
        Kind.MouseButtonPress: window.mousePressEvent,
        Kind.MouseMove: window.mouseMoveEvent,
        Kind.MouseButtonRelease: window.mouseReleaseEvent,
    }[kind](event)


def drag(window, by: QPoint, at: QPoint | None = None, keys=NONE) -> None:
    """Take a window (in its middle, or `at` a place of it) and let it go elsewhere."""
    start = window.geometry().center() if at is None else window.pos() + at
    mouse(window, Kind.MouseButtonPress, start, keys)
    mouse(window, Kind.MouseMove, start + by / 2, keys)
    mouse(window, Kind.MouseMove, start + by, keys)
    mouse(window, Kind.MouseButtonRelease, start + by, keys)


def again(editor) -> Overlay:
    return Overlay(editor.overlay._directory, area=AREA)


def test_a_widget_that_was_dragged_stays_there_for_the_next_start(editor):
    window = editor.overlay.windows["dash"]
    before = window.geometry()
    drag(window, QPoint(-163, -301))
    assert window.pos() != before.topLeft()
    later = again(editor)
    assert later.windows["dash"].geometry() == window.geometry()
    later.close()


def test_a_widget_cannot_be_dragged_while_driving(editor):
    editor.end()
    window = editor.overlay.windows["dash"]
    place = window.geometry()
    drag(window, QPoint(-163, -301))
    assert window.geometry() == place


def test_a_widget_dragged_off_the_screen_comes_back_to_its_edge(editor):
    window = editor.overlay.windows["dash"]
    drag(window, QPoint(-5000, 9000))
    assert (window.x(), window.geometry().bottom()) == (0, AREA.bottom())


def test_a_corner_makes_a_widget_bigger_and_keeps_its_proportions(editor):
    window = editor.overlay.windows["dash"]
    before = window.geometry()
    drag(window, QPoint(-64, -64), at=QPoint(2, 2))
    assert window.width() > before.width()
    assert window.width() / window.height() == pytest.approx(before.width() / before.height(), rel=0.02)
    assert window.geometry().bottomRight() == before.bottomRight()


def test_a_side_makes_a_widget_wider_only(editor):
    window = editor.overlay.windows["dash"]
    before = window.geometry()
    drag(window, QPoint(-64, 0), at=QPoint(2, before.height() // 2))
    assert (window.width(), window.height()) == (before.width() + 64, before.height())


def test_every_gesture_can_be_taken_back_and_done_again(editor):
    window = editor.overlay.windows["relative"]
    start = window.geometry()
    drag(window, QPoint(240, -120))
    there = window.geometry()
    editor.undo()
    assert window.geometry() == start
    editor.redo()
    assert window.geometry() == there


def test_several_widgets_move_together(editor):
    windows = editor.overlay.windows
    mouse(windows["dash"], Kind.MouseButtonPress, windows["dash"].geometry().center())
    mouse(windows["dash"], Kind.MouseButtonRelease, windows["dash"].geometry().center())
    centre = windows["relative"].geometry().center()
    mouse(windows["relative"], Kind.MouseButtonPress, centre, Qt.KeyboardModifier.ShiftModifier)
    mouse(windows["relative"], Kind.MouseButtonRelease, centre, Qt.KeyboardModifier.ShiftModifier)
    assert editor.selection == ["dash", "relative"]
    before = {key: windows[key].pos() for key in editor.selection}
    editor.nudge(16, -8)
    assert {key: windows[key].pos() - before[key] for key in before} == dict.fromkeys(before, QPoint(16, -8))


def test_aligned_widgets_stand_on_one_line(editor):
    editor.select(["dash", "relative"])
    editor.align(Align.LEFT)
    assert editor.overlay.windows["relative"].x() == editor.overlay.windows["dash"].x()


def test_a_widget_can_be_taken_away_and_put_back(editor):
    editor.show("relative", False)
    assert "relative" not in editor.overlay.windows
    editor.show("relative", True)
    assert editor.selection == ["relative"]
    drag(editor.overlay.windows["relative"], QPoint(80, -80))
    editor.undo()
    editor.undo()
    assert "relative" not in editor.overlay.windows


def test_reset_forgets_every_place(editor):
    start = {key: window.geometry() for key, window in editor.overlay.windows.items()}
    drag(editor.overlay.windows["dash"], QPoint(-163, -301))
    editor.reset()
    assert {key: window.geometry() for key, window in editor.overlay.windows.items()} == start


def test_while_editing_a_widget_without_data_shows_its_example(editor):
    overlay = editor.overlay
    overlay._repaint(at_once=True)
    for window in overlay.windows.values():
        assert window._view == window.widget.demo() or window._cells


def test_the_wheel_scales_around_the_middle(editor):
    window = editor.overlay.windows["relative"]
    drag(window, QPoint(500, -300))
    before = window.geometry()
    editor.scale("relative", 3)
    assert window.width() > before.width()
    assert (window.geometry().center() - before.center()).manhattanLength() <= 2


def test_what_the_settings_change_meanwhile_is_a_step_too(editor):
    profile = editor.overlay.settings.profile
    editor.overlay.change_profile(msgspec.structs.replace(profile, theme="light"))
    drag(editor.overlay.windows["relative"], QPoint(240, -120))
    editor.undo()
    assert editor.overlay.settings.profile.theme == "light"
    editor.undo()
    assert editor.overlay.settings.profile == profile


def test_another_profile_begins_with_nothing_to_take_back(editor):
    drag(editor.overlay.windows["dash"], QPoint(-163, -301))
    editor.overlay.next_profile()
    calm = editor.overlay.settings.profile
    assert not editor.history.can_undo
    editor.undo()
    assert editor.overlay.settings.profile == calm
    assert all(window.editing for window in editor.overlay.windows.values())


def test_several_widgets_are_taken_away_in_one_step(editor):
    editor.select(["relative", "dash"])
    editor.remove()
    assert not {"relative", "dash"} & set(editor.overlay.windows)
    assert editor.selection == []
    editor.undo()
    assert {"relative", "dash"} <= set(editor.overlay.windows)


def test_a_layout_that_cannot_be_saved_holds_and_is_said(editor, monkeypatch):
    said = []
    editor.failed.connect(said.append)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved, "save", full)
    editor.select(["relative"])
    before = editor.overlay.windows["relative"].pos()
    editor.nudge(8, -8)
    assert said == ["The layout cannot be saved: No space left on device."]
    assert editor.overlay.windows["relative"].pos() == before + QPoint(8, -8)
