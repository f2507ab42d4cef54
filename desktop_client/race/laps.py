"""The laps that the driver has driven in this session."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Final

from desktop_client.race.reference import LapTrace
from desktop_client.race.running_lap import FinishedLap, Lap, RunningLap
from desktop_client.telemetry.frame import CarStatus, Frame

KEPT_LAPS: Final = 200
LOOK_EVERY_S: Final = 0.1
FINISHED: Final = int(CarStatus.FINISHED)


class LapLog:
    """The driver's own laps of this session, the last `KEPT_LAPS` of them, oldest first."""

    def __init__(self) -> None:
        self.laps: deque[Lap] = deque(maxlen=KEPT_LAPS)
        self.running: RunningLap | None = None
        self._finished: FinishedLap | None = None
        self._slot = -1
        self._last_lap_s = math.nan
        self._now_s = self._watched_s = math.nan

    @property
    def best(self) -> Lap | None:
        """The fastest of the laps that are kept and count."""
        return min((lap for lap in self.laps if lap.is_timed), key=lambda lap: lap.lap_s or 0.0, default=None)

    def take(self, frame: Frame, row: int, traced: Sequence[LapTrace] = ()) -> None:
        """See the driver's own car in `row`, and the whole laps that were `traced` with this frame."""
        cars, now = frame.cars, frame.session_time_s
        if not math.isfinite(now):
            return
        if int(cars.slot[row]) != self._slot:
            self._slot, self.running, self._finished = int(cars.slot[row]), None, None
        if self._nothing_new(frame, row) and not traced:
            self._now_s = now
            return
        self._watched_s = now
        self._follow(frame, row)
        if self.running is not None:
            self.running.watch(frame, row, self._now_s)
        for trace in traced:
            if trace.slot == self._slot:
                self._offer(trace)
        lap = None if self._finished is None else self._finished.settled(now, cars, row, frame.session)
        if lap is not None:
            self._finished = None
            if lap.number >= 1 and lap.lap_s is not None:  # one that was joined half-way, untimed, is no lap
                self.laps.append(lap)
        self._last_lap_s, self._now_s = float(cars.last_lap_s[row]), now

    def _nothing_new(self, frame: Frame, row: int) -> bool:
        """Whether a look can wait: lap, sector and time go on as they did a moment ago."""
        running, number, sector = self.running, int(frame.cars.lap[row]), int(frame.cars.sector[row])
        if running is None or running.number != number or running.sector != sector:
            return False
        now = frame.session_time_s
        return now >= self._now_s and now - self._watched_s < LOOK_EVERY_S

    def _follow(self, frame: Frame, row: int) -> None:
        """Begin and end laps with the game's lap number, and with its flag."""
        now, number, running = frame.session_time_s, int(frame.cars.lap[row]), self.running
        is_over = frame.cars.status[row] == FINISHED
        if running is None or number > running.number + 1:
            self._finished = None if running is not None else self._finished
            self.running = None if is_over else RunningLap(frame, row, now, seen_from_line=False)
        elif number < running.number:
            self._forget_from(number)
            self.running = RunningLap(frame, row, now, seen_from_line=False)
        elif number > running.number or is_over:
            line_s = (self._now_s + now) / 2
            self._finished = FinishedLap(running, line_s, frame, self._last_lap_s)
            self.running = None if is_over else RunningLap(frame, row, line_s, seen_from_line=True)
        elif now < self._now_s:
            running.turn_back(now)

    def _offer(self, trace: LapTrace) -> None:
        if self._finished is not None:
            self._finished.offer(trace)
        if self.running is not None:
            self.running.trace = trace

    def _forget_from(self, number: int) -> None:
        """Time was turned back over the line: these laps have not been driven."""
        self._finished = None
        while self.laps and self.laps[-1].number >= number:
            self.laps.pop()
