"""Where a hotkey is chosen: by pressing it, on the keyboard or on the wheel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PyQt6.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop_client.hotkeys.controllers import Controllers, NoControllers
from desktop_client.windows.chord import chord, held

LOOK_HZ: Final = 25
NOTHING: Final = "None"
ASKING: Final = "Press keys or a button …"


class TriggerField(QWidget):
    """Shows a hotkey; a click on it waits for another one. Esc leaves it as it was."""

    changed = pyqtSignal(str)
    waits = pyqtSignal(bool)

    def __init__(self, name: str, open_controllers: Callable[[], Controllers] = NoControllers) -> None:
        super().__init__()
        self.value = ""
        self._open_controllers = open_controllers
        self._controllers: Controllers | None = None
        self.button = _Waiting(self)
        self.button.setAccessibleName(name)
        self.clear = QPushButton("Clear")
        self.clear.setObjectName("link")
        self.clear.setAutoDefault(False)
        self.clear.setAccessibleName(f"{name}: clear")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.button)
        row.addWidget(self.clear)
        row.addStretch()
        self._timer = QTimer(self)
        self._timer.setInterval(1000 // LOOK_HZ)
        self._timer.timeout.connect(self._look)
        self.button.clicked.connect(lambda: self.wait(not self.is_waiting))
        self.clear.clicked.connect(lambda: self.take(""))

    @property
    def is_waiting(self) -> bool:
        return self._controllers is not None

    def set_value(self, trigger: str) -> None:
        self.value = trigger
        if not self.is_waiting:
            self.button.setText(spoken(trigger))
        self.clear.setVisible(bool(trigger))

    def wait(self, waiting: bool) -> None:
        """Wait for keys or a button, or stop waiting."""
        if waiting == self.is_waiting:
            return
        if waiting:
            self._controllers = self._open_controllers()
            self._controllers.pressed()  # learns what is held now
            self._timer.start()
            self.button.setFocus()
            self.button.setText(ASKING)
        elif self._controllers is not None:
            self._timer.stop()
            self._controllers.close()
            self._controllers = None
            self.button.setText(spoken(self.value))
        self.button.setChecked(waiting)
        self.waits.emit(waiting)

    def take(self, trigger: str) -> None:
        """Stop waiting, and have this one."""
        self.wait(False)
        if trigger != self.value:
            self.set_value(trigger)
            self.changed.emit(trigger)

    def _look(self) -> None:
        if self._controllers is not None:
            for pressed in self._controllers.pressed():
                self.take(str(pressed))
                return


class _Waiting(QPushButton):
    """The button that hears the keys while its field waits."""

    def __init__(self, field: TriggerField) -> None:
        super().__init__(NOTHING)
        self._field = field
        self.setObjectName("trigger")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setMinimumWidth(210)

    def event(self, e: QEvent | None) -> bool:
        # Before Tab moves the focus and before a shortcut of the window takes the chord away.
        if self._field.is_waiting and isinstance(e, QKeyEvent):
            if e.type() == QEvent.Type.ShortcutOverride:
                e.accept()
                return True
            if e.type() == QEvent.Type.KeyPress:
                self._press(e)
            else:
                self.setText(ASKING)  # what was held is let go
            return True
        return super().event(e)

    def focusOutEvent(self, a0: QFocusEvent | None) -> None:
        self._field.wait(False)
        super().focusOutEvent(a0)

    def _press(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._field.wait(False)
            return
        trigger = chord(event.key(), event.modifiers())
        if trigger is not None:
            self._field.take(trigger)
        else:
            self.setText(held(event.key(), event.modifiers()) or ASKING)


def spoken(trigger: str) -> str:
    """`joy:0:5` is "Controller 1, button 6"."""
    if not trigger.startswith("joy:"):
        return trigger or NOTHING
    controller, button = trigger.split(":")[1:]
    return f"Controller {int(controller) + 1}, button {int(button) + 1}"
