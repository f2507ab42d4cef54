"""The pedals and the wheel over the last seconds, as a bounded trace."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from desktop_client.telemetry.frame import Floats, Player

SPAN_S = 8.0
COLUMNS = 240
LONGEST_SESSION_S = 1e7
HELD_COLUMNS = 15  # half a second without a frame is held as it was; longer is a hole in the trace
CHANNELS = ("throttle", "brake", "clutch", "steer")


@dataclass(frozen=True, slots=True)
class InputsView:
    """The driver's inputs now and over the last `SPAN_S` seconds.

    `trace` is (4, COLUMNS) in the order of CHANNELS, newest last, not-a-number where nothing is known. Two views
    are equal when `revision` and the values of now are: the trace moves by whole columns only, and never shimmers.
    """

    throttle: float  # 0..1, as all but steer (-1..1); not-a-number is stored as 0
    brake: float
    clutch: float
    steer: float
    revision: int
    trace: Floats = field(compare=False, repr=False)


class InputTrace:
    """A ring of columns, each `SPAN_S / COLUMNS` seconds of session time wide and holding its newest sample."""

    def __init__(self) -> None:
        self._ring: Floats = np.full((len(CHANNELS), COLUMNS), np.nan)
        self._newest: int | None = None
        self._revision = 0

    def take(self, session_time_s: float, player: Player) -> None:
        """Remember the inputs at a session time in seconds; time that runs backwards begins a new trace."""
        if not abs(session_time_s) < LONGEST_SESSION_S:
            return
        column = math.floor(session_time_s * COLUMNS / SPAN_S)
        if self._newest is None or column < self._newest or column - self._newest >= COLUMNS:
            self._ring[:] = np.nan
        elif column > self._newest:
            skipped = np.arange(self._newest + 1, column) % COLUMNS
            held = self._ring[:, [self._newest % COLUMNS]]
            self._ring[:, skipped] = held if len(skipped) < HELD_COLUMNS else np.nan
        if column != self._newest:
            self._newest = column
            self._revision += 1
        self._ring[:, column % COLUMNS] = (
            player.throttle,
            player.brake,
            player.clutch,
            player.steer,
        )

    def view(self, player: Player) -> InputsView:
        """The trace so far with the inputs of now."""
        end = 0 if self._newest is None else self._newest + 1
        return InputsView(
            throttle=_known(player.throttle, 0.0),
            brake=_known(player.brake, 0.0),
            clutch=_known(player.clutch, 0.0),
            steer=_known(player.steer, -1.0),
            revision=self._revision,
            trace=np.roll(self._ring, -(end % COLUMNS), axis=1),
        )


def _known(value: float, low: float) -> float:
    """To the hundredth and in range: what is finer cannot be seen, and must not cost a repaint."""
    return round(min(1.0, max(low, value)), 2) if math.isfinite(value) else 0.0
