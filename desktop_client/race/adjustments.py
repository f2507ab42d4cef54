"""What the driver has just turned a knob for: brake bias, traction control, anti-lock brakes."""

from __future__ import annotations

import enum
import math
from typing import Final

from desktop_client.telemetry.frame import Player

NEWS_S: Final = 4.0


class Knob(enum.StrEnum):
    BRAKE_BIAS = "brake_bias"
    TC = "tc"
    ABS = "abs"


class Adjustments:
    """When each knob was last turned, in session time. A first value is no news, and neither is one that comes back."""

    def __init__(self) -> None:
        self._value: dict[Knob, float] = {}
        self._turned_at: dict[Knob, float] = {}

    def take(self, session_time_s: float, player: Player) -> None:
        """Look at the knobs; a game that does not tell of one leaves it as it was."""
        for knob, value in _knobs(player):
            if value is None or not math.isfinite(value):
                continue
            before = self._value.get(knob)
            if before is not None and before != value:
                self._turned_at[knob] = session_time_s
            self._value[knob] = value

    def recent(self, session_time_s: float) -> tuple[tuple[Knob, float], ...]:
        """The knobs turned in the last seconds with the value they have now, in the order of `Knob`."""
        if not self._turned_at:
            return ()
        return tuple(
            (knob, self._value[knob])
            for knob in Knob
            if knob in self._turned_at and 0 <= session_time_s - self._turned_at[knob] < NEWS_S
        )


def _knobs(player: Player) -> tuple[tuple[Knob, float | None], ...]:
    bias = player.brake_bias
    return (
        (Knob.BRAKE_BIAS, None if bias is None else round(bias, 3)),
        (Knob.TC, player.tc_level),
        (Knob.ABS, player.abs_level),
    )
