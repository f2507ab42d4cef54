"""What is made of a game's bytes and used again as long as those bytes are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Something that is made anew only when what it is made of has changed."""

    def __init__(self) -> None:
        self._made: tuple[object, T] | None = None

    def of(self, key: object, make: Callable[[], T]) -> T:
        """What was made of this `key`; `make` makes it if the last key was another."""
        made = make() if self._made is None or self._made[0] != key else self._made[1]
        self._made = (key, made)  # an equal key too: the next look at the same one is then over at once
        return made
