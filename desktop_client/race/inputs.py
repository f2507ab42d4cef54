"""The pedals and the wheel over the last seconds, as a bounded trace."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from desktop_client.telemetry.frame import Floats, Player

COLUMNS_PER_S: Final = 30
LONGEST_SPAN_S: Final = 20.0
KEPT_COLUMNS: Final = int(LONGEST_SPAN_S * COLUMNS_PER_S) + 1
LONGEST_SESSION_S: Final = 1e7
HELD_COLUMNS: Final = 15  # half a second without a frame is held as it was; longer is a hole in the trace
CHANNELS: Final = ("throttle", "brake", "clutch", "steer", "abs", "tc")


@dataclass(frozen=True, slots=True)
class InputsView:
    """The driver's inputs now and over the last seconds.

    `trace` is (channels, columns) in the order of CHANNELS, newest last, not-a-number where nothing is known; its
    last column is number `newest` of the trace that is number `begun` of the session. Two views are equal when those
    numbers and the values of now are: the trace moves by whole columns only, and a column once shown never changes.
    """

    throttle: float  # 0..1, as all but steer (-1..1); not-a-number is stored as 0
    brake: float
    clutch: float
    steer: float
    abs_active: bool
    tc_active: bool
    newest: int
    begun: int
    trace: Floats = field(compare=False, repr=False)


class InputTrace:
    """A ring of columns, each holding its newest sample. The column that is still being filled is not shown."""

    def __init__(self) -> None:
        self._ring: Floats = np.full((len(CHANNELS), KEPT_COLUMNS), np.nan)
        self._open: int | None = None
        self._begun = 0

    def take(self, session_time_s: float, player: Player) -> None:
        """Remember the inputs at a session time in seconds; time that runs backwards begins a new trace."""
        if not abs(session_time_s) < LONGEST_SESSION_S:
            return
        column = math.floor(session_time_s * COLUMNS_PER_S)
        if self._open is None or column < self._open or column - self._open >= KEPT_COLUMNS:
            self._ring[:] = np.nan
            self._begun += 1
        elif column > self._open + 1:
            skipped = np.arange(self._open + 1, column) % KEPT_COLUMNS
            held = self._ring[:, [self._open % KEPT_COLUMNS]]
            self._ring[:, skipped] = held if len(skipped) < HELD_COLUMNS else np.nan
        self._open = column
        self._ring[:, column % KEPT_COLUMNS] = (
            player.throttle,
            player.brake,
            player.clutch,
            player.steer,
            _share_of(player.abs_active),
            _share_of(player.tc_active),
        )

    def view(self, player: Player, span_s: float = 8.0) -> InputsView:
        """The trace of the last `span_s` seconds, at most `LONGEST_SPAN_S`, with the inputs of now."""
        columns = min(KEPT_COLUMNS - 1, max(2, round(span_s * COLUMNS_PER_S)))
        end = self._open or 0  # the column after the newest one that is whole
        first, last = (end - columns) % KEPT_COLUMNS, end % KEPT_COLUMNS
        ring = self._ring
        return InputsView(
            throttle=_known(player.throttle, 0.0),
            brake=_known(player.brake, 0.0),
            clutch=_known(player.clutch, 0.0),
            steer=_known(player.steer, -1.0),
            abs_active=bool(player.abs_active),
            tc_active=bool(player.tc_active),
            newest=end - 1,
            begun=self._begun,
            trace=np.concatenate((ring[:, first:], ring[:, :last]), axis=1)
            if first >= last
            else ring[:, first:last].copy(),
        )


def _share_of(active: bool | None) -> float:
    return math.nan if active is None else float(active)


def _known(value: float, low: float) -> float:
    """To the hundredth and in range: what is finer cannot be seen, and must not cost a repaint."""
    return round(min(1.0, max(low, value)), 2) if math.isfinite(value) else 0.0
