"""Teams as far as a widget needs them: to tell one from another."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEAMS = 64


@dataclass(frozen=True, slots=True)
class Team:
    """`number` counts the teams of a session in the order in which they were met, so that no two share one."""

    name: str
    number: int


class Teams:
    """The teams of a session. Those past `MAX_TEAMS` share the last number."""

    def __init__(self) -> None:
        self._met: dict[str, Team] = {}

    def of(self, name: str) -> Team:
        """The team of this name, met now or before."""
        known = self._met.get(name)
        if known is None:
            known = Team(name, min(len(self._met), MAX_TEAMS - 1))
            if len(self._met) < MAX_TEAMS:
                self._met[name] = known
        return known
