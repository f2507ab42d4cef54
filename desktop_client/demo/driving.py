"""How twenty cars move: each follows the racing line as fast as its tyres, its driver and the car ahead allow."""

from __future__ import annotations

import numpy as np

from desktop_client.demo.entries import ENTRIES
from desktop_client.demo.racing_line import DRAG, braking_grip, drive, lateral_grip
from desktop_client.demo.road import Road, Rows, Underneath
from desktop_client.telemetry.frame import Bools, Floats, Ints

GRID_SPACING_M = 8.0
POLE_M = -14.0
GRID_OFFSET_M = 3.0
LOOK_AHEAD_S = 0.05  # what the pedals' own delay costs, given back
PEDAL_DELAY_S = 0.05
SPEED_CORRECTION_S = 0.25
DRIFT_RATE = 1.7  # rad/s: how briskly a car moves across the road
EDGE_M = 0.5  # from the middle of a car that keeps to the road, to the white line
LOST_M = 0.4  # beyond that edge, a car is off the road already and must find its own way back
PASSING_ROOM_M = 1.1  # from a car's middle to the road's edge


class Driving:
    """Motion columns, one row per car. `distance` is along the road's middle from the line, negative on the grid."""

    def __init__(self, road: Road, grid: Ints) -> None:
        """`grid[k]` is the row that starts from place k."""
        cars = len(ENTRIES)
        self.road = road
        self.distance = np.empty(cars)
        self.distance[grid] = POLE_M - GRID_SPACING_M * np.arange(cars)
        self.speed = np.zeros(cars)
        self.acceleration = np.zeros(cars)
        self.under: Underneath = road.under(self.distance)
        self.offset = np.empty(cars)
        self.offset[grid] = np.where(np.arange(cars) % 2 == 0, -GRID_OFFSET_M, GRID_OFFSET_M)
        self.deviation = self.offset - self.under.line_offset  # metres left of the racing line
        self.deviation_rate = np.zeros(cars)
        self.slant = np.zeros(cars)  # radians that the car points away from the road's own heading

    @property
    def lap_distance(self) -> Floats:
        """Metres from the line, in [0, lap length)."""
        return np.mod(self.distance, self.road.circuit.length_m)

    @property
    def heading(self) -> Floats:
        """Radians, anticlockwise from x."""
        return self.road.circuit.at_heading(self.distance) + self.slant

    def step(
        self,
        dt: float,
        *,
        pace: Floats,
        ceiling: Floats,
        tow: Floats,
        deviation: Floats,
        pitting: Floats,
        box: Floats,
        loose: Bools,
    ) -> None:
        """One step of `dt` seconds.

        `pace` scales the ideal speed, `ceiling` caps it in m/s (a car ahead, the speed limit), `tow` is the extra
        acceleration of slipstream and open wing in m/s2, `deviation` is where off the racing line each driver wants
        to be, `pitting` is 1 for those who are coming in, `box` is how far each has turned into its pit box (0..1);
        `loose` cars are held by no white line.
        """
        ahead = self.road.under(self.distance + self.speed * LOOK_AHEAD_S)
        ideal = np.where(pitting > 0, ahead.pit_speed * np.minimum(pace, 1.0), ahead.speed * pace)
        wanted = np.minimum(ideal, ceiling)
        follows_profile = (wanted == ideal) & (pitting == 0)
        feed_forward = np.where(follows_profile, ahead.acceleration * pace**2, 0.0)
        asked = feed_forward + (wanted - self.speed) / SPEED_CORRECTION_S
        used = np.abs(self.under.curvature) * self.speed**2 / lateral_grip(self.speed)
        left = np.sqrt(np.maximum(1.0 - used**2, 0.04))
        most = drive(self.speed) * left - DRAG * self.speed**2 + tow
        asked = np.clip(asked, -braking_grip(self.speed), most)
        self.acceleration += (asked - self.acceleration) * (1 - np.exp(-dt / PEDAL_DELAY_S))
        self.speed = np.maximum(self.speed + self.acceleration * dt, 0.0)
        self.acceleration[(self.speed == 0.0) & (self.acceleration < 0.0)] = 0.0
        self.distance = self.distance + self.speed * dt / self.under.stretch

        self.under = self.road.under(self.distance)
        moving = np.minimum(self.speed / 15.0, 1.0)
        pull = DRIFT_RATE**2 * (deviation - self.deviation) - 2 * DRIFT_RATE * self.deviation_rate
        self.deviation_rate += pull * dt
        self.deviation += self.deviation_rate * moving * dt
        self._settle_across(dt, pitting, box, loose)

    def _settle_across(self, dt: float, pitting: Floats, box: Floats, loose: Bools) -> None:
        pit = self.road.circuit.pit
        lane = self.under.lane * pitting
        in_lane = pit.offset_m + (pit.box_offset_m - pit.offset_m) * box
        before = self.offset
        on_track = self.under.line_offset + self.deviation
        edge = self.under.half_width - EDGE_M
        held = np.minimum(np.maximum(on_track, -edge), edge)
        on_track = np.where(loose | (np.abs(before) > edge + LOST_M), on_track, held)
        self.deviation = on_track - self.under.line_offset
        self.offset = (1 - lane) * on_track + lane * in_lane
        across = (self.offset - before) / np.maximum(self.speed * dt, 0.05)
        self.slant = np.clip(across, -0.3, 0.3)

    def stop(self, rows: Rows) -> None:
        """Hold these cars still."""
        self.speed[rows] = 0.0
        self.acceleration[rows] = 0.0
