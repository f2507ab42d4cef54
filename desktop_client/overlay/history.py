"""Undo and redo: what was, and what was taken back."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

MOST_STEPS = 100

State = TypeVar("State")


class History(Generic[State]):
    """Remembers the last `MOST_STEPS` states before the present one."""

    def __init__(self, present: State) -> None:
        self.present = present
        self._past: deque[State] = deque(maxlen=MOST_STEPS)
        self._future: list[State] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def go_to(self, state: State) -> None:
        """Make a change; what had been taken back is forgotten. An equal state is no change."""
        if state == self.present:
            return
        self._past.append(self.present)
        self._future.clear()
        self.present = state

    def undo(self) -> State:
        """The state before, now the present one; the present one where there is none before."""
        if self._past:
            self._future.append(self.present)
            self.present = self._past.pop()
        return self.present

    def redo(self) -> State:
        """The state that was taken back last; the present one where there is none."""
        if self._future:
            self._past.append(self.present)
            self.present = self._future.pop()
        return self.present
