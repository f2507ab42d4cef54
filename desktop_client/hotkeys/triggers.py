"""What a trigger of the settings means, and when holding it down counts as one press."""

from __future__ import annotations

import enum
from collections.abc import Hashable
from typing import Final, NamedTuple

SAME_PRESS_MS: Final = 25  # a contact bounces, and a held key repeats: no finger lets go and presses again so fast


class Modifier(enum.StrEnum):
    """The names are those of the settings."""

    CTRL = "Ctrl"
    ALT = "Alt"
    SHIFT = "Shift"
    META = "Meta"


class Chord(NamedTuple):
    """A key with what is held beside it. `key` is `A` to `Z`, `0` to `9`, `F1` to `F24`, `Home`, `PageUp` and so on."""

    modifiers: frozenset[Modifier]
    key: str

    def __str__(self) -> str:
        return "+".join([*(modifier for modifier in Modifier if modifier in self.modifiers), self.key])


class Button(NamedTuple):
    """A button of a wheel, a box or a pad; both numbers begin with 0."""

    controller: int
    number: int

    @property
    def words(self) -> str:
        """As a driver counts: from 1."""
        return f"Controller {self.controller + 1}, button {self.number + 1}"

    def __str__(self) -> str:
        return f"joy:{self.controller}:{self.number}"


def parse(trigger: str) -> Chord | Button | None:
    """What a `Trigger` (overlay/hotkeys.py) means; None for the empty one.

    Raises ValueError for what the settings do not let through either.
    """
    if not trigger:
        return None
    if trigger.startswith("joy:"):
        _, controller, number = trigger.split(":")
        return Button(int(controller), int(number))
    *modifiers, key = trigger.split("+")
    return Chord(frozenset(Modifier(modifier) for modifier in modifiers), key)


class Presses:
    """Tells a press from the repetitions of a held key and from the bouncing of a contact."""

    def __init__(self) -> None:
        self._held: set[Hashable] = set()
        self._released_at: dict[Hashable, float] = {}

    def down(self, what: Hashable, at_ms: float) -> bool:
        """Whether this is a press of its own. `at_ms` is the time of any one steady clock."""
        is_new = what not in self._held and at_ms - self._released_at.get(what, -SAME_PRESS_MS) >= SAME_PRESS_MS
        self._held.add(what)
        return is_new

    def up(self, what: Hashable, at_ms: float) -> None:
        self._held.discard(what)
        self._released_at[what] = at_ms

    def forget(self) -> None:
        """Nothing is held any more: whoever would have said so is gone."""
        self._held.clear()
        self._released_at.clear()
