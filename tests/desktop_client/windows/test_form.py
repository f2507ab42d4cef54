"""A form that is made from typed settings."""

import enum
from typing import Annotated, Literal

import msgspec
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent

from desktop_client.windows.controls import Checks, Dropdown, Segments, Stepper, Toggle
from desktop_client.windows.form import AutomaticEntry, Form


class Sort(enum.StrEnum):
    LAP = "lap"
    GAP = "gap"


class Settings(msgspec.Struct, frozen=True):
    shown: bool = True
    unit: Literal["km/h", "mph"] = "km/h"
    rows: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    span_s: Annotated[float, msgspec.Meta(ge=0.2, le=10)] = 1.0
    stop_s: Annotated[float, msgspec.Meta(ge=0, le=120)] | None = None
    name: Annotated[str, msgspec.Meta(pattern="^[a-z]*$")] = ""
    sorts: frozenset[Sort] = frozenset({Sort.GAP})
    corner: Literal["upper left corner", "upper right corner", "lower left corner"] = "upper left corner"


@pytest.fixture
def form(qtbot):
    made = Form(Settings())
    qtbot.addWidget(made)
    made.told = []
    made.changed.connect(made.told.append)
    made.show()
    return made


def control(form, name):
    return form.entries[name].control


def test_every_type_has_its_control(form):
    kinds = {"shown": Toggle, "unit": Segments, "rows": Stepper, "sorts": Checks, "corner": Dropdown}
    for name, kind in kinds.items():
        assert type(control(form, name)) is kind


def test_a_change_is_a_struct_with_that_field_changed_and_the_others_kept(form, qtbot):
    qtbot.mouseClick(control(form, "shown"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(control(form, "unit").group.button(1), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(control(form, "rows").more, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(control(form, "sorts").buttons[0], Qt.MouseButton.LeftButton)
    assert form.told[-1] == Settings(shown=False, unit="mph", rows=4, sorts=frozenset(Sort))
    assert form.value == form.told[-1]
    assert msgspec.json.decode(msgspec.json.encode(form.value), type=Settings) == form.value


def test_a_number_stays_within_its_bounds(form, qtbot):
    stepper = control(form, "rows")
    for _ in range(9):
        stepper.more.click()
    assert form.value.rows == 5
    assert not stepper.more.isEnabled()
    assert isinstance(form.value.rows, int)
    assert control(form, "span_s").spin.text().replace("\N{NO-BREAK SPACE}", " ") == "1.0 s"


def test_a_number_may_be_left_to_the_program(form, qtbot):
    entry = form.entries["stop_s"]
    assert isinstance(entry, AutomaticEntry)
    assert not entry.control.isVisible()
    qtbot.mouseClick(entry.automatic, Qt.MouseButton.LeftButton)
    assert form.value.stop_s == entry.begin
    assert entry.control.isVisible()
    qtbot.mouseClick(entry.automatic, Qt.MouseButton.LeftButton)
    assert form.value.stop_s is None


def test_a_text_that_cannot_be_is_said_and_not_taken(form, qtbot):
    entry = form.entries["name"]
    entry.control.setText("Not This")
    entry.control.editingFinished.emit()
    assert form.told == []
    assert entry.problem.isVisible()
    entry.control.setText("this")
    entry.control.editingFinished.emit()
    assert form.value.name == "this"
    assert not entry.problem.isVisible()


def test_showing_another_struct_tells_nobody(form):
    other = Settings(
        shown=False, unit="mph", rows=1, stop_s=3.0, name="x", sorts=frozenset(), corner="lower left corner"
    )
    form.show_value(other)
    assert form.told == []
    assert form.value == other
    shown = {name: entry.control.value for name, entry in form.entries.items()}
    assert (shown["shown"], shown["unit"], shown["rows"], shown["stop_s"]) == (False, "mph", 1, 3.0)
    assert (shown["name"], shown["sorts"], shown["corner"]) == ("x", (), other.corner)


def test_the_wheel_over_a_page_does_not_turn_what_lies_under_the_mouse(form, qtbot):
    for name in ("corner", "rows"):
        target = control(form, name) if name == "corner" else control(form, name).spin
        target.clearFocus()
        nothing = Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            nothing,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        target.wheelEvent(event)
        assert not event.isAccepted()
    assert form.told == []


def test_only_the_fields_that_are_asked_for_are_there(qtbot):
    made = Form(Settings(), only=("rows",))
    qtbot.addWidget(made)
    assert set(made.entries) == {"rows"}
