"""How much of a lap's time is gained or lost by now, against a lap that was driven before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from desktop_client.race.lifecycle import Race, own_row
from desktop_client.race.passages import Passages
from desktop_client.race.reference import LapTrace, ReferenceKind
from desktop_client.race.running_lap import LapKind
from desktop_client.telemetry.frame import Frame, PitStatus

HELD_S: Final = 3.0  # how long the result of a lap is shown at the start of the next
TREND_S: Final = 1.0
LEAST_TREND: Final = 0.02  # seconds a second: less is not felt
LARGEST_S: Final = 99.99


@dataclass(frozen=True, slots=True)
class DeltaView:
    """`delta_s` to the hundredth: negative is gained; None while it cannot be known."""

    kind: ReferenceKind
    delta_s: float | None
    trend: int  # -1 gaining just now, 1 losing, 0 neither
    is_result: bool  # the lap is over, and this is how it ended
    reference_s: float | None  # the lap measured against, to the thousandth
    predicted_s: float | None  # what this lap comes to, to the tenth
    figure_s: float | None = None  # the delta as the figure says it: changed less often, so that it can be read


def delta(frame: Frame, race: Race, kind: ReferenceKind = "own_best", lap: int = 0) -> DeltaView | None:
    """The delta of the driver's own car, to its lap of this number if `chosen`; None while there is no such car."""
    row = own_row(frame)
    if row is None:
        return None
    references = race.timing.references
    reference = references.reference(kind, frame.cars.class_name[row], lap)
    verdict = references.verdict(kind, lap)
    if verdict is not None and 0 <= frame.session_time_s - verdict.ended_at_s < HELD_S:
        reference_s = round(verdict.reference_s, 3)
        return DeltaView(kind, _shown(verdict.delta_s), 0, True, reference_s, None)
    reference_s = None if reference is None else round(reference.lap_s, 3)
    now = None if reference is None else live_delta(frame, race, row, reference)
    if reference is None or now is None:
        return DeltaView(kind, None, 0, False, reference_s, None)
    trend = 0 if race.timing.passages is None else _trend(race.timing.passages, row, reference, now)
    predicted = round(reference.lap_s + now, 1)
    return DeltaView(kind, _shown(now), trend, False, reference_s, predicted if predicted > 0 else None)


def live_delta(frame: Frame, race: Race, row: int, reference: LapTrace) -> float | None:
    """Seconds lost (+) or gained (-) since the line against a lap; None where the comparison means nothing.

    That is while the start of the lap was not seen, in the pits, and on the lap that began there.
    """
    passages, running = race.timing.passages, race.timing.laps.running
    if passages is None or abs(passages.length_m - reference.length_m) > 1.0:
        return None
    if frame.cars.pit[row] != PitStatus.NONE or (running is not None and running.kind is LapKind.OUT):
        return None
    so_far = passages.lap_so_far(row, frame.cars, frame.session_time_s)
    if so_far is None:
        return None
    elapsed_s, driven_m = so_far
    return elapsed_s - reference.elapsed_at(driven_m)


def _trend(passages: Passages, row: int, reference: LapTrace, now: float) -> int:
    """Which way the delta has gone over the last second."""
    times = passages.times_so_far(row)
    if len(times) < 2 or len(times) > len(reference.times):
        return 0
    before = max(0, int(np.count_nonzero(times <= times[-1] - TREND_S)) - 1)
    lasted = float(times[-1] - times[before])
    change = now - float(times[before] - reference.times[before])
    if not lasted >= TREND_S / 2 or not abs(change) >= LEAST_TREND * lasted:
        return 0
    return 1 if change > 0 else -1


def _shown(seconds: float) -> float | None:
    """To the hundredth, and never a minus before zero."""
    return round(min(LARGEST_S, max(-LARGEST_S, seconds)), 2) + 0.0 if np.isfinite(seconds) else None
