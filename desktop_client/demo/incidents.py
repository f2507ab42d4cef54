"""What goes wrong in a race: cars touch, the stewards write it down, and one car breaks down beside the road."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.driving import Driving
from desktop_client.demo.entries import PLAYER
from desktop_client.demo.events import Event, Kind
from desktop_client.demo.road import Rows
from desktop_client.telemetry.frame import Bools, Floats, Ints

SHORTEST_EVENTFUL_RACE = 6  # laps; in less nobody breaks down
BREAKS_DOWN_ON_LAP = 4
BREAKS_DOWN_AT = 0.35  # of that lap
ROLLS_OUT_MPS2 = 7.0
BESIDE_THE_ROAD_M = 3.5
GIVES_UP_AFTER_S = 4.0  # of standing
RECOVERY_S = 26.0  # from the standstill until the road is clear
CAREFUL_PACE = 0.62  # under the virtual safety car
TOUCHING_M = 6.5  # between two cars' middles
TOUCHES_PER_S = 0.02  # for a car that close in a bend
WING_COST = 0.02  # share of the speed that a lost front wing costs
WARNINGS_PER_PENALTY = 3
PENALTY_S = 5
BLAMED = 0.4  # how often the stewards find the one behind guilty


class Incidents:
    """Columns by car. Damage is a share, 0 whole .. 1 gone; all chance comes from a generator of its own."""

    def __init__(self, cars: int, laps: int, chance: np.random.Generator) -> None:
        self._chance = chance
        self.front_left_wing = np.zeros(cars)
        self.front_right_wing = np.zeros(cars)
        self.rear_wing = np.zeros(cars)
        self.floor = np.zeros(cars)
        self.warnings: Ints = np.zeros(cars, dtype=np.int32)
        self.penalty_s: Ints = np.zeros(cars, dtype=np.int32)
        self.breaking_down: Bools = np.zeros(cars, dtype=np.bool_)
        self.retired: Bools = np.zeros(cars, dtype=np.bool_)
        others = np.setdiff1d(np.arange(cars // 2, cars), [PLAYER])
        self._unlucky = int(chance.choice(others)) if laps >= SHORTEST_EVENTFUL_RACE else -1
        self._stood_at = np.inf
        self._stops: Ints = np.zeros(cars, dtype=np.int32)

    def virtual_safety_car(self, now: float) -> bool:
        return self._stood_at <= now < self._stood_at + RECOVERY_S

    def hazard_m(self, now: float, driving: Driving) -> float | None:
        """Where on the lap marshals work on a stranded car, or None."""
        stranded = self._unlucky >= 0 and self.breaking_down[self._unlucky] and now < self._stood_at + RECOVERY_S
        return float(driving.lap_distance[self._unlucky]) if stranded else None

    def pace(self, now: float, in_lane: Bools) -> Floats:
        """What damage, and caution, make of the ideal speed."""
        whole = 1.0 - WING_COST * (self.front_left_wing + self.front_right_wing)
        return np.where(in_lane, 1.0, whole * (CAREFUL_PACE if self.virtual_safety_car(now) else 1.0))

    def ceiling(self, driving: Driving) -> Floats:
        """A broken car rolls out, m/s."""
        rolling = np.maximum(driving.speed - 0.35 * ROLLS_OUT_MPS2, 0.0)
        return np.where(self.breaking_down, rolling, np.inf)

    def aside(self, driving: Driving) -> Floats:
        """Where off the racing line a broken car is steered to."""
        return -(driving.under.half_width + BESIDE_THE_ROAD_M) - driving.under.line_offset

    def step(
        self, dt: float, now: float, driving: Driving, lap: Ints, stops: Ints, spared: Bools, gaps_m: Floats
    ) -> list[Event]:
        """`gaps_m` is the way to the next car on the road; `spared` cars touch nobody."""
        self._repair(stops)
        self._break_down(now, driving, lap)
        bend = ~driving.under.straight & (driving.speed > 15.0) & ~spared & ~self.breaking_down
        close = np.flatnonzero(bend & (gaps_m < TOUCHING_M))
        touching = close[self._chance.random(len(close)) < TOUCHES_PER_S * dt]
        return [event for row in touching for event in self._touch(int(row), driving)]

    def _repair(self, stops: Ints) -> None:
        """The crew changes a front wing with the tyres."""
        stopped = stops > self._stops
        if stopped.any():
            self.front_left_wing[stopped] = self.front_right_wing[stopped] = 0.0
            self._stops = stops.copy()

    def _break_down(self, now: float, driving: Driving, lap: Ints) -> None:
        row = self._unlucky
        if row < 0 or self.retired[row]:
            return
        if not self.breaking_down[row]:
            length = driving.road.circuit.length_m
            share = driving.lap_distance[row] / length
            self.breaking_down[row] = lap[row] == BREAKS_DOWN_ON_LAP and BREAKS_DOWN_AT < share < BREAKS_DOWN_AT + 0.2
        elif driving.speed[row] < 0.3:
            self._stood_at = min(self._stood_at, now)
            self.retired[row] = now > self._stood_at + GIVES_UP_AFTER_S

    def _touch(self, behind: int, driving: Driving) -> list[Event]:
        """A front wing runs into a rear end."""
        ahead = int(np.argmin(np.mod(driving.lap_distance - driving.lap_distance[behind] - 0.01, 1e6)))
        force = float(self._chance.uniform(0.04, 0.35))
        left = driving.offset[behind] < driving.offset[ahead]
        wing = self.front_right_wing if left else self.front_left_wing
        wing[behind] = min(wing[behind] + force, 1.0)
        for part in (self.rear_wing, self.floor):
            part[ahead] = min(part[ahead] + 0.3 * force, 1.0)
        if self._chance.random() > BLAMED:
            return []
        return self.punish(np.array([behind]), PENALTY_S)

    def warn(self, rows: Rows) -> list[Event]:
        """Another lap with the track's limits exceeded; the third costs time."""
        self.warnings[rows] += 1
        return self.punish(rows[self.warnings[rows] % WARNINGS_PER_PENALTY == 0], PENALTY_S)

    def punish(self, rows: Rows, seconds: int) -> list[Event]:
        self.penalty_s[rows] += seconds
        return [Event(Kind.PENALTY, int(row), value=seconds) for row in rows]
