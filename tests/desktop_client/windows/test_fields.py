"""What control a field gets, without any Qt."""

import enum
import subprocess
import sys
from typing import Annotated, Literal

import msgspec
import pytest

from desktop_client.overlay.widgets import WIDGETS
from desktop_client.windows.fields import Choice, Number, Option, Several, Switch, Text, Unaskable, fields
from desktop_client.windows.words import SITUATIONS, WORDS


class Sort(enum.StrEnum):
    LAST_LAP = "last_lap"
    GAP = "gap"


Percent = Annotated[int, msgspec.Meta(ge=5, le=100)]


class Everything(msgspec.Struct, frozen=True):
    shown: bool = True
    speed_unit: Literal["km/h", "mph"] = "km/h"
    sort: Sort = Sort.GAP
    horizon_min: Literal[60, 30] = 60
    span_s: Annotated[float, msgspec.Meta(ge=0.2, le=10)] = 1.0
    worn_percent: Percent = 75
    stop_s: Annotated[float, msgspec.Meta(ge=0, le=120)] | None = None
    refuelling: bool | None = None
    mode: Literal["follow", "whole"] | None = None
    name: Annotated[str, msgspec.Meta(pattern="^[a-z]*$")] = ""
    host: str | None = None
    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "MON"
    columns: tuple[Literal["tyre", "gap", "lap"], ...] = ("gap",)
    sorts: frozenset[Sort] = frozenset({Sort.GAP})


MADE = {field.name: field for field in fields(Everything)}


def words(name: str) -> list[str]:
    control = MADE[name].control
    assert isinstance(control, Choice | Several)
    return [option.words for option in control.options]


def test_a_bool_is_a_switch_and_one_that_may_be_none_has_a_third_answer():
    assert MADE["shown"].control == Switch()
    assert words("refuelling") == ["Automatic", "Yes", "No"]


def test_a_literal_or_an_enumeration_is_a_choice_in_the_order_of_the_source():
    assert words("speed_unit") == ["km/h", "mph"]
    assert words("horizon_min") == ["60 min", "30 min"]
    assert MADE["sort"].control == Choice((Option(Sort.LAST_LAP, "Last lap"), Option(Sort.GAP, "Gap")))
    assert words("mode") == ["Automatic", "Follow", "Whole"]


def test_a_number_has_its_bounds_its_unit_and_steps_that_get_somewhere():
    assert MADE["span_s"].control == Number(0.2, 10, 1, "s", begin=1.0)
    assert MADE["worn_percent"].control == Number(5, 100, 0, "%", begin=75)
    stop = MADE["stop_s"].control
    assert isinstance(stop, Number)
    assert (stop.may_be_none, stop.low <= stop.begin <= stop.high) == (True, True)
    for low, high, decimals, step in ((0.2, 10, 1, 0.1), (10, 50, 1, 1), (1, 60, 0, 1), (150, 3000, 0, 5)):
        assert Number(low, high, decimals).step == step


def test_a_text_says_what_is_wrong_with_it():
    control = MADE["name"].control
    assert isinstance(control, Text)
    assert control.problem("abc") is None
    assert control.problem("A 1") == "This cannot be used here."
    assert MADE["host"].control == Text(may_be_none=True)
    code = MADE["code"].control
    assert isinstance(code, Text)
    assert code.problem("Monaco") == "This cannot be used; “MON” could be."


def test_a_collection_of_words_is_a_list_of_ticks():
    assert words("columns") == ["Tyre", "Gap", "Lap"]
    several = MADE["sorts"].control
    assert isinstance(several, Several)
    assert several.kind((Sort.GAP,)) == frozenset({Sort.GAP})


def test_names_become_words_and_units_stand_behind_the_value():
    assert [MADE[name].label for name in ("speed_unit", "span_s", "worn_percent", "shown")] == [
        *("Speed unit", "Span", "Worn", "Shown"),
    ]
    assert fields(Everything, {"shown": "To be seen"})[0].label == "To be seen"


class Boundless(msgspec.Struct, frozen=True):
    rows: int = 3


class Nested(msgspec.Struct, frozen=True):
    inner: Everything = Everything()


class Mixed(msgspec.Struct, frozen=True):
    value: int | str = 3


@pytest.mark.parametrize("struct", [Boundless, Nested, Mixed])
def test_a_field_that_nobody_could_fill_in_is_refused(struct):
    with pytest.raises(Unaskable, match=struct.__struct_fields__[0]):
        fields(struct)


@pytest.mark.parametrize("key", WIDGETS)
def test_every_widget_has_a_form_and_words_only_for_fields_that_it_has(key):
    made = fields(WIDGETS[key].settings_type, WORDS.get(key))
    assert {field.name for field in made} >= set(WORDS.get(key, {}))
    labels = [field.label for field in made]
    assert len(set(labels)) == len(labels), "two fields cannot be told apart"
    for field in made:
        if isinstance(field.control, Choice):
            assert len({option.words for option in field.control.options}) == len(field.control.options)
            assert field.default in [option.value for option in field.control.options]


def test_every_situation_has_words():
    assert all(SITUATIONS.values())


def test_deciding_about_controls_needs_no_qt():
    code = "import sys, desktop_client.windows.fields; sys.exit(any('PyQt6' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
