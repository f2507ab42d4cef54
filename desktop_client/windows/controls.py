"""The controls of the ordinary windows: a switch, a row of choices, a list to open, a number with its two buttons.

Each has `value`, `set_value` (which does not tell anybody) and the signal `changed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from PyQt6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from desktop_client.overlay.palette import DARK
from desktop_client.windows import look
from desktop_client.windows.fields import Option

Antialiasing: Final = QPainter.RenderHint.Antialiasing


class Toggle(QAbstractButton):
    """On or off, as a knob in a groove; the knob's place says it, not the colour alone."""

    changed = pyqtSignal(object)

    def __init__(self, name: str = "", on: bool = False) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setChecked(on)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: self.changed.emit(on))

    @property
    def value(self) -> bool:
        return self.isChecked()

    def set_value(self, on: bool) -> None:
        with QSignalBlocker(self):
            self.setChecked(on)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(38, 24)

    def paintEvent(self, e: QPaintEvent | None) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(Antialiasing)
            groove = QRectF(2, 3, 34, 18)
            on, alive = self.isChecked(), self.isEnabled()
            colour = (DARK.you if alive else DARK.text_dim) if on else look.FIELD
            painter.setPen(QPen(colour if on else look.FIELD_EDGE.lighter(140), 1))
            painter.setBrush(colour)
            painter.drawRoundedRect(groove, 9, 9)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(DARK.on_colour if on else DARK.text_dim)
            painter.drawEllipse(QPointF(27 if on else 11, 12), 6, 6)
            if self.hasFocus():
                painter.setPen(QPen(DARK.text, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(groove.adjusted(-1.5, -1.5, 1.5, 1.5), 10.5, 10.5)

    def focusInEvent(self, e: QFocusEvent | None) -> None:
        super().focusInEvent(e)
        self.update()


class Segments(QWidget):
    """One of a few short words, all of them to be seen."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, options: Sequence[Option]) -> None:
        super().__init__()
        self.options = tuple(options)
        self.group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, option in enumerate(self.options):
            button = QPushButton(option.words)
            button.setObjectName("segment")
            place = "first" if number == 0 else "last" if number == len(self.options) - 1 else "middle"
            button.setProperty("place", place)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {option.words}")
            self.group.addButton(button, number)
            row.addWidget(button)
        row.addStretch()
        self.group.idClicked.connect(lambda number: self.changed.emit(self.options[number].value))

    @property
    def value(self) -> Any:
        number = self.group.checkedId()
        return self.options[number].value if number >= 0 else None

    def set_value(self, value: Any) -> None:
        for number, option in enumerate(self.options):
            button = self.group.button(number)
            if button is not None and option.value == value:
                button.setChecked(True)


class Dropdown(QComboBox):
    """One of many words. The wheel turns it only while it has the focus: it lies in pages that scroll."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, options: Iterable[Option] = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.offer(options)
        self.activated.connect(lambda number: self.changed.emit(self.itemData(number)))

    def offer(self, options: Iterable[Option]) -> None:
        """Other options; none of them is chosen yet."""
        with QSignalBlocker(self):
            self.clear()
            for option in options:
                self.addItem(option.words, option.value)

    @property
    def value(self) -> Any:
        return self.currentData()

    def set_value(self, value: Any) -> None:
        # By equality: Qt's own search finds no None, and takes an enumeration for the text that it is too.
        number = next((n for n in range(self.count()) if self.itemData(n) == value), -1)
        with QSignalBlocker(self):
            self.setCurrentIndex(number)

    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if self.hasFocus():
            super().wheelEvent(e)
        elif e is not None:
            e.ignore()

    def paintEvent(self, e: QPaintEvent | None) -> None:
        super().paintEvent(e)
        with QPainter(self) as painter:
            painter.setRenderHint(Antialiasing)
            painter.setPen(QPen(DARK.text_dim, 1.6, cap=Qt.PenCapStyle.RoundCap, join=Qt.PenJoinStyle.RoundJoin))
            x, y = self.width() - 17.0, self.height() / 2 - 2
            painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])


class _Spin(QDoubleSpinBox):
    def wheelEvent(self, e: QWheelEvent | None) -> None:
        if self.hasFocus():
            super().wheelEvent(e)
        elif e is not None:
            e.ignore()


class Stepper(QWidget):
    """A number within bounds, with a button to either side."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, low: float, high: float, decimals: int, step: float, unit: str = "") -> None:
        super().__init__()
        self._is_whole = decimals == 0
        self.spin = _Spin()
        self.spin.setAccessibleName(name)
        self.spin.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.setKeyboardTracking(False)
        self.spin.setDecimals(decimals)
        self.spin.setRange(low, high)
        self.spin.setSingleStep(step)
        self.spin.setSuffix(f"\N{NO-BREAK SPACE}{unit}" if unit and unit != "°" else unit)
        self.spin.setFixedWidth(92)
        self.less, self.more = QPushButton("−"), QPushButton("+")
        for button, words in ((self.less, "less"), (self.more, "more")):
            button.setObjectName("step")
            button.setAutoRepeat(True)
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(f"{name}: {words}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.less, self.spin, self.more):
            row.addWidget(part)
        self.less.clicked.connect(self.spin.stepDown)
        self.more.clicked.connect(self.spin.stepUp)
        self.spin.valueChanged.connect(lambda _: self.changed.emit(self.value))
        self.spin.valueChanged.connect(self._show_ends)
        self._show_ends()

    @property
    def value(self) -> float:
        return int(self.spin.value()) if self._is_whole else round(self.spin.value(), self.spin.decimals())

    def set_value(self, value: float) -> None:
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)
        self._show_ends()

    def _show_ends(self) -> None:
        self.less.setEnabled(self.spin.value() > self.spin.minimum())
        self.more.setEnabled(self.spin.value() < self.spin.maximum())


class Line(QLineEdit):
    """A line of text, taken when it is finished."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, placeholder: str = "", *, longest: int = 120) -> None:
        super().__init__()
        self.setObjectName("field")
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(longest)
        self._taken = ""
        self.editingFinished.connect(self._finish)

    @property
    def value(self) -> str:
        return self.text().strip()

    def set_value(self, value: str) -> None:
        self._taken = value
        self.setText(value)

    def _finish(self) -> None:
        if self.value != self._taken:
            self._taken = self.value
            self.changed.emit(self.value)


class Checks(QWidget):
    """Any of a few words, each with a mark of its own."""

    changed = pyqtSignal(object)

    def __init__(self, name: str, options: Sequence[Option]) -> None:
        super().__init__()
        self.options = tuple(options)
        self.buttons: list[QPushButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for option in self.options:
            button = QPushButton(option.words)
            button.setObjectName("tick")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {option.words}")
            button.toggled.connect(lambda on, button=button, words=option.words: button.setText(_ticked(words, on)))
            button.clicked.connect(lambda: self.changed.emit(self.value))
            self.buttons.append(button)
            row.addWidget(button)
        row.addStretch()

    @property
    def value(self) -> tuple[Any, ...]:
        """The values of those that are ticked, in the order of the options."""
        return tuple(
            option.value for option, button in zip(self.options, self.buttons, strict=True) if button.isChecked()
        )

    def set_value(self, chosen: Iterable[Any]) -> None:
        chosen = tuple(chosen)
        for option, button in zip(self.options, self.buttons, strict=True):
            button.setChecked(option.value in chosen)


def _ticked(words: str, on: bool) -> str:
    return f"✓ {words}" if on else words
