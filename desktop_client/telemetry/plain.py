"""A frame as plain values, for printing and for other programs."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import msgspec
import numpy as np

from desktop_client.telemetry.frame import Cars, Frame
from desktop_client.telemetry.source import Health

_COLUMNS = tuple(column.name for column in fields(Cars))


def plain_frame(frame: Frame) -> dict[str, Any]:
    """All fields of a frame; the cars as a list of objects. A float that the game does not say is NaN."""
    columns = (getattr(frame.cars, name) for name in _COLUMNS)
    rows = zip(*(c.tolist() if isinstance(c, np.ndarray) else c for c in columns), strict=True)
    return {
        "at": frame.at,
        "session_time_s": frame.session_time_s,
        "session": asdict(frame.session),
        "player": asdict(frame.player) if frame.player else None,
        "player_row": frame.player_row,
        "capabilities": sorted(frame.capabilities),
        "cars": [dict(zip(_COLUMNS, row, strict=True)) for row in rows],
    }


def frame_as_json(frame: Frame) -> bytes:
    """All fields of a frame in one line; what is not a number is null."""
    return msgspec.json.encode(plain_frame(frame), enc_hook=_plain_scalar)


def _plain_scalar(value: object) -> object:
    if isinstance(value, np.generic):  # a scalar out of a column, where an adapter left it as it was
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def plain_health(health: Health) -> dict[str, Any]:
    """The adapter's account of what it saw."""
    return {**asdict(health), "refused": dict(health.refused)}
