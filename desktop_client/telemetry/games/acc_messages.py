"""The messages of Assetto Corsa Competizione's broadcasting protocol, version 4, for reading and for asking.

Fields after Kunos' published C# client, as EgilSandfeld/accsharedmemory and Race Element carry it on. Everything is
little endian and packed; a text is its length in two bytes and then UTF-8. Times are milliseconds, 2^31 - 1 for none.
"""

from __future__ import annotations

import enum
import math
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

VERSION: Final = 4
NO_TIME_MS: Final = 2**31 - 1
LONGEST_MS: Final = 86_400_000
MOST_CARS: Final = 256


class Asked(enum.IntEnum):
    """What a client says."""

    REGISTER = 1
    UNREGISTER = 9
    ENTRY_LIST = 10
    TRACK_DATA = 11


class Told(enum.IntEnum):
    """What the game says."""

    REGISTERED = 1
    UPDATE = 2
    CAR_UPDATE = 3
    ENTRY_LIST = 4
    TRACK_DATA = 5
    ENTRY = 6
    EVENT = 7


class Malformed(Exception):
    """A message that ends before it should, or says what cannot be; the text is what is wrong."""


class Registered(NamedTuple):
    connection: int
    accepted: bool
    error: str


class Update(NamedTuple):
    """What holds for all cars."""

    event: int
    session: int
    kind: int  # 0 practice, 4 qualifying, 9 superpole, 10 race, 11 hot lap, 12 hot stint, 13 superpole, 14 replay
    phase: int  # 3 formation lap, 5 session, 6 over
    time_ms: float
    end_ms: float
    focused_car: int
    is_replay: bool
    air_c: int
    track_c: int
    clouds: float  # 0..1, as are the next two
    rain: float
    wetness: float


class EntryList(NamedTuple):
    car_ids: tuple[int, ...]


class Entry(NamedTuple):
    car_id: int
    model: int
    team: str
    number: int
    current_driver: int
    drivers: tuple[str, ...]


class TrackData(NamedTuple):
    name: str
    length_m: int


class Event(NamedTuple):
    kind: int
    car_id: int


@dataclass(frozen=True, slots=True)
class Lap:
    time_s: float
    sectors_s: tuple[float, float, float]
    is_invalid: bool


class CarUpdate(NamedTuple):
    car_id: int
    driver: int
    gear: int  # -1 reverse, 0 neutral
    x: float
    z: float  # the game calls it y: it is the second axis of the ground, the third of shared memory
    yaw: float
    location: int  # 1 track, 2 pit lane, 3 pit entry, 4 pit exit
    kmh: int
    position: int
    lap_share: float
    laps: int
    best: Lap
    last: Lap
    current: Lap


Message = Registered | Update | CarUpdate | EntryList | Entry | TrackData | Event

_CAR: Final = struct.Struct("<HHBBfffBHHHHfHi")
_LAP: Final = struct.Struct("<iHHB")
_UPDATE: Final = struct.Struct("<HHBBffi")
_CLIMATE: Final = struct.Struct("<f5B")
_ENTRY: Final = struct.Struct("<iBBH")


class _Cursor:
    """Reads on through a message. Raises Malformed where it ends too soon."""

    def __init__(self, message: bytes) -> None:
        self._message, self._at = message, 1

    def take(self, layout: struct.Struct) -> tuple[int | float, ...]:
        try:
            values = layout.unpack_from(self._message, self._at)
        except struct.error:
            raise Malformed(f"it ends after {len(self._message)} bytes") from None
        self._at += layout.size
        return values

    def byte(self) -> int:
        return int(self.take(_BYTE)[0])

    def text(self) -> str:
        (length,) = self.take(_SHORT)
        end = self._at + int(length)
        if end > len(self._message):
            raise Malformed(f"a text of {length} bytes does not fit into it")
        raw, self._at = self._message[self._at : end], end
        return raw.decode("utf-8", errors="ignore")  # the game breaks up what it cannot write, like emoji

    def lap(self) -> Lap:
        time_ms, _, _, split_count = self.take(_LAP)
        splits = self.take(_SPLITS[int(split_count)])
        is_invalid, _, _, _ = self.take(_FLAGS)
        first, second, third, *_ = (*(_seconds(split) for split in splits), *(math.nan,) * 3)
        return Lap(_seconds(time_ms), (first, second, third), is_invalid != 0)


_BYTE: Final = struct.Struct("<B")
_SHORT: Final = struct.Struct("<H")
_INT: Final = struct.Struct("<i")
_FLAGS: Final = struct.Struct("<4B")
_SPLITS: Final = tuple(struct.Struct(f"<{count}i") for count in range(256))
_TRACK: Final = struct.Struct("<ii")
_EVENT: Final = struct.Struct("<ii")


def read(message: bytes) -> Message:
    """One datagram of the game. Raises Malformed, also for a kind of message that the protocol does not have."""
    if not message:
        raise Malformed("it is empty")
    cursor = _Cursor(message)
    match message[0]:
        case Told.REGISTERED:
            (connection,) = cursor.take(_INT)
            accepted = cursor.byte() > 0
            cursor.byte()
            return Registered(int(connection), accepted, cursor.text())
        case Told.UPDATE:
            return _update(cursor)
        case Told.CAR_UPDATE:
            return _car_update(cursor)
        case Told.ENTRY_LIST:
            cursor.take(_INT)
            (count,) = cursor.take(_SHORT)
            if count > MOST_CARS:
                raise Malformed(f"it lists {count} cars")
            return EntryList(tuple(int(car) for car in cursor.take(struct.Struct(f"<{int(count)}H"))))
        case Told.TRACK_DATA:
            cursor.take(_INT)
            name = cursor.text()
            _, length = cursor.take(_TRACK)
            return TrackData(name, int(length))  # cameras and pages of the game's own display follow
        case Told.ENTRY:
            return _entry(cursor)
        case Told.EVENT:
            kind = cursor.byte()
            cursor.text()
            _, car = cursor.take(_EVENT)
            return Event(kind, int(car))
        case other:
            raise Malformed(f"there is no message {other}")


def _update(cursor: _Cursor) -> Update:
    event, session, kind, phase, time_ms, end_ms, focused = cursor.take(_UPDATE)
    for _ in ("camera set", "camera", "page of the display"):
        cursor.text()
    is_replay = cursor.byte() > 0
    if is_replay:
        cursor.take(_REPLAY)
    _, air, track, clouds, rain, wetness = cursor.take(_CLIMATE)
    cursor.lap()
    return Update(
        event=int(event),
        session=int(session),
        kind=int(kind),
        phase=int(phase),
        time_ms=time_ms,
        end_ms=end_ms,
        focused_car=int(focused),
        is_replay=is_replay,
        air_c=int(air),
        track_c=int(track),
        clouds=min(clouds / 10, 1.0),
        rain=min(rain / 10, 1.0),
        wetness=min(wetness / 10, 1.0),
    )


_REPLAY: Final = struct.Struct("<ff")


def _car_update(cursor: _Cursor) -> CarUpdate:
    car, driver, _, gear, x, z, yaw, location, kmh, position, _, _, share, laps, _ = cursor.take(_CAR)
    return CarUpdate(
        car_id=int(car),
        driver=int(driver),
        gear=int(gear) - 2,
        x=x,
        z=z,
        yaw=yaw,
        location=int(location),
        kmh=int(kmh),
        position=int(position),
        lap_share=share,
        laps=int(laps),
        best=cursor.lap(),
        last=cursor.lap(),
        current=cursor.lap(),
    )


def _entry(cursor: _Cursor) -> Entry:
    (car,) = cursor.take(_SHORT)
    model, team = cursor.byte(), cursor.text()
    number, _, current_driver, _ = cursor.take(_ENTRY)
    drivers: list[str] = []
    for _ in range(cursor.byte()):
        first, surname = cursor.text(), cursor.text()
        cursor.text()  # three letters
        cursor.byte()  # category
        cursor.take(_SHORT)  # nationality
        drivers.append(f"{first} {surname}".strip())
    return Entry(int(car), model, team, int(number), int(current_driver), tuple(drivers))


def _seconds(milliseconds: int | float) -> float:
    return milliseconds / 1000 if 0 < milliseconds <= LONGEST_MS else math.nan


def ask_to_register(name: str, password: str, interval_ms: int) -> bytes:
    """Asks the game to send us an update every so many milliseconds; we do not ask to command it."""
    head = struct.pack("<BB", Asked.REGISTER, VERSION)
    return head + write_text(name) + write_text(password) + struct.pack("<i", interval_ms) + write_text("")


def ask(what: Asked, connection: int) -> bytes:
    return struct.pack("<Bi", what, connection)


def write_entry(entry: Entry) -> bytes:
    """An entry as the game sends it; the first word of a name is the first name."""
    head = struct.pack("<BHB", Told.ENTRY, entry.car_id, entry.model) + write_text(entry.team)
    drivers = b""
    for name in entry.drivers:
        first, _, surname = name.partition(" ")
        drivers += write_text(first) + write_text(surname) + write_text(surname[:3].upper()) + struct.pack("<BH", 0, 0)
    return head + struct.pack("<iBBHB", entry.number, 0, entry.current_driver, 0, len(entry.drivers)) + drivers


def write_text(text: str) -> bytes:
    encoded = text.encode("utf-8")
    return struct.pack("<H", len(encoded)) + encoded
