"""Nothing is taken away from a driver in the middle of a session: what was heard meanwhile holds when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from desktop_client.licence_state import LicenceState, loses

STILL_DRIVING_S: Final = 600.0  # a pause in a menu is no end of a session
HELD_AT_MOST_S: Final = 24 * 3600.0  # the longest race there is


class MidSession:
    def __init__(self, clock: Callable[[], datetime], ticks: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells the time of day, `ticks` counts seconds."""
        self._clock, self._ticks = clock, ticks
        self._session: object = None
        self._began: datetime | None = None
        self._last_frame = 0.0
        self._may_hold = True
        self._held: LicenceState | None = None
        self._held_since = 0.0

    def drive(self, session: object) -> bool:
        """Say at each frame which session is driven; True when it is another one than before."""
        self._last_frame = self._ticks()
        if session == self._session:
            return False
        self._session, self._began, self._may_hold = session, self._clock(), True
        return True

    def begins_anew(self) -> None:
        """What the session before was allowed to the end is nothing that this one has."""
        self._may_hold = False

    @property
    def since(self) -> datetime | None:
        """When the session began that is driven now; None while none is."""
        is_driving = self._session is not None and self._ticks() - self._last_frame < STILL_DRIVING_S
        return self._began if is_driving else None

    @property
    def is_holding(self) -> bool:
        return self._held is not None

    def holds_back(self, before: LicenceState, after: LicenceState) -> bool:
        """Whether `before` goes on for now. `after` is kept, and `release` gives it."""
        is_lost = loses(before, after)
        if self.since is None or not self._may_hold or not is_lost:
            self._held, self._may_hold = None, self._may_hold or not is_lost
            return False
        if self._held is None:
            self._held_since = self._ticks()
        self._held = after
        if self._ticks() - self._held_since < HELD_AT_MOST_S:
            return True
        self._held = None
        return False

    def release(self) -> LicenceState | None:
        """What was held back, now that the session is over; None if nothing was."""
        held, self._held = self._held, None
        return held
