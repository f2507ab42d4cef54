"""What the single bits of Automobilista 2's packed bytes mean.

The game's header names the values but not always the places. Where readers of the format disagree, a reading was
chosen that comes out right under each of theirs; the comments say how.
"""

from __future__ import annotations

import enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from desktop_client.telemetry.frame import Bools, CarStatus, Flag, Floats, Ints, PitStatus, SessionKind

Bytes = NDArray[np.uint8]

ACTIVE: Final = 0x80  # of a car's position
INDEX: Final = 0x7FFF  # of a car index: the top bit is set for people
TIMED: Final = 0x8000  # of the length of an event
NOT_STARTED: Final = 1  # of a car's race states
QUARTER_M: Final = 0.25


class GameState(enum.IntEnum):
    EXITED = 0
    FRONT_END = 1
    PLAYING = 2
    PAUSED = 3
    IN_MENU = 4  # with the clock running
    RESTARTING = 5
    REPLAY = 6
    FRONT_END_REPLAY = 7


class CarFlag(enum.IntFlag):
    SPEED_LIMITER = 8
    ABS = 16


class PitMode(enum.IntEnum):
    NONE = 0
    DRIVING_IN = 1
    IN_BOX = 2
    DRIVING_OUT = 3
    IN_GARAGE = 4
    OUT_OF_GARAGE = 5


KINDS: Final = (
    SessionKind.UNKNOWN,
    SessionKind.PRACTICE,
    SessionKind.PRACTICE,  # test
    SessionKind.QUALIFYING,
    SessionKind.RACE,  # its formation lap
    SessionKind.RACE,
    SessionKind.TIME_TRIAL,
    SessionKind.UNKNOWN,
)
FLAGS: Final = (
    frozenset[Flag](),
    frozenset({Flag.GREEN}),
    frozenset({Flag.BLUE}),
    frozenset({Flag.WHITE}),  # a slow car
    frozenset({Flag.WHITE}),  # the last lap
    frozenset({Flag.RED}),
    frozenset({Flag.YELLOW}),
    frozenset({Flag.DOUBLE_YELLOW}),
    frozenset({Flag.BLACK_WHITE}),
    frozenset({Flag.MEATBALL}),
    frozenset({Flag.BLACK}),
    frozenset({Flag.CHEQUERED}),
    *(frozenset[Flag](),) * 4,
)
STOP_WANTED: Final = frozenset({1, 2, 3, 4})  # by the driver, the engineer, for damage, by the rules
_PITS = np.array(
    [
        *(PitStatus.NONE, PitStatus.PIT_LANE, PitStatus.IN_BOX, PitStatus.PIT_LANE),
        *(PitStatus.IN_BOX, PitStatus.PIT_LANE, PitStatus.NONE, PitStatus.NONE),
    ],
    dtype=np.int32,
)
_STATUS = np.array(
    [
        *(CarStatus.RUNNING, CarStatus.RUNNING, CarStatus.RUNNING, CarStatus.FINISHED),
        *(CarStatus.DISQUALIFIED, CarStatus.RETIRED, CarStatus.RETIRED, CarStatus.RUNNING),
    ],
    dtype=np.int32,
)
_STATUS_IN_THE_PITS = np.tile(_STATUS[:, np.newaxis], 8)
"""(race state, pit mode) -> CarStatus"""
_STATUS_IN_THE_PITS[_STATUS == CarStatus.RUNNING, PitMode.IN_GARAGE] = CarStatus.GARAGE


def game_state(state: int) -> GameState:
    return GameState(state & 7)


def session_kind(state: int) -> SessionKind:
    """The session in the upper half of the byte, or right behind the three bits of the game's state.

    The first is how the game's own sample and CrewChief read it, the second what the header's comment says. In the
    first case bit 3 is never set; in the second it is, for practice, qualifying and race.
    """
    return KINDS[(state >> 3 if state & 8 else state >> 4) & 7]


def position(byte: Bytes) -> Ints:
    return (byte & 0x7F).astype(np.int32)


def sector(byte: Bytes) -> Ints:
    """0, 1, 2; -1 for what no sector is."""
    number = (byte & 3).astype(np.int32)
    number[number == 3] = -1
    return number


def place(whole: NDArray[np.int16], byte: Bytes) -> tuple[Floats, Floats]:
    """x and z in metres: the sector's byte has two bits more for each, as CrewChief reads them."""
    x = whole[:, 0] + (byte >> 6) * QUARTER_M
    z = whole[:, 2] + (byte >> 4 & 3) * QUARTER_M
    return x, z


def flags(byte: int) -> frozenset[Flag]:
    """The colour is in the lower half: it has twelve values. The reason is in the upper."""
    return FLAGS[byte & 15]


def pit_mode(byte: Bytes) -> Bytes:
    """Six values in the lower three bits, however many are left for it."""
    return np.bitwise_and(byte, np.uint8(7))


def pit_status(mode: Bytes) -> Ints:
    return _PITS[mode]


def stop_is_wanted(byte: int) -> bool:
    return byte >> 4 in STOP_WANTED


def car_status(race_state: Bytes, mode: Bytes) -> Ints:
    return _STATUS_IN_THE_PITS[race_state & 7, mode]


def waits_for_start(race_state: Bytes) -> Bools:
    return race_state & 7 == NOT_STARTED


def lap_is_valid(race_state: Bytes) -> Bools:
    """The states take three bits. CrewChief finds the mark of an invalid lap in the top one, others right behind."""
    return race_state & 0x88 == 0
