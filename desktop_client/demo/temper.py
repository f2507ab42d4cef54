"""The human side: form that comes and goes, a line that is never quite the same, small mistakes, and running wide."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.road import Underneath
from desktop_client.telemetry.frame import Bools, Floats

FORM_SPREAD = 0.0034
FORM_MEMORY_S = 25.0
LINE_SPREAD_M = 0.45
LINE_MEMORY_S = 1.6
MISTAKES_PER_S = 1 / 170
WIDE_SHARE = 0.16  # of the mistakes that end beyond the white line
OFF_TRACK_M = 0.4  # past the edge, with the car's middle


class Temper:
    """Columns of chance, all from one seeded generator."""

    def __init__(self, cars: int, chance: np.random.Generator) -> None:
        self._chance = chance
        self.form = chance.normal(0.0, FORM_SPREAD, cars)
        self.wander = chance.normal(0.0, LINE_SPREAD_M, cars)
        self.slip = np.zeros(cars)  # seconds of a mistake still to come
        self.wide = np.zeros(cars, dtype=np.bool_)
        self.aside = np.zeros(cars)  # deviation that the mistake causes, metres

    def step(self, dt: float, under: Underneath, careful: Bools) -> None:
        """`careful` drivers make no mistake."""
        cars = len(self.form)
        noise = self._chance.standard_normal((2, cars))
        self.form += -self.form * dt / FORM_MEMORY_S + FORM_SPREAD * np.sqrt(2 * dt / FORM_MEMORY_S) * noise[0]
        self.wander += -self.wander * dt / LINE_MEMORY_S + LINE_SPREAD_M * np.sqrt(2 * dt / LINE_MEMORY_S) * noise[1]
        self.slip = np.maximum(self.slip - dt, 0.0)
        begins = (self._chance.random(cars) < MISTAKES_PER_S * dt) & (np.abs(under.curvature) > 0.004)
        begins &= ~careful & (self.slip == 0.0)
        if begins.any():
            self.slip = np.where(begins, self._chance.uniform(1.1, 2.2, cars), self.slip)
            self.wide = np.where(begins, self._chance.random(cars) < WIDE_SHARE, self.wide)
            outside = -np.sign(under.curvature)
            beyond = outside * (under.half_width + 2.2) - under.line_offset
            self.aside = np.where(begins, np.where(self.wide, beyond, outside * 1.3), self.aside)

    @property
    def slipping(self) -> Bools:
        return self.slip > 0.0

    def pace(self) -> Floats:
        """What form and the mistake of the moment make of the ideal speed."""
        return (1.0 + np.minimum(self.form, 0.005)) * np.where(self.slipping, np.where(self.wide, 0.90, 0.955), 1.0)

    def deviation(self) -> Floats:
        """Where chance puts the car off the racing line, metres to the left."""
        return self.wander + np.where(self.slipping, self.aside, 0.0)
