"""What a settings struct asks its driver: for every field the words and the kind of control, without any Qt.

`fields(StandingsSettings)` is the form of the standings; `form.py` draws it.
"""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
from msgspec import inspect

UNITS: Final = {  # the ending of a field's name is the unit of its value
    "s": "s",
    "m": "m",
    "c": "°C",
    "hz": "Hz",
    "deg": "°",
    "min": "min",
    "percent": "%",
}
AS_WRITTEN: Final = {"psi", "bar", "mph"}
AUTOMATIC: Final = "Automatic"
SPELT_OUT: Final = {"auto": AUTOMATIC, "rpm": "RPM"}


@dataclass(frozen=True, slots=True)
class Option:
    value: Any
    words: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Any of a few; `kind` makes the value out of those that are chosen, in the order of the options."""

    options: tuple[Option, ...]
    kind: type[tuple[Any, ...]] | type[frozenset[Any]] | type[list[Any]]


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds; `decimals` 0 is a whole one. `may_be_none` has a word for None beside it."""

    low: float
    high: float
    decimals: int
    unit: str = ""
    may_be_none: bool = False
    begin: float = 0.0  # what stands there when None is given up

    @property
    def step(self) -> float:
        """A step that takes the whole range in a bearable number of clicks."""
        if not self.decimals:
            return 5 if 100 < self.high - self.low <= 5000 else 1
        return 0.1 if self.high - self.low <= 20 else 1 if self.high - self.low <= 100 else 5


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; one that does not match `pattern` is not taken, and `says` tells why."""

    pattern: str | None = None
    may_be_none: bool = False
    says: str = "This cannot be used here."

    def problem(self, text: str) -> str | None:
        """What is wrong with a text; None where nothing is."""
        if self.pattern is None or re.search(self.pattern, text):
            return None
        return self.says


Control = Switch | Choice | Several | Number | Text


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    control: Control
    default: Any


class Unaskable(TypeError):
    """A field of a type that no control is for: the struct needs another type, or this module another case."""


def fields(struct: type[msgspec.Struct], words: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    """The fields of a struct in their order. `words` has better labels for some, by the field's name.

    Raises Unaskable.
    """
    told = inspect.type_info(struct)
    assert isinstance(told, inspect.StructType)
    empty = struct()
    hints = typing.get_type_hints(struct)
    made: list[Field] = []
    for field in told.fields:
        default = getattr(empty, field.name)
        control = _in_order(_control(field.name, field.type, default), _as_written(hints.get(field.name)))
        made.append(Field(field.name, (words or {}).get(field.name) or label(field.name), control, default))
    return tuple(made)


def label(name: str) -> str:
    """`speed_unit` is "Speed unit"; a unit at the end stands behind the value instead."""
    parts = name.split("_")
    if len(parts) > 1 and parts[-1] in UNITS:
        parts = parts[:-1]
    return sentence_case(" ".join(parts))


def sentence_case(words: str) -> str:
    """The first letter large; what is an abbreviation is written as such."""
    if words in AS_WRITTEN or "/" in words or words != words.lower():
        return words
    return SPELT_OUT.get(words) or words[:1].upper() + words[1:]


def unit(name: str) -> str:
    """The unit that a field's name ends with."""
    parts = name.split("_")
    return UNITS.get(parts[-1], "") if len(parts) > 1 else ""


def _control(name: str, kind: inspect.Type, default: Any) -> Control:
    match kind:
        case inspect.Metadata():
            return _control(name, kind.type, default)
        case inspect.UnionType():
            return _optional(name, kind, default)
        case inspect.BoolType():
            return Switch()
        case inspect.LiteralType() | inspect.EnumType():
            return Choice(_options(name, kind))
        case inspect.IntType() | inspect.FloatType():
            return _number(name, kind, default)
        case inspect.StrType():
            text = Text(kind.pattern)
            return dataclasses.replace(text, says=f"This cannot be used; “{default}” could be.") if default else text
        case inspect.FrozenSetType(item_type=inspect.LiteralType() | inspect.EnumType()):
            return Several(_options(name, kind.item_type), frozenset)
        case inspect.VarTupleType(item_type=inspect.LiteralType() | inspect.EnumType()):
            return Several(_options(name, kind.item_type), tuple)
        case inspect.ListType(item_type=inspect.LiteralType() | inspect.EnumType()):
            return Several(_options(name, kind.item_type), list)
    raise Unaskable(f"There is no control for the field {name}: {type(kind).__name__}")


def _optional(name: str, kind: inspect.UnionType, default: Any) -> Control:
    """A field that may be None besides one other type."""
    others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    if len(others) != 1 or len(others) == len(kind.types):
        raise Unaskable(f"There is no control for the field {name}: several types at once")
    control = _control(name, others[0], default)
    nothing = Option(None, AUTOMATIC)
    match control:
        case Switch():
            return Choice((nothing, Option(True, "Yes"), Option(False, "No")))
        case Choice(options):
            return Choice((nothing, *options))
        case Number():
            middle = round((control.low + control.high) / 2)
            begin = default if default is not None else min(max(middle, control.low), control.high)
            return Number(control.low, control.high, control.decimals, control.unit, may_be_none=True, begin=begin)
        case Text():
            return Text(control.pattern, may_be_none=True, says=control.says)
    raise Unaskable(f"There is no control for the field {name}: a choice of several that may be absent")


def _options(name: str, kind: inspect.Type) -> tuple[Option, ...]:
    if isinstance(kind, inspect.EnumType):
        return tuple(Option(member, option_words(name, member.value)) for member in kind.cls)
    assert isinstance(kind, inspect.LiteralType)
    return tuple(Option(value, option_words(name, value)) for value in kind.values)


def _as_written(hint: Any) -> tuple[Any, ...]:
    """The values of the Literal in a type in the order of the source, which the inspection does not keep."""
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)
    return next((found for part in typing.get_args(hint) if (found := _as_written(part))), ())


def _in_order(control: Control, values: tuple[Any, ...]) -> Control:
    if not values or not isinstance(control, Choice | Several):
        return control
    options = tuple(
        sorted(control.options, key=lambda option: values.index(option.value) if option.value in values else -1)
    )
    return Choice(options) if isinstance(control, Choice) else Several(options, control.kind)


def option_words(name: str, value: Any) -> str:
    """`own_best` is "Own best"; a number has the unit of its field."""
    if isinstance(value, int):
        return f"{value} {unit(name)}".rstrip()
    return sentence_case(str(value).replace("_", " "))


def _number(name: str, kind: inspect.IntType | inspect.FloatType, default: Any) -> Number:
    if kind.ge is None or kind.le is None:
        raise Unaskable(f"The field {name} needs a smallest and a largest value (ge, le)")
    decimals = 0 if isinstance(kind, inspect.IntType) or kind.le - kind.ge > 100 else 1
    begin = float(default) if default is not None else float(kind.ge)
    return Number(float(kind.ge), float(kind.le), decimals, unit(name), begin=begin)
