"""What iRacing's memory says of itself: which variables there are, where each stands, and of which type.

The list differs from car to car and from season to season, so one numpy dtype is made of the headers for each
connection. Layout and numbers are those of the simulator's published SDK header (irsdk_defines.h), compared with a
real dump of the memory and a real disk file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

VAR_HEADER: Final = np.dtype(
    [
        ("type", "<i4"),
        ("offset", "<i4"),
        ("count", "<i4"),
        ("count_as_time", "u1"),
        ("pad", "u1", (3,)),
        ("name", "S32"),
        ("description", "S64"),
        ("unit", "S32"),
    ]
)
TYPES: Final = ("S1", "u1", "<i4", "<u4", "<f4", "<f8")  # char, bool, int, bit field, float, double
MOST_VARIABLES: Final = 4096
LONGEST_BUFFER: Final = 1 << 20
CARS: Final = 64

FLOATS, WHOLE, BITS = "<f4 <f8", "<i4 u1", "<u4 <i4"
SCALARS: Final[dict[str, str]] = (
    dict.fromkeys(
        (
            *("SessionTime", "SessionTimeRemain", "Throttle", "Brake", "Clutch", "RPM", "SteeringWheelAngle"),
            *("SteeringWheelAngleMax", "PlayerCarSLFirstRPM", "PlayerCarSLLastRPM", "LapDistPct", "LapCurrentLapTime"),
            *(
                "LapLastLapTime",
                "LapBestLapTime",
                "Speed",
                "VelocityX",
                "VelocityY",
                "YawNorth",
                "Lat",
                "Lon",
                "Alt",
                "TrackTemp",
                "TrackTempCrew",
            ),
            *("AirTemp", "WindVel", "WindDir", "RelativeHumidity", "Precipitation", "LatAccel", "LongAccel"),
            *("FuelLevel", "FuelLevelPct", "WaterTemp", "OilTemp", "dcBrakeBias", "dcABS", "dcTractionControl"),
            "EnergyERSBatteryPct",
            *(f"{wheel}{what}" for wheel in ("LF", "RF", "LR", "RR") for what in ("tempCL", "tempCM", "tempCR")),
            *(f"{wheel}{what}" for wheel in ("LF", "RF", "LR", "RR") for what in ("wearL", "wearM", "wearR")),
        ),
        FLOATS,
    )
    | dict.fromkeys(
        (
            *("SessionTick", "SessionNum", "SessionState", "SessionUniqueID", "SessionLapsTotal", "PaceMode", "Gear"),
            *("Lap", "PlayerCarIdx", "PlayerTrackSurface", "PlayerCarPosition", "PlayerCarClassPosition", "Skies"),
            *("TrackWetness", "CarLeftRight", "DRS_Status", "P2P_Count", "P2P_Status", "PlayerTireCompound"),
            *("PlayerCarMyIncidentCount", "IsOnTrack", "IsInGarage", "IsReplayPlaying", "OnPitRoad", "BrakeABSactive"),
            "ReplayFrameNumEnd",
        ),
        WHOLE,
    )
    | dict.fromkeys(("SessionFlags", "EngineWarnings"), BITS)
)
ARRAYS: Final[dict[str, str]] = (
    dict.fromkeys(
        ("CarIdxLapDistPct", "CarIdxF2Time", "CarIdxLastLapTime", "CarIdxBestLapTime"),
        FLOATS,
    )
    | dict.fromkeys(
        (
            *("CarIdxLap", "CarIdxTrackSurface", "CarIdxPosition", "CarIdxClassPosition", "CarIdxOnPitRoad"),
            *("CarIdxTireCompound", "CarIdxP2P_Count"),
        ),
        WHOLE,
    )
    | {"CarIdxSessionFlags": BITS}
)


class BadLayout(Exception):
    """Variable headers that cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Two views of one buffer: the numbers that stand alone, and the arrays by car. Only what is wanted is in them."""

    scalars: np.dtype
    arrays: np.dtype
    size: int  # of a buffer


def layout_of(headers: bytes, size: int) -> Layout:
    """The dtypes of a buffer of `size` bytes. Raises BadLayout."""
    count, rest = divmod(len(headers), VAR_HEADER.itemsize)
    if rest or not 0 < count <= MOST_VARIABLES or not 0 < size <= LONGEST_BUFFER:
        raise BadLayout(f"{len(headers)} bytes of headers for a buffer of {size}")
    scalars: dict[str, tuple[str, int]] = {}
    arrays: dict[str, tuple[str, int]] = {}
    for type_, offset, length, _, _, raw_name, _, _ in np.frombuffer(headers, VAR_HEADER).tolist():
        if not 0 <= type_ < len(TYPES) or offset < 0 or length < 1:
            raise BadLayout(f"a variable of type {type_} at {offset}, {length} times")
        code = TYPES[type_]
        width = int(code[-1])
        if offset + width * length > size:
            raise BadLayout(f"a variable ends at {offset + width * length} of {size}")
        name = raw_name.decode("ascii", errors="replace")
        if code in SCALARS.get(name, "").split():
            # what is measured more often than sent comes as an array of samples, the newest last
            scalars[name] = (code, offset + width * (length - 1))
        elif code in ARRAYS.get(name, "").split() and length == CARS:
            arrays[name] = (code, offset)
    if "SessionTime" not in scalars:
        raise BadLayout("there is no SessionTime")
    return Layout(_view(scalars.items(), size), _view(arrays.items(), size, (CARS,)), size)


def _view(fields: Iterable[tuple[str, tuple[str, int]]], size: int, shape: tuple[int, ...] = ()) -> np.dtype:
    columns = list(fields)
    parts = {
        "names": [name for name, _ in columns],
        "formats": [np.dtype((code, shape)) for _, (code, _) in columns],
        "offsets": [offset for _, (_, offset) in columns],
        "itemsize": size,
    }
    return np.dtype(parts)  # pyright: ignore[reportCallIssue,reportArgumentType]
