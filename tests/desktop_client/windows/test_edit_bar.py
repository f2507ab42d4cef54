"""The bar that is there while the layout is edited."""

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QPushButton

from desktop_client.overlay.editor import Editor
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.snapping import Align
from desktop_client.windows.edit_bar import EditBar
from desktop_client.windows.ledger import Ledger

AREA = QRect(0, 0, 1920, 1080)
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bar(qtbot, tmp_path):
    overlay = Overlay(tmp_path, area=AREA)
    made = EditBar(Editor(overlay), Ledger(overlay))
    qtbot.addWidget(made)
    made.open()
    yield made
    made.close()
    overlay.close()


@pytest.fixture
def overlay(bar):
    return bar._editor.overlay


def test_opening_it_begins_the_editing_and_closing_it_ends_it(bar, overlay):
    assert overlay.is_editing
    assert AREA.contains(bar.geometry())
    assert abs(bar.geometry().center().x() - AREA.center().x()) <= 1
    assert not bar.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    bar.done.click()
    assert not overlay.is_editing
    assert not bar.isVisible()


def test_escape_is_done(bar, overlay, qtbot):
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert not overlay.is_editing


def test_arrows_move_what_is_chosen_by_a_pixel_and_with_shift_by_eight(bar, overlay, qtbot):
    bar._editor.select(["relative"])
    start = overlay.windows["relative"].pos()
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    qtbot.keyClick(bar, Qt.Key.Key_Up)
    assert overlay.windows["relative"].pos() == start + QPoint(1, -1)
    qtbot.keyClick(bar, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(bar, Qt.Key.Key_Up, SHIFT)
    assert overlay.windows["relative"].pos() == start + QPoint(9, -9)


def test_steps_are_taken_back_and_done_again_by_key(bar, overlay, qtbot):
    bar._editor.select(["relative"])
    start = overlay.windows["relative"].pos()
    qtbot.keyClick(bar, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(bar, Qt.Key.Key_Z, CONTROL)
    assert overlay.windows["relative"].pos() == start
    assert bar.redo.isEnabled()
    qtbot.keyClick(bar, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert overlay.windows["relative"].pos() == start + QPoint(8, 0)
    qtbot.keyClick(bar, Qt.Key.Key_Z, CONTROL)
    qtbot.keyClick(bar, Qt.Key.Key_Y, CONTROL)
    assert overlay.windows["relative"].pos() == start + QPoint(8, 0)


def test_tab_goes_through_every_widget_as_one_reads(bar, overlay, qtbot):
    seen = []
    for _ in overlay.windows:
        qtbot.keyClick(bar, Qt.Key.Key_Tab)
        seen += bar._editor.selection
    assert sorted(seen) == sorted(overlay.windows)
    places = [(overlay.windows[key].y(), overlay.windows[key].x()) for key in seen]
    assert places == sorted(places)
    qtbot.keyClick(bar, Qt.Key.Key_Backtab)
    assert bar._editor.selection == [seen[-2]]
    assert bar.hasFocus() or not bar.isActiveWindow()


def test_a_widget_is_taken_away_by_key_and_put_back_from_the_menu(bar, overlay, qtbot):
    assert not bar.remove.isEnabled()
    bar._editor.select(["relative"])
    assert bar.remove.isEnabled()
    qtbot.keyClick(bar, Qt.Key.Key_Delete)
    assert "relative" not in overlay.windows
    offered = {action.text(): action for action in bar.add.menu().actions()}
    assert "Dash" not in offered
    offered["Relative"].trigger()
    assert bar._editor.selection == ["relative"]


def test_aligning_asks_for_two_widgets(bar, overlay):
    assert not bar.align[Align.LEFT].isEnabled()
    bar._editor.select(["dash", "relative"])
    bar.align[Align.LEFT].click()
    assert overlay.windows["dash"].x() == overlay.windows["relative"].x()
    assert bar.chosen.text() == "Dash, Relative"


def test_reset_is_offered_once_something_was_moved(bar, overlay):
    assert not bar.reset.isEnabled()
    start = overlay.windows["relative"].pos()
    bar._editor.select(["relative"])
    bar._editor.nudge(50, 0)
    bar.reset.click()
    assert overlay.windows["relative"].pos() == start


def test_another_profile_is_worn_and_edited_from_the_menu(bar, overlay):
    offered = {action.text(): action for action in bar.profile.menu().actions()}
    assert "Race" not in offered
    offered["Calm"].trigger()
    assert overlay.settings.active == "Calm"
    assert overlay.is_editing
    assert bar.profile.text() == "Profile: Calm"


def test_no_button_takes_the_keyboard_away(bar):
    assert {button.focusPolicy() for button in bar.findChildren(QPushButton)} == {Qt.FocusPolicy.NoFocus}
