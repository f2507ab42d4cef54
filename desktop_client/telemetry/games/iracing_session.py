"""What iRacing's text says of the weekend: the track, its sessions, and who drives what in which class."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import SECTORS, CarStatus, Ints, SessionKind
from desktop_client.telemetry.games.iracing_layout import CARS
from desktop_client.telemetry.games.iracing_yaml import (
    ENCODING,
    Node,
    branch,
    items,
    number,
    read,
    sections,
    text,
    whole,
)

KMH: Final = 1 / 3.6  # m/s
WANTED: Final = ("WeekendInfo", "SessionInfo", "DriverInfo", "SplitTimeInfo")
STILL_RUNNING: Final = "Running"
LETTERS: Final = {"soft": "S", "medium": "M", "hard": "H", "intermediate": "I", "wet": "W"}
LONGEST_TRACK_M: Final = 100_000.0
MOST_LITRES: Final = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Everybody entered, pace car and spectators left out, as columns of one length."""

    slot: Ints
    name: tuple[str, ...]
    number: Ints
    team: tuple[str, ...]
    car: tuple[str, ...]
    class_name: tuple[str, ...]
    licence: tuple[str, ...]
    rating: Ints
    same_car: tuple[bool, ...]  # whether it is the model that the driver has


@dataclass(frozen=True, slots=True)
class OwnCar:
    """What the driver's car is built like; None where the text does not say."""

    slot: int
    is_spectator: bool
    is_electric: bool
    idle_rpm: float | None
    max_rpm: float | None
    fuel_l: float | None  # that this session allows
    tyres: tuple[str, ...]  # the letter of each compound, "" where it has none


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One session of the weekend."""

    kind: SessionKind
    out: dict[int, CarStatus] = field(default_factory=dict[int, CarStatus])  # by car, of who is out of it for good


@dataclass(frozen=True, slots=True, eq=False)
class Description:
    """One text. Two of them are the same only if they are one."""

    identity: str
    track_id: str | None
    track_name: str | None
    layout_name: str | None
    length_m: float | None
    latitude_rad: float | None
    longitude_rad: float | None
    pit_limit_mps: float | None
    incident_limit: int | None
    sector_starts_m: tuple[float, ...]
    stages: dict[int, Stage]
    field: Field
    own: OwnCar


class Describer:
    """Reads one text after the other. Most of a text is as before, and only what changed is read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, dict[str, Node]]] = {}

    def describe(self, raw: bytes) -> Description:
        """Never raises: what a text lacks is not known."""
        found = sections(raw.decode(ENCODING, errors="replace"))
        weekend, sessions, drivers, splits = (self._section(name, found.get(name, "")) for name in WANTED)
        length_m = _within(number(weekend.get("TrackLength")), 0.01, LONGEST_TRACK_M / 1000)
        length_m = None if length_m is None else length_m * 1000
        name = ", ".join(filter(None, (text(weekend.get("TrackDisplayName")), text(weekend.get("TrackConfigName")))))
        limit = number(weekend.get("TrackPitSpeedLimit"))
        return Description(
            identity="-".join(text(weekend.get(key)) or "0" for key in ("SubSessionID", "SessionID", "TrackID")),
            track_id=text(weekend.get("TrackID")) or None,
            track_name=name or None,
            layout_name=text(weekend.get("TrackConfigName")) or None,
            length_m=length_m,
            latitude_rad=_radians(number(weekend.get("TrackLatitude")), 90),
            longitude_rad=_radians(number(weekend.get("TrackLongitude")), 180),
            pit_limit_mps=limit * KMH if limit is not None and 0 < limit < 500 else None,
            incident_limit=_positive(whole(branch(weekend, "WeekendOptions").get("IncidentLimit"))),
            sector_starts_m=_sector_starts(splits, length_m),
            stages={whole(stage.get("SessionNum")): _stage(stage) for stage in items(sessions.get("Sessions"))},
            field=_field(drivers, is_team_race=text(weekend.get("TeamRacing")) == "1"),
            own=_own_car(drivers),
        )

    def _section(self, name: str, body: str) -> dict[str, Node]:
        known = self._known.get(name)
        if known is None or known[0] != body:
            known = self._known[name] = (body, read(body))
        return known[1]


def kind_of(session_type: str) -> SessionKind:
    said = session_type.lower()
    for word, kind in (
        ("race", SessionKind.RACE),
        ("qual", SessionKind.QUALIFYING),
        ("time trial", SessionKind.TIME_TRIAL),
        ("practice", SessionKind.PRACTICE),
        ("testing", SessionKind.PRACTICE),
        ("warmup", SessionKind.PRACTICE),
    ):
        if word in said:
            return kind
    return SessionKind.UNKNOWN


def _stage(stage: dict[str, Node]) -> Stage:
    out: dict[int, CarStatus] = {}
    for result in items(stage.get("ResultsPositions")):
        reason = text(result.get("ReasonOutStr"))
        if reason not in ("", STILL_RUNNING):
            is_disqualified = reason.lower().startswith("disq")
            out[whole(result.get("CarIdx"))] = CarStatus.DISQUALIFIED if is_disqualified else CarStatus.RETIRED
    return Stage(kind_of(text(stage.get("SessionType"))), out)


def _field(drivers: dict[str, Node], *, is_team_race: bool) -> Field:
    entered = [
        driver
        for driver in items(drivers.get("Drivers"))
        if 0 <= whole(driver.get("CarIdx")) < CARS
        and text(driver.get("CarIsPaceCar")) != "1"
        and text(driver.get("IsSpectator")) != "1"
    ]
    by_slot = {whole(driver.get("CarIdx")): driver for driver in entered}  # the last word on a slot counts
    entered = [by_slot[slot] for slot in sorted(by_slot)]
    own_slot = whole(drivers.get("DriverCarIdx"))
    own_model = next((text(driver.get("CarID")) for driver in entered if whole(driver.get("CarIdx")) == own_slot), "")

    def column(key: str) -> tuple[str, ...]:
        return tuple(text(driver.get(key)) for driver in entered)

    classes = column("CarClassShortName")
    has_classes = len(set(column("CarClassID"))) > 1
    return Field(
        slot=_ints([whole(driver.get("CarIdx")) for driver in entered]),
        name=column("UserName"),
        number=_ints([whole(driver.get("CarNumber")) for driver in entered]),
        team=column("TeamName") if is_team_race else ("",) * len(entered),
        car=column("CarScreenName"),
        class_name=classes if has_classes else ("",) * len(entered),
        licence=column("LicString"),
        rating=_ints([rating if (rating := whole(driver.get("IRating"))) > 0 else -1 for driver in entered]),
        same_car=tuple(model == own_model != "" for model in column("CarID")),
    )


def _own_car(drivers: dict[str, Node]) -> OwnCar:
    slot = whole(drivers.get("DriverCarIdx"))
    own = next((driver for driver in items(drivers.get("Drivers")) if whole(driver.get("CarIdx")) == slot), {})
    tank = _within(number(drivers.get("DriverCarFuelMaxLtr")), 0.1, MOST_LITRES)
    share = _within(number(drivers.get("DriverCarMaxFuelPct")), 0.001, 1)
    compounds = [text(tyre.get("TireCompoundType")) for tyre in items(drivers.get("DriverTires"))]
    return OwnCar(
        slot=slot,
        is_spectator=text(own.get("IsSpectator")) == "1",
        is_electric=text(drivers.get("DriverCarIsElectric")) == "1",
        idle_rpm=_within(number(drivers.get("DriverCarIdleRPM")), 1, 30_000),
        max_rpm=_within(number(drivers.get("DriverCarRedLine")), 1, 30_000),
        fuel_l=None if tank is None else tank * (share or 1.0),
        tyres=tuple(LETTERS.get(compound.lower(), "") for compound in compounds),
    )


def _sector_starts(splits: dict[str, Node], length_m: float | None) -> tuple[float, ...]:
    """Only where the track has as many sectors as a frame can tell of: many have five or seven."""
    shares = [number(sector.get("SectorStartPct")) for sector in items(splits.get("Sectors"))]
    if length_m is None or len(shares) != SECTORS:
        return ()
    starts = tuple(share * length_m for share in shares if share is not None and 0 < share < 1)
    return starts if len(starts) == SECTORS - 1 and starts[0] < starts[1] else ()


def _ints(values: list[int]) -> Ints:
    column = np.array(values, dtype=np.int32)
    column.setflags(write=False)
    return column


def _within(value: float | None, low: float, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _radians(degrees: float | None, most: float) -> float | None:
    within = _within(degrees, -most, most)
    return None if within is None else math.radians(within)


def _positive(value: int) -> int | None:
    return value if value > 0 else None
