"""How many maps may this account have today? Pure.

A day begins at midnight UTC. What is counted are different maps: whoever asks for the same one again has it already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from contracts.tracks import MapAllowance, MapAllowanceUsedUp

MAPS_A_DAY: Final = 20  # whoever drives a championship on every track of a game is done in two days
UNLIMITED: Final = "maps.unlimited"


@dataclass(frozen=True, slots=True)
class Reader:
    """An account: what its licence brings, and the maps that it took on `day`."""

    is_unlimited: bool = False
    day: date | None = None
    taken: tuple[str, ...] = ()

    def take(self, name: str, now: datetime) -> Reader:
        """The account after it took the map of that name.

        Raises:
            MapAllowanceUsedUp: says when the next one may be had.
        """
        today = now.astimezone(UTC).date()
        taken = self.taken if self.day == today else ()
        if self.is_unlimited or name in taken:
            return self
        if len(taken) >= MAPS_A_DAY:
            wait = _renews_at(now) - now
            raise MapAllowanceUsedUp(
                f"{MAPS_A_DAY} new maps a day are free, and the next can be had after midnight UTC. Maps that are on"
                " this computer, and those of tracks that you sent a lap of, are not counted.",
                retry_after=int(wait.total_seconds()) + 1,
            )
        return replace(self, day=today, taken=(*taken, name))

    def allowance(self, now: datetime) -> MapAllowance:
        taken = self.taken if self.day == now.astimezone(UTC).date() else ()
        return MapAllowance(None if self.is_unlimited else MAPS_A_DAY - len(taken), _renews_at(now))


def _renews_at(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
