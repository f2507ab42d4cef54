"""Tyres, fuel and pit stops: what a stint costs, when it ends, and the half minute in the pit lane."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.circuit import Circuit
from desktop_client.demo.entries import ENTRIES
from desktop_client.demo.road import Rows
from desktop_client.telemetry.frame import Bools, Floats, Ints

COMPOUNDS = ("S", "M", "H")
WEAR_RATE = np.array([1.2, 1.0, 0.82])  # relative, by compound
COMPOUND_PACE = np.array([0.0035, 0.0, -0.0030])
WEAR_COST = 0.020  # share of the speed that a tyre at the end of its life has lost
FUEL_COST_PER_KG = 0.00045
FUEL_PER_LAP_KG = 1.35
RESERVE_KG = 0.6
FUEL_FLOW_KG_S = 0.0300  # at full throttle
STINT_SHARE = 0.42  # of the race that a medium lasts until its driver wants another
CALL_BEFORE_ENTRY_M = 450.0
MAKE_WAY_BEFORE_ENTRY_M = 270.0
BOX_BRAKING = 5.5  # m/s2
BOX_REACH_M = 0.6


class Stints:
    """Columns for tyre, tank and pit stop. `status` holds the values of PitStatus."""

    def __init__(self, circuit: Circuit, laps: int, chance: np.random.Generator) -> None:
        cars = len(ENTRIES)
        self._circuit, self._laps, self._chance = circuit, laps, chance
        self.compound: Ints = chance.choice(np.array([0, 1, 2], dtype=np.int32), cars, p=(0.45, 0.4, 0.15))
        self.wear = np.zeros(cars)  # 0 new .. 1 finished
        self.age_laps = np.zeros(cars, dtype=np.int32)
        self.fuel_kg = np.full(cars, FUEL_PER_LAP_KG * laps + RESERVE_KG)
        self.stops = np.zeros(cars, dtype=np.int32)
        self.called = np.zeros(cars, dtype=np.bool_)
        self.served = np.zeros(cars, dtype=np.bool_)
        self.status = np.zeros(cars, dtype=np.int32)
        self.standing_s = np.zeros(cars)  # in the box, at the last stop
        self.lane_time_s = np.zeros(cars)  # since the entry, at the last stop
        # what each car has driven on so far: the compound, and the last lap of that stint or None for the present one
        self.driven: list[list[tuple[int, int | None]]] = [[(int(kind), None)] for kind in self.compound]
        self._gentleness = chance.uniform(0.85, 1.15, cars)
        self._limit = chance.uniform(0.52, 0.84, cars)
        self._medium_wear = float(self._limit.mean()) / max(STINT_SHARE * laps, 1.5)  # a lap
        team = np.array([entry.team.game_id for entry in ENTRIES])
        self.box_m = np.mod(circuit.pit.first_box_m + circuit.pit.box_spacing_m * team, circuit.length_m)
        self._work_s = np.zeros(cars)  # that the crew needs
        self._before_m = np.full(cars, np.nan)

    def step(self, dt: float, here: Floats, driven_m: Floats, throttle: Floats, lap: Ints, barred: Bools) -> None:
        """`driven_m` is the way driven in this step; `barred` drivers are not called in."""
        per_lap = self.wear_per_lap()
        self.wear = np.minimum(self.wear + per_lap * driven_m / self._circuit.length_m, 1.0)
        self.fuel_kg = np.maximum(self.fuel_kg - FUEL_FLOW_KG_S * throttle * dt, 0.2)

        pit = self._circuit.pit
        call_m = pit.entry_m - CALL_BEFORE_ENTRY_M
        passing = (self._before_m < call_m) & (here >= call_m)
        worn = self.wear + 0.3 * per_lap > self._limit
        lasts = self.wear + per_lap * (self._laps - lap) < 1.0
        self.called |= passing & worn & ~lasts & (lap < self._laps) & ~barred
        stretch = (here >= pit.entry_m) | (here < pit.exit_m)
        leaving = self.called & (self.status > 0) & ~stretch
        self.called &= ~leaving
        self.served &= ~leaving
        entering = self.called & stretch & (self.status == 0)
        self.lane_time_s = np.where(entering, 0.0, self.lane_time_s + dt * self.in_lane)
        self.status = np.where(self.called & stretch, np.maximum(self.status, 1), 0).astype(np.int32)
        self._stand(dt, here, lap)
        self._before_m = here.copy()

    def _stand(self, dt: float, here: Floats, lap: Ints) -> None:
        arrived = (self.status == 1) & ~self.served & (self.to_box(here) < BOX_REACH_M)
        if arrived.any():
            self.status[arrived] = 2
            self.standing_s[arrived] = 0.0
            self._work_s[arrived] = self._chance.uniform(2.0, 3.1, int(arrived.sum()))
        standing = self.status == 2
        if standing.any():
            self.standing_s[standing] += dt
            self._leave_box(np.flatnonzero(standing & (self.standing_s >= self._work_s)), lap)

    def _leave_box(self, rows: Rows, lap: Ints) -> None:
        self.status[rows] = 1
        self.served[rows] = True
        self.stops[rows] += 1
        self.wear[rows] = 0.0
        self.age_laps[rows] = 0
        self.compound[rows] = np.where(self.compound[rows] == 1, 2, 1)
        for row in rows:
            worn_out, _ = self.driven[row][-1]
            self.driven[row][-1:] = [(worn_out, int(lap[row])), (int(self.compound[row]), None)]

    def lap_completed(self, rows: list[int]) -> None:
        self.age_laps[rows] += 1

    @property
    def in_lane(self) -> Bools:
        return self.status > 0

    def out_of_the_way(self, here: Floats) -> Bools:
        """Who is coming in, or going out, and leaves the racing line to those who are not."""
        to_entry = np.mod(self._circuit.pit.entry_m - here, self._circuit.length_m)
        return self.in_lane | (self.called & (to_entry < MAKE_WAY_BEFORE_ENTRY_M))

    def wear_per_lap(self) -> Floats:
        return self._medium_wear * WEAR_RATE[self.compound] * self._gentleness

    def to_box(self, here: Floats) -> Floats:
        """Metres still to drive to the pit box; negative once past it."""
        length = self._circuit.length_m
        return np.mod(self.box_m - here + length / 2, length) - length / 2

    def ceiling(self, here: Floats) -> Floats:
        """The speed that the pit box ahead allows, m/s."""
        braking = np.sqrt(2 * BOX_BRAKING * np.maximum(self.to_box(here) - 0.2, 0.02))
        free = np.where(self.in_lane, self._circuit.pit.limit_mps, np.inf)
        return np.where(self.in_lane & ~self.served, np.minimum(braking, free), free)

    def box_share(self, here: Floats) -> Floats:
        """How far each car has turned out of the lane into its own box, 0..1."""
        near = np.clip(1 - np.abs(self.to_box(here)) / 22.0, 0.0, 1.0)
        return np.where(self.in_lane, near**2 * (3 - 2 * near), 0.0)

    def pace(self) -> Floats:
        """What compound, wear and fuel make of the ideal speed."""
        return (1 + COMPOUND_PACE[self.compound] - WEAR_COST * self.wear**1.6) * (1 - FUEL_COST_PER_KG * self.fuel_kg)
