"""The bar that is there while the layout is edited: it has the keyboard, and a button for everything."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop_client.overlay.editor import Editor
from desktop_client.overlay.layout import MARGIN
from desktop_client.overlay.snapping import Align
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.windows import look
from desktop_client.windows.align_icons import align_icon
from desktop_client.windows.ledger import Ledger

FLAGS: Final = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
FAR: Final = 8  # pixels of a nudge with Shift
ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
HINT: Final = "Drag to move, an edge to resize, the wheel to scale. Arrows: 1 px, with Shift 8. Tab: the next widget."
ALIGN: Final = {
    Align.LEFT: "Left edges on one line",
    Align.CENTRE: "Centres below each other",
    Align.RIGHT: "Right edges on one line",
    Align.TOP: "Upper edges on one line",
    Align.MIDDLE: "Middles beside each other",
    Align.BOTTOM: "Lower edges on one line",
}


class EditBar(QWidget):
    """Opening it begins the editing, closing it ends it. No button of it takes the keyboard from it."""

    closed = pyqtSignal()
    settings_asked = pyqtSignal()

    def __init__(self, editor: Editor, ledger: Ledger) -> None:
        super().__init__(None, FLAGS)
        self._editor, self._ledger = editor, ledger
        self._carried: QPoint | None = None
        self.setWindowTitle("RaceOverlay layout")
        self.setWindowIcon(look.icon())
        self.setStyleSheet(look.style_sheet())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.done = self._button("Done", self.close, "Esc", name="main")
        self.undo = self._button("Undo", editor.undo, "Ctrl+Z")
        self.redo = self._button("Redo", editor.redo, "Ctrl+Shift+Z")
        self.add = self._button("Add …", None, "Put another widget on the screen")
        self.remove = self._button("Remove", editor.remove, "Del")
        self.align = {how: self._button("", functools.partial(editor.align, how), ALIGN[how]) for how in Align}
        for how, button in self.align.items():
            button.setIcon(align_icon(how))
            button.setAccessibleName(ALIGN[how])
        self.reset = self._button("Reset", editor.reset, "Every widget where this profile began")
        self.profile = self._button("", None, "Edit another profile")
        self.settings = self._button("Settings", self.settings_asked.emit, "")
        self._menus = {button: QMenu(self) for button in (self.add, self.profile)}
        for button, menu in self._menus.items():
            button.setMenu(menu)
        self.chosen, self.hint = QLabel(), QLabel(HINT)
        self.hint.setObjectName("note")
        self._lay_out()
        editor.changed.connect(self.refresh)
        editor.failed.connect(self._say)
        ledger.failed.connect(self._say)
        ledger.changed.connect(self.refresh)

    def open(self) -> None:
        """Begin to edit the profile that is worn."""
        self._editor.begin()
        self.hint.setText(HINT)
        self.refresh()
        self.adjustSize()
        screen = self._editor.overlay.arrangement.screen(None)
        self.move(screen.x() + (screen.width() - self.width()) // 2, screen.y() + MARGIN)
        self.show()
        self.raise_()
        self.activateWindow()  # the one window of the overlay that may: the driver asked for it
        self.setFocus()

    def refresh(self) -> None:
        """Offer what makes sense now."""
        editor, selection = self._editor, self._editor.selection
        self.undo.setEnabled(editor.history.can_undo)
        self.redo.setEnabled(editor.history.can_redo)
        self.remove.setEnabled(bool(selection))
        for button in self.align.values():
            button.setEnabled(len(selection) > 1)
        self.reset.setEnabled(bool(editor.overlay.settings.profile.layout))
        self.chosen.setText(", ".join(WIDGETS[key].title for key in selection) or "Nothing chosen")
        absent = [key for key in WIDGETS if key not in editor.overlay.windows]
        self.add.setEnabled(bool(absent))
        _fill(self._menus[self.add], [(WIDGETS[key].title, functools.partial(self._add, key)) for key in absent])
        active = editor.overlay.settings.active
        self.profile.setText(f"Profile: {active}")
        names = [name for name in editor.overlay.settings.profiles if name != active]
        self.profile.setEnabled(bool(names))
        _fill(self._menus[self.profile], [(name, functools.partial(self._ledger.look_at, name)) for name in names])

    def focusNextPrevChild(self, next: bool) -> bool:
        return False  # Tab goes through the widgets instead

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is None:
            return
        key, modifiers = a0.key(), a0.modifiers()
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        match key:
            case Qt.Key.Key_Escape:
                self.close()
            case Qt.Key.Key_Delete:
                self._editor.remove()
            case Qt.Key.Key_Tab:
                self._choose_next(1)
            case Qt.Key.Key_Backtab:
                self._choose_next(-1)
            case Qt.Key.Key_Z if control and not shift:
                self._editor.undo()
            case Qt.Key.Key_Z | Qt.Key.Key_Y if control:
                self._editor.redo()
            case _ if key in ARROWS:
                dx, dy = ARROWS[Qt.Key(key)]
                far = FAR if shift else 1
                self._editor.nudge(dx * far, dy * far)
            case _:
                super().keyPressEvent(a0)

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        if self._editor.overlay.is_editing:
            self._editor.end()
        super().closeEvent(a0)
        self.closed.emit()

    def mousePressEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None:
            self._carried = a0.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, a0: QMouseEvent | None) -> None:
        if a0 is not None and self._carried is not None:  # it may stand before the widget that is to be moved
            self.move(a0.globalPosition().toPoint() - self._carried)

    def mouseReleaseEvent(self, a0: QMouseEvent | None) -> None:
        self._carried = None

    def _choose_next(self, step: int) -> None:
        """The widget after the chosen one, as one reads: from the top, and from the left."""
        windows = self._editor.overlay.windows
        order = sorted(windows, key=lambda key: (windows[key].y(), windows[key].x()))
        if not order:
            return
        last = next((key for key in self._editor.selection if key in order), None)
        place = order.index(last) + step if last is not None else 0 if step > 0 else -1
        self._editor.select([order[place % len(order)]])

    def _add(self, key: str) -> None:
        self._editor.show(key, True)

    def _say(self, sentence: str) -> None:
        self.hint.setText(sentence)

    def _button(self, words: str, act: Callable[[], object] | None, tip: str, name: str = "") -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if act is not None:
            button.clicked.connect(lambda: act())
        return button

    def _lay_out(self) -> None:
        groups: Sequence[Sequence[QPushButton]] = (
            (self.done,),
            (self.undo, self.redo),
            (self.add, self.remove),
            tuple(self.align.values()),
            (self.reset, self.profile, self.settings),
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for number, group in enumerate(groups):
            if number:
                buttons.addSpacing(12)
            for button in group:
                buttons.addWidget(button)
        words = QHBoxLayout()
        words.addWidget(self.chosen)
        words.addStretch()
        words.addWidget(self.hint)
        frame = QFrame()
        frame.setObjectName("bar")
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addLayout(words)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)


def _fill(menu: QMenu, entries: Sequence[tuple[str, Callable[[], object]]]) -> None:
    menu.clear()
    for words, act in entries:
        action = menu.addAction(words)
        if action is not None:
            action.triggered.connect(lambda _, act=act: act())
