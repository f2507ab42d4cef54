"""The text in which iRacing would describe a frame's session: nearly YAML, in the code page of Windows."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_client.telemetry.frame import Frame, SessionKind
from desktop_client.telemetry.games.iracing_yaml import ENCODING

PACE_CAR = 63
TYPES = {
    SessionKind.RACE: "Race",
    SessionKind.QUALIFYING: "Lone Qualify",
    SessionKind.PRACTICE: "Practice",
    SessionKind.TIME_TRIAL: "Time Trial",
    SessionKind.UNKNOWN: "",
}


def describe(frame: Frame) -> bytes:
    return "\n".join(_lines(frame)).encode(ENCODING, errors="replace") + b"\n"


def _lines(frame: Frame) -> Iterator[str]:
    session, player, cars = frame.session, frame.player, frame.cars
    yield from ("---", "WeekendInfo:", f" TrackName: {session.track_name or ''}")
    yield f" TrackID: {session.track_id or ''}"
    yield f" TrackLength: {(session.track_length_m or 0) / 1000:.4f} km"
    yield f" TrackDisplayName: {session.track_name or ''}"
    yield from (" TrackConfigName: ", " TrackLatitude: 45.000000 m", " TrackLongitude: 9.000000 m")
    if session.pit_limit_mps is not None:
        yield f" TrackPitSpeedLimit: {session.pit_limit_mps * 3.6:.2f} kph"
    yield from (" SessionID: 1", f" SubSessionID: {sum(session.uid.encode())}")
    yield f" TeamRacing: {int(any(cars.team))}"
    limit = None if player is None else player.incident_limit
    yield from (" WeekendOptions:", f"  IncidentLimit: {'unlimited' if limit is None else limit}")
    yield from ("", "SessionInfo:", " Sessions:", " - SessionNum: 0", f"   SessionType: {TYPES[session.kind]}")
    yield from ("   ResultsPositions: ", "", "DriverInfo:")
    own = -1 if frame.player_row is None else int(cars.slot[frame.player_row])
    yield f" DriverCarIdx: {own}"
    if player is not None:
        yield f" DriverCarIdleRPM: {player.idle_rpm or 0:.3f}"
        yield f" DriverCarRedLine: {player.max_rpm or 0:.3f}"
        yield f" DriverCarFuelMaxLtr: {(player.fuel.capacity if player.fuel else None) or 0:.3f}"
        yield " DriverCarMaxFuelPct: 1.000"
    yield from (" Drivers:", *_driver(PACE_CAR, "Pace Car", "0", is_pace_car=True))
    classes = sorted(set(cars.class_name))
    for row, slot in enumerate(cars.slot.tolist()):
        yield from _driver(slot, cars.name[row], str(max(int(cars.number[row]), 0)))
        yield f"   TeamName: {cars.team[row]}"
        yield f"   CarScreenName: {cars.car[row]}"
        yield f"   CarClassID: {classes.index(cars.class_name[row])}"
        yield f"   CarClassShortName: {cars.class_name[row]}"
        yield f"   IRating: {cars.rating[row]}"
        yield f"   LicString: {cars.licence[row]}"
    starts = (0.0, *(start / (session.track_length_m or 1.0) for start in session.sector_starts_m))
    yield from ("", "SplitTimeInfo:", " Sectors:")
    for number, share in enumerate(starts):
        yield from (f" - SectorNum: {number}", f"   SectorStartPct: {share:.6f}")


def _driver(slot: int, name: str, number: str, *, is_pace_car: bool = False) -> Iterator[str]:
    yield f" - CarIdx: {slot}"
    yield f"   UserName: {name}"
    yield f'   CarNumber: "{number}"'
    yield from (f"   CarIsPaceCar: {int(is_pace_car)}", "   IsSpectator: 0")
