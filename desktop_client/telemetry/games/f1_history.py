"""What the lap histories say of every car: its best lap, and the sectors of its last lap and its best ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import SECTORS, Floats
from desktop_client.telemetry.games.f1_fields import HISTORY_LAPS
from desktop_client.telemetry.games.f1_wire import HEADER, Packet

BEST_OF_SECTOR: Final = tuple(f"best_sector{number}_lap_number" for number in range(1, SECTORS + 1))

LONGEST_LAP_S: Final = 86_400.0


class Histories:
    """Columns by slot. The game sends one car's history after the other, most often unchanged since the last time."""

    def __init__(self, slots: int) -> None:
        self.best_lap_s: Floats = np.full(slots, np.nan)
        self.last_sector_s: Floats = np.full((slots, SECTORS), np.nan)
        self.best_sector_s: Floats = np.full((slots, SECTORS), np.nan)
        self._bodies = [b""] * slots

    def note(self, history: Packet, datagram: bytes) -> None:
        """Take one car's history out of `datagram`, seen as `history`; impossible cars and laps are left alone."""
        car = int(history["car_index"])
        body = datagram[HEADER.itemsize :]
        if car >= len(self._bodies) or body == self._bodies[car]:
            return
        self._bodies[car] = body
        best = [_sectors_s(history, int(history[number]))[sector] for sector, number in enumerate(BEST_OF_SECTOR)]
        self.best_lap_s = _with(self.best_lap_s, car, _lap_s(history, int(history["best_lap_lap_number"])))
        self.last_sector_s = _with(self.last_sector_s, car, _sectors_s(history, int(history["lap_count"]) - 1))
        self.best_sector_s = _with(self.best_sector_s, car, best)


def _with(column: Floats, car: int, value: float | Sequence[float]) -> Floats:
    """A new column with one car's `value` changed: frames hold on to the old one."""
    changed = column.copy()
    changed[car] = value
    changed.setflags(write=False)
    return changed


def _lap_s(history: Packet, number: int) -> float:
    """The time of lap `number`, 1 = first; not-a-number where there is none yet."""
    if not 0 < number <= HISTORY_LAPS:
        return np.nan
    seconds = int(history["laps"][number - 1]["lap_ms"]) / 1000
    return seconds if 0 < seconds <= LONGEST_LAP_S else np.nan


def _sectors_s(history: Packet, number: int) -> tuple[float, float, float]:
    if not 0 < number <= HISTORY_LAPS:
        return np.nan, np.nan, np.nan
    _, one_ms, one_min, two_ms, two_min, three_ms, three_min, _ = history["laps"][number - 1].item()
    return (
        one_ms / 1000 + 60 * one_min or np.nan,
        two_ms / 1000 + 60 * two_min or np.nan,
        three_ms / 1000 + 60 * three_min or np.nan,
    )
