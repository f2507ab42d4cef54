"""A form made from any struct of typed settings: what is changed in it is a struct of the same type."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import msgspec
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_client.windows.controls import Checks, Dropdown, Line, Segments, Stepper, Toggle
from desktop_client.windows.fields import AUTOMATIC, Choice, Field, Number, Several, Switch, Text, fields

MOST_SEGMENTS: Final = 5
LONGEST_ROW: Final = 40  # letters of all the options that still stand beside each other
LABEL_WIDTH: Final = 210
ROW_HEIGHT: Final = 34


class Form(QWidget):
    """`value` is the struct as it is shown. `changed` has it each time the driver changes a field."""

    changed = pyqtSignal(object)

    def __init__(
        self,
        value: msgspec.Struct,
        words: Mapping[str, str] | None = None,
        *,
        only: Collection[str] | None = None,
    ) -> None:
        """`words` has better labels for some fields, `only` those that are asked for. Raises fields.Unaskable."""
        super().__init__()
        self.value = value
        self.entries: dict[str, Entry] = {}
        grid = FormGrid(self)
        for field in fields(type(value), words):
            if only is not None and field.name not in only:
                continue
            entry = _entry(field)
            self.entries[field.name] = entry
            grid.add(field.label, entry)
            entry.set_value(getattr(value, field.name))
            entry.changed.connect(lambda chosen, name=field.name: self._take(name, chosen))

    def show_value(self, value: msgspec.Struct) -> None:
        """Show another struct of the same type, and tell nobody."""
        self.value = value
        for name, entry in self.entries.items():
            entry.set_value(getattr(value, name))

    def _take(self, name: str, chosen: Any) -> None:
        self.value = msgspec.structs.replace(self.value, **{name: chosen})
        self.changed.emit(self.value)


class FormGrid(QGridLayout):
    """Labels in one column, controls in the other; the rows of every form and page are as far apart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(20)
        self.setVerticalSpacing(10)
        self.setColumnMinimumWidth(0, LABEL_WIDTH)
        self.setColumnStretch(1, 1)

    def add(self, words: str, control: QWidget, note: str = "") -> None:
        """A row; `note` is said in small letters below the control."""
        row = self.rowCount()
        label = QLabel(words)
        label.setWordWrap(True)
        label.setMinimumHeight(ROW_HEIGHT)
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        label.setFixedWidth(LABEL_WIDTH)
        self.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        if not note:
            self.addWidget(control, row, 1, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            return
        column = QVBoxLayout()
        column.setSpacing(4)
        said = QLabel(note)
        said.setObjectName("note")
        said.setWordWrap(True)
        beside = QHBoxLayout()
        beside.addStrut(ROW_HEIGHT)  # on one line with its label
        beside.addWidget(control)
        beside.addStretch()
        column.addLayout(beside)
        column.addWidget(said)
        self.addLayout(column, row, 1)


class Entry(QWidget):
    """The control of one field, with all that belongs to it."""

    changed = pyqtSignal(object)

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.control: Any = control
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.row = QHBoxLayout()
        self.row.setSpacing(10)
        self.row.addWidget(control)
        self.row.addStretch()
        self.column.addLayout(self.row)
        self.setMinimumHeight(ROW_HEIGHT)
        self._listen()

    def set_value(self, value: Any) -> None:
        self.control.set_value(value)

    def _listen(self) -> None:
        self.control.changed.connect(self.changed)


class SeveralEntry(Entry):
    """Several values, as the kind of collection that the struct has."""

    def __init__(self, control: Checks, kind: Callable[[tuple[Any, ...]], Any]) -> None:
        self._kind = kind
        super().__init__(control)

    def _listen(self) -> None:
        self.control.changed.connect(lambda chosen: self.changed.emit(self._kind(chosen)))


class AutomaticEntry(Entry):
    """A number, or None by a button beside it."""

    def __init__(self, control: Stepper, begin: float) -> None:
        super().__init__(control)
        self.begin = begin  # what stands there when the driver wants to say it
        self._words = AUTOMATIC
        self.automatic = QPushButton(AUTOMATIC)
        self.automatic.setObjectName("tick")
        self.automatic.setCheckable(True)
        self.automatic.setAutoDefault(False)
        self.automatic.clicked.connect(self._choose)
        self.row.insertWidget(0, self.automatic)

    def set_value(self, value: Any) -> None:
        self.automatic.setChecked(value is None)
        self.automatic.setText(f"✓ {self._words}" if value is None else self._words)
        self.control.setVisible(value is not None)
        if value is not None:
            self.control.set_value(value)

    def explain(self, words: str, begin: float) -> None:
        """What None means here, and the number that stands there when the driver wants another."""
        self._words, self.begin = words, begin
        self.set_value(self.control.value if not self.automatic.isChecked() else None)

    def _choose(self, is_automatic: bool) -> None:
        value = None if is_automatic else int(self.begin) if float(self.begin).is_integer() else self.begin
        self.set_value(value)
        self.changed.emit(value)


class TextEntry(Entry):
    """A line of text that says what is wrong with it, and is not taken then."""

    def __init__(self, control: Line, text: Text) -> None:
        self._text = text
        self.problem = QLabel()
        self.problem.setObjectName("problem")
        super().__init__(control)
        self.column.addWidget(self.problem)
        self.problem.hide()

    def set_value(self, value: Any) -> None:
        self.control.set_value(value or "")
        self.problem.hide()

    def _listen(self) -> None:
        self.control.changed.connect(self._take)

    def _take(self, text: str) -> None:
        if not text and self._text.may_be_none:
            self.problem.hide()
            self.changed.emit(None)
            return
        problem = self._text.problem(text)
        self.problem.setText(problem or "")
        self.problem.setVisible(problem is not None)
        if problem is None:
            self.changed.emit(text)


def _entry(field: Field) -> Entry:
    name, control = field.label, field.control
    match control:
        case Switch():
            return Entry(Toggle(name))
        case Choice(options):
            letters = sum(len(option.words) for option in options)
            is_short = len(options) <= MOST_SEGMENTS and letters <= LONGEST_ROW
            return Entry(Segments(name, options) if is_short else Dropdown(name, options))
        case Several(options, kind):
            return SeveralEntry(Checks(name, options), kind)
        case Number():
            stepper = Stepper(name, control.low, control.high, control.decimals, control.step, control.unit)
            return AutomaticEntry(stepper, control.begin) if control.may_be_none else Entry(stepper)
        case Text():
            return TextEntry(Line(name), control)
