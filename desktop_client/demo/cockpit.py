"""What the instruments show: pedals, wheel, gears, revs, energy and temperatures, worked out from the motion."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.driving import Driving
from desktop_client.demo.racing_line import DRAG, braking_grip, drive
from desktop_client.telemetry.frame import Bools, Floats

TOP_SPEED_BY_GEAR = np.array([25.0, 35.0, 44.5, 53.5, 62.5, 71.5, 80.5, 93.0])  # m/s at SHIFT_RPM
SHIFT_RPM = 12000.0
SHIFT_UP_RPM = 11750.0
SHIFT_DOWN_RPM = 10600.0  # that the lower gear would turn at
IDLE_RPM, MAX_RPM = 4000, 12500
LIGHTS_FROM_RPM = 9800.0
SHIFT_PAUSE_S = 0.11
PEDAL_S, REVS_S, WHEEL_S = 0.035, 0.04, 0.07
WHEELBASE_M = 3.6
UNDERSTEER = 0.0021  # s2/m: how much more wheel a bend asks for at speed
FULL_LOCK = 0.30  # rad at the front wheels
STORE_J = 4.0e6
DEPLOY_W, HARVEST_W = 120e3, 130e3


class Cockpit:
    """Columns by car; pedals 0..1, steer -1 full left .. 1 full right, temperatures in degrees Celsius."""

    def __init__(self, cars: int, chance: np.random.Generator) -> None:
        self._chance = chance
        self.throttle = np.zeros(cars)
        self.brake = np.zeros(cars)
        self.clutch = np.zeros(cars)
        self.steer = np.zeros(cars)
        self.gear = np.ones(cars, dtype=np.int32)
        self.rpm = np.full(cars, float(IDLE_RPM))
        self.energy_j = np.full(cars, 0.85 * STORE_J)
        self.deploying = np.zeros(cars, dtype=np.bool_)
        self.deployed_j = np.zeros(cars)  # this lap
        self.harvested_j = np.zeros(cars)  # this lap
        self.brake_c = np.full((cars, 4), 320.0)  # rear left, rear right, front left, front right
        self.tyre_surface_c = np.full((cars, 4), 86.0)
        self.tyre_inner_c = np.full((cars, 4), 92.0)
        self._pause = np.zeros(cars)
        self._tremor = np.zeros(cars)

    def step(self, dt: float, driving: Driving, waiting: bool) -> None:
        """Follow one step of the motion; `waiting` drivers sit on the grid with the clutch in."""
        self._pedals(dt, driving, waiting)
        self._wheel(dt, driving)
        self._gearbox(dt, driving.speed)
        self._energy(dt, driving.speed)
        self._temperatures(dt, driving)

    def _pedals(self, dt: float, driving: Driving, waiting: bool) -> None:
        speed = driving.speed
        push = driving.acceleration + DRAG * speed**2
        throttle = np.clip(push / drive(speed) * 1.06 - 0.02, 0.0, 1.0)
        brake = np.clip((-push - 1.8) / (braking_grip(speed) * 0.92), 0.0, 1.0)
        standing = speed < 0.2
        throttle = np.where(standing, 0.45 if waiting else 0.0, throttle)
        brake = np.where(standing & (not waiting), 0.35, brake)
        ease = 1 - np.exp(-dt / PEDAL_S)
        self.throttle = _snap(self.throttle + (throttle - self.throttle) * ease)
        self.brake = _snap(self.brake + (brake - self.brake) * ease)
        self.clutch = np.where(standing, 1.0, np.clip(1 - speed / 9.0, 0.0, 1.0) * self.throttle)

    def _wheel(self, dt: float, driving: Driving) -> None:
        speed = driving.speed
        noise = self._chance.standard_normal(len(speed))
        self._tremor += -self._tremor * dt / 0.25 + 0.012 * np.sqrt(2 * dt / 0.25) * noise
        drift = driving.deviation_rate / np.maximum(speed, 8.0)
        angle = -driving.under.curvature * (WHEELBASE_M + UNDERSTEER * speed**2) - 0.5 * drift
        wanted = np.clip(angle / FULL_LOCK + self._tremor * np.minimum(speed / 30.0, 1.0), -1.0, 1.0)
        self.steer += (wanted - self.steer) * (1 - np.exp(-dt / WHEEL_S))

    def _gearbox(self, dt: float, speed: Floats) -> None:
        self._pause = np.maximum(self._pause - dt, 0.0)
        top = TOP_SPEED_BY_GEAR
        turning = speed / top[self.gear - 1] * SHIFT_RPM
        below = speed / top[np.maximum(self.gear - 2, 0)] * SHIFT_RPM
        ready = self._pause == 0.0
        up = ready & (turning > SHIFT_UP_RPM) & (self.gear < len(top)) & (self.throttle > 0.2)
        down = ready & (below < SHIFT_DOWN_RPM) & (self.gear > 1)
        self.gear += up.astype(np.int32) - down.astype(np.int32)
        self._pause[up | down] = SHIFT_PAUSE_S
        slipping = self.clutch * (4500.0 + 6000.0 * self.throttle)
        wanted = np.maximum(speed / top[self.gear - 1] * SHIFT_RPM, np.maximum(slipping, IDLE_RPM))
        self.rpm += (np.minimum(wanted, MAX_RPM) - self.rpm) * (1 - np.exp(-dt / REVS_S))

    def _energy(self, dt: float, speed: Floats) -> None:
        self.deploying = (self.throttle > 0.92) & (speed > 38.0) & (self.energy_j > 0.12 * STORE_J)
        spent = np.where(self.deploying, DEPLOY_W * dt, 0.0)
        won = np.where(self.brake > 0.1, HARVEST_W * 2.2 * dt, np.where(self.throttle < 0.5, 40e3 * dt, 25e3 * dt))
        self.deployed_j += spent
        self.harvested_j += won
        self.energy_j = np.clip(self.energy_j - spent + won, 0.0, STORE_J)

    def _temperatures(self, dt: float, driving: Driving) -> None:
        speed = driving.speed[:, np.newaxis]
        share = np.array([0.75, 0.75, 1.0, 1.0])
        heat = 1050.0 * self.brake[:, np.newaxis] * share * np.minimum(speed / 60.0, 1.2)
        self.brake_c += (heat - (self.brake_c - 180.0) * (0.10 + 0.0035 * speed)) * dt
        load = np.abs(driving.under.curvature * driving.speed**2)[:, np.newaxis]
        outside = np.sign(driving.under.curvature)[:, np.newaxis] * np.array([-1.0, 1.0, -1.0, 1.0])
        surface = 84.0 + load * (0.5 + 0.18 * outside) + 5.0 * self.brake[:, np.newaxis]
        self.tyre_surface_c += (surface - self.tyre_surface_c) * dt / 1.6
        self.tyre_inner_c += (self.tyre_surface_c + 6.0 - self.tyre_inner_c) * dt / 22.0

    def lap_completed(self, rows: list[int]) -> None:
        self.deployed_j[rows] = 0.0
        self.harvested_j[rows] = 0.0

    @property
    def lights(self) -> Floats:
        """The share of the shift lights that is lit."""
        return np.clip((self.rpm - LIGHTS_FROM_RPM) / (SHIFT_UP_RPM + 150.0 - LIGHTS_FROM_RPM), 0.0, 1.0)


def _snap(pedal: Floats) -> Floats:
    """Feet rest: the last percent at either end is no percent."""
    resting: Bools = pedal < 0.012
    return np.where(resting, 0.0, np.where(pedal > 0.988, 1.0, pedal))
