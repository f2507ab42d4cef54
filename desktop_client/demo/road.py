"""What the cars need to know of the road underneath them, looked up for the whole field in one step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_client.demo.circuit import Circuit
from desktop_client.demo.racing_line import RacingLine
from desktop_client.telemetry.frame import Bools, Floats

Rows = NDArray[np.intp]  # which cars


@dataclass(frozen=True, slots=True)
class Underneath:
    """One value per car."""

    line_offset: Floats  # metres left of the road's middle
    curvature: Floats  # of the racing line, 1/m
    stretch: Floats  # metres driven per metre of the road's middle
    speed: Floats  # the racing line's, m/s
    pit_speed: Floats  # the same for a car that is coming in
    acceleration: Floats
    half_width: Floats
    lane: Floats  # 0 on the track, 1 in the pit lane, between them on its ramps
    straight: Bools


class Road:
    """The circuit and its racing line as one table."""

    def __init__(self, circuit: Circuit, line: RacingLine) -> None:
        self.circuit, self.line = circuit, line
        self._table = np.stack(
            [
                line.offset,
                line.curvature,
                line.stretch,
                line.speed,
                line.pit_speed,
                line.acceleration,
                circuit.half_width,
                _lane_share(circuit),
                line.straight.astype(np.float64),
            ],
            axis=1,
        )

    def under(self, lap_distance_m: Floats) -> Underneath:
        row = np.mod(lap_distance_m, self.circuit.length_m) / self.circuit.step_m
        before = row.astype(np.intp)
        first = self._table.take(before, axis=0, mode="wrap")
        after = self._table.take(before + 1, axis=0, mode="wrap")
        columns = (first + (after - first) * (row - before)[:, np.newaxis]).T
        return Underneath(*columns[:-1], straight=columns[-1] > 0.5)

    def in_pit_stretch(self, lap_distance_m: Floats) -> Bools:
        """Where the pit lane runs beside the road."""
        return (lap_distance_m >= self.circuit.pit.entry_m) | (lap_distance_m < self.circuit.pit.exit_m)


def _lane_share(circuit: Circuit) -> Floats:
    pit = circuit.pit
    distance = np.arange(len(circuit.x)) * circuit.step_m
    since_entry = np.mod(distance - pit.entry_m, circuit.length_m)
    until_exit = np.mod(pit.exit_m - distance, circuit.length_m)
    stretch = np.mod(pit.exit_m - pit.entry_m, circuit.length_m)
    ramp = np.clip(np.minimum(since_entry, until_exit) / pit.ramp_m, 0.0, 1.0)
    return np.where(since_entry <= stretch, ramp**2 * (3 - 2 * ramp), 0.0)
