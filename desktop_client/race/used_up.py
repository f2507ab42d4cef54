"""What the driver's own car uses up as it goes round: tank, allowance, battery and tyres."""

from __future__ import annotations

import math

from desktop_client.race.consumption import Consumption
from desktop_client.race.energy_laps import EnergyLaps
from desktop_client.race.moment import moment_of
from desktop_client.race.tyre_laps import TyreLaps
from desktop_client.telemetry.frame import Frame, FuelUnit

EVERY_S = 0.1  # nothing here changes faster, except at the line, which is never missed


class UsedUp:
    """Everything that is remembered per lap of what the car carries. Shares are remembered as percent."""

    def __init__(self) -> None:
        self.fuel = Consumption()
        self.virtual = Consumption()
        self.battery = EnergyLaps()
        self.tyres = TyreLaps()
        self._taken_s = math.inf
        self._lap: int | None = None

    def take(self, frame: Frame, own: int | None) -> None:
        """Remember one frame; `own` is the row of the driver's car, without which there are no laps."""
        player = frame.player
        if player is None or own is None:
            return
        lap = int(frame.cars.lap[own])
        if lap == self._lap and 0 <= frame.session_time_s - self._taken_s < EVERY_S:
            return
        self._lap, self._taken_s = lap, frame.session_time_s
        moment = moment_of(frame, own)
        if player.fuel is not None:
            scale = 100.0 if player.fuel.unit is FuelUnit.TANK else 1.0
            self.fuel.take(moment, player.fuel.amount * scale)
        if player.energy is not None:
            if player.energy.virtual is not None:
                self.virtual.take(moment, player.energy.virtual * 100)
            if player.energy.store is not None:
                self.battery.take(moment, player.energy.store)
        self.tyres.take(moment, player)
