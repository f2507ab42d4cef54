"""A lap as time over distance: what other laps are measured against, and which laps are worth it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from desktop_client.telemetry.frame import Floats

MAX_OWN_LAPS: Final = 40
MAX_CLASSES: Final = 32
ReferenceKind = Literal["own_best", "session_best", "last", "chosen"]
KEPT_KINDS: Final[tuple[ReferenceKind, ...]] = ("own_best", "session_best", "last")


@dataclass(frozen=True, slots=True)
class LapTrace:
    """A whole lap of one car. `times` are seconds since the line at even distances, from 0.0 to the lap time."""

    slot: int
    lap: int
    class_name: str
    length_m: float
    times: Floats = field(compare=False, repr=False)
    began_at_s: float = 0.0  # in session time
    clean: bool = True  # neither invalid nor through the pits: fit to be a reference

    @property
    def lap_s(self) -> float:
        return float(self.times[-1])

    def time_at(self, lap_distance_m: Floats) -> Floats:
        """Seconds from the line to each place, 0 <= t < lap_s; not-a-number where the place is not known."""
        with np.errstate(invalid="ignore"):
            at = np.mod(lap_distance_m, self.length_m) * (len(self.times) - 1) / self.length_m
            node = np.where(np.isfinite(at), at, 0.0).astype(np.intp)
        node = np.minimum(node, len(self.times) - 2)
        low = self.times[node]
        return low + (self.times[node + 1] - low) * (at - node)

    def elapsed_at(self, driven_m: float) -> float:
        """Seconds since the line after so many metres; beyond the lap the next one is driven like it."""
        laps, within = divmod(driven_m, self.length_m)
        at = within * (len(self.times) - 1) / self.length_m
        node = min(int(at), len(self.times) - 2)
        low, high = float(self.times[node]), float(self.times[node + 1])
        return laps * self.lap_s + low + (high - low) * (at - node)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a lap that is over compares with the reference as it was while the lap was driven."""

    lap: int
    ended_at_s: float
    delta_s: float
    reference_s: float


class References:
    """The laps worth measuring against: the driver's best, last and other laps, and the best of every class."""

    def __init__(self) -> None:
        self.own_best: LapTrace | None = None
        self.own_last: LapTrace | None = None
        self.best_of_class: dict[str, LapTrace] = {}
        self.own_laps: OrderedDict[int, LapTrace] = OrderedDict()
        self._over: LapTrace | None = None  # the driver's newest whole lap, clean or not
        self._beaten: dict[ReferenceKind, LapTrace] = {}  # what it was measured against while it was driven

    def take(self, finished: Sequence[LapTrace], own_slot: int | None) -> None:
        """Learn from whole laps that have just ended, of whoever. A lap that is not clean is judged, never kept."""
        for lap in finished:
            if lap.slot == own_slot:
                self._over = lap
                self._beaten = {}
                for kind in KEPT_KINDS:
                    reference = self.reference(kind, lap.class_name)
                    if reference is not None:
                        self._beaten[kind] = reference
        for lap in finished:
            if not lap.clean:
                continue
            best = self.best_of_class.get(lap.class_name)
            has_room = best is not None or len(self.best_of_class) < MAX_CLASSES
            if has_room and (best is None or lap.lap_s < best.lap_s):
                self.best_of_class[lap.class_name] = lap
            if lap.slot == own_slot:
                self._keep_own(lap)

    def reference(self, kind: ReferenceKind, class_name: str, lap: int = 0) -> LapTrace | None:
        """The lap of this kind for a driver in this class, None while there is none.

        A `chosen` one is the driver's own of this number, as long as it is kept.
        """
        match kind:
            case "own_best":
                return self.own_best
            case "session_best":
                return self.best_of_class.get(class_name)
            case "last":
                return self.own_last
            case "chosen":
                return self.own_laps.get(lap)

    def verdict(self, kind: ReferenceKind, lap: int = 0) -> Verdict | None:
        """How the driver's newest lap ended, None where there was nothing to measure it against."""
        over = self._over
        reference = self.own_laps.get(lap) if kind == "chosen" else self._beaten.get(kind)
        if over is None or reference is None or reference is over:
            return None
        return Verdict(over.lap, over.began_at_s + over.lap_s, over.lap_s - reference.lap_s, reference.lap_s)

    def _keep_own(self, lap: LapTrace) -> None:
        self.own_last = lap
        if self.own_best is None or lap.lap_s < self.own_best.lap_s:
            self.own_best = lap
        self.own_laps[lap.lap] = lap
        if len(self.own_laps) > MAX_OWN_LAPS:
            self.own_laps.popitem(last=False)
