"""The conversation with Assetto Corsa Competizione's broadcasting, and what it has told so far.

The game speaks only to who has registered, and forgets whom it knew when it is started anew: who hears nothing for a
while has to register again. Names come by entry list, which has to be asked for.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.games.acc_messages import (
    MOST_CARS,
    Asked,
    CarUpdate,
    Entry,
    EntryList,
    Message,
    Registered,
    TrackData,
    Update,
    ask,
    ask_to_register,
)

OUR_NAME: Final = "RaceOverlay"
INTERVAL_MS: Final = 100
SILENCE_S: Final = 5.0
"""After this long without a word the connection is taken for lost."""

ASK_AGAIN_S: Final = 2.0
ASK_AGAIN_REFUSED_S: Final = 15.0

ROW: Final = np.dtype(
    [
        (name, "<f8")
        for name in (
            *("id", "driver", "x", "z", "yaw", "location", "kmh", "position", "lap_share", "laps"),
            *("best", "last", "current", "is_invalid", "heard_at"),
        )
    ]
    + [(name, "<f8", (3,)) for name in ("last_sectors", "current_sectors", "best_sectors")]
)
"""One car as broadcasting tells of it."""

Table = NDArray[np.void]


class Conversation:
    """When to say what."""

    def __init__(self, password: str) -> None:
        self._password = password
        self._connection: int | None = None
        self._was_refused = False
        self._heard_at = self._asked_at = self._track_asked_at = self._entries_asked_at = -math.inf
        self.wants_track = self.wants_entries = True

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    def due(self, at: float) -> tuple[bytes, ...]:
        if self._connection is None or at - self._heard_at > SILENCE_S:
            self._connection = None
            patience = ASK_AGAIN_REFUSED_S if self._was_refused else ASK_AGAIN_S
            if at - self._asked_at < patience:
                return ()
            self._asked_at = at
            return (ask_to_register(OUR_NAME, self._password, INTERVAL_MS),)
        questions: list[bytes] = []
        if self.wants_track and at - self._track_asked_at >= ASK_AGAIN_S:
            self._track_asked_at = at
            questions.append(ask(Asked.TRACK_DATA, self._connection))
        if self.wants_entries and at - self._entries_asked_at >= ASK_AGAIN_S:
            self._entries_asked_at = at
            questions.append(ask(Asked.ENTRY_LIST, self._connection))
        return tuple(questions)

    def hear(self, message: Message, at: float) -> None:
        self._heard_at = at
        if isinstance(message, Registered):
            self._was_refused = not message.accepted
            self._connection = message.connection if message.accepted else None
            self.wants_track = self.wants_entries = True


class Told:
    """What broadcasting has told of the cars, the session and the track."""

    def __init__(self) -> None:
        self.update: Update | None = None
        self.update_at = -math.inf
        self.track: TrackData | None = None
        self.entries: dict[int, Entry] = {}
        self.roster_changes = 0  # goes up whenever names may have changed
        self._cars: Table = np.zeros(MOST_CARS, ROW)
        self._row_of: dict[int, int] = {}
        self._table: Table | None = None

    def take(self, message: Message, at: float) -> None:
        match message:
            case Update():
                self.update, self.update_at = message, at
            case CarUpdate():
                self._take_car(message, at)
            case EntryList():
                self._keep_only(frozenset(message.car_ids))
            case Entry():
                if message.car_id in self.entries or len(self.entries) < MOST_CARS:
                    self.entries[message.car_id] = message
                    self.roster_changes += 1
            case TrackData():
                self.track = message
            case _:
                pass

    def knows_all(self) -> bool:
        """Whether the entry of every car that was heard of has come."""
        return self._row_of.keys() <= self.entries.keys()

    def forget_session(self) -> None:
        self._row_of.clear()
        self._table = None

    def table(self) -> Table:
        """All cars heard of, by rising id."""
        if self._table is None:
            self._table = self._cars[[self._row_of[car] for car in sorted(self._row_of)]]
        return self._table

    def _take_car(self, car: CarUpdate, at: float) -> None:
        row = self._row_of.get(car.car_id)
        best = (math.nan,) * 3
        if row is None:
            row = self._free_row()
            if row is None:
                return
            self._row_of[car.car_id] = row
            self.roster_changes += 1
        else:
            best = self._cars["best_sectors"][row].tolist()
            self.roster_changes += self._cars["driver"][row] != car.driver
        seen = zip(best, car.last.sectors_s, car.best.sectors_s, strict=True)
        self._cars[row] = (
            *(car.car_id, car.driver, car.x, car.z, car.yaw, car.location, car.kmh, car.position, car.lap_share),
            *(car.laps, car.best.time_s, car.last.time_s, car.current.time_s, car.current.is_invalid, at),
            *(car.last.sectors_s, car.current.sectors_s, tuple(_least(sectors) for sectors in seen)),
        )
        self._table = None

    def _free_row(self) -> int | None:
        taken = set(self._row_of.values())
        return next((row for row in range(MOST_CARS) if row not in taken), None)

    def _keep_only(self, car_ids: frozenset[int]) -> None:
        """Cars that are no longer entered have left."""
        self._row_of = {car: row for car, row in self._row_of.items() if car in car_ids}
        self.entries = {car: entry for car, entry in self.entries.items() if car in car_ids}
        self.roster_changes += 1
        self._table = None


def _least(times_s: tuple[float, ...]) -> float:
    return min((time_s for time_s in times_s if not math.isnan(time_s)), default=math.nan)
