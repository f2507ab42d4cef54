"""What can happen in a race, once each; the broadcaster knows which of it the game tells about."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    SESSION_STARTED = enum.auto()
    LIGHT = enum.auto()  # value: how many of the five red lights burn
    LIGHTS_OUT = enum.auto()
    LAP_COMPLETED = enum.auto()  # value: lap time in seconds
    FASTEST_LAP = enum.auto()  # value: lap time in seconds
    LAP_INVALIDATED = enum.auto()
    PENALTY = enum.auto()  # value: seconds
    RETIRED = enum.auto()
    OVERTAKE = enum.auto()  # other: the row that was overtaken
    CHEQUERED_FLAG = enum.auto()
    RACE_WON = enum.auto()
    SESSION_ENDED = enum.auto()


@dataclass(frozen=True, slots=True)
class Event:
    kind: Kind
    row: int = -1  # the car it is about
    value: float = 0.0
    other: int = -1
