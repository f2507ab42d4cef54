"""The fast way round: the path of least curvature within the road, and the speed that grip and power allow on it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from desktop_client.demo.circuit import Circuit, kestrel_park
from desktop_client.telemetry.frame import Bools, Floats

NODE_SPACING = 4  # rows of the circuit per node of the least-curvature problem
EDGE_MARGIN_M = 1.3
SLOW_BEFORE_PIT_M = 16.0  # nobody brakes to the last inch for a speed trap
GRAVITY = 9.81
DRAG = 0.00140  # m/s2 per (m/s)2
POWER = 960.0  # W per kg
STRAIGHT_CURVATURE = 1 / 180


def lateral_grip(speed: Floats) -> Floats:
    """The most that the tyres and the wings hold in a bend, m/s2."""
    return np.minimum(17.0 + 0.0050 * speed**2, 44.0)


def braking_grip(speed: Floats) -> Floats:
    """The hardest braking at this speed, drag included, m/s2."""
    return np.minimum(15.0 + 0.0052 * speed**2, 48.0)


def drive(speed: Floats) -> Floats:
    """Forward acceleration at full throttle before drag, m/s2: traction below about 70 m/s, then power."""
    return np.minimum(10.5 + 0.0010 * speed**2, POWER / np.maximum(speed, 1.0))


@dataclass(frozen=True, slots=True)
class RacingLine:
    """Columns aligned with the circuit's rows."""

    offset: Floats  # metres left of the road's middle
    curvature: Floats  # of the path itself, 1/m, positive to the left
    stretch: Floats  # metres driven per metre of the road's middle
    speed: Floats  # m/s at the limit
    pit_speed: Floats  # the same with the pit lane's speed limit ahead
    acceleration: Floats  # m/s2 along `speed`
    straight: Bools  # room to attack: no bend here nor just ahead

    @property
    def lap_time_s(self) -> float:
        return float(np.sum(self.stretch / self.speed))


def _least_curvature_offset(circuit: Circuit) -> Floats:
    """Offsets that minimise the path's second difference within the road, by the alternating direction method."""
    pick = slice(0, len(circuit.x) // NODE_SPACING * NODE_SPACING, NODE_SPACING)
    x, y, heading = circuit.x[pick], circuit.y[pick], circuit.heading[pick]
    bound = circuit.half_width[pick] - EDGE_MARGIN_M
    nodes = len(x)
    identity = np.eye(nodes)
    second = np.roll(identity, 1, axis=1) + np.roll(identity, -1, axis=1) - 2 * identity
    along_x, along_y = second * -np.sin(heading), second * np.cos(heading)
    hessian = along_x.T @ along_x + along_y.T @ along_y
    gradient = along_x.T @ (second @ x) + along_y.T @ (second @ y)
    penalty = 0.02
    solve = np.linalg.inv(hessian + penalty * identity)
    bounded, multiplier = np.zeros(nodes), np.zeros(nodes)
    for _ in range(250):
        free = solve @ (penalty * (bounded - multiplier) - gradient)
        bounded = np.clip(free + multiplier, -bound, bound)
        multiplier += free - bounded
    rows = np.arange(len(circuit.x)) / NODE_SPACING
    return np.interp(rows, np.arange(nodes + 1), np.append(bounded, bounded[0]))


def smooth(column: Floats, width_rows: float) -> Floats:
    """A periodic Gaussian blur."""
    frequency = np.fft.rfftfreq(len(column))
    kernel = np.exp(-2 * (np.pi * frequency * width_rows) ** 2)
    return np.fft.irfft(np.fft.rfft(column) * kernel, len(column))


def _lap_of_speeds(ceiling: Floats, curvature: Floats, step: Floats) -> Floats:
    """The fastest speeds under `ceiling` that braking and driving can join; two turns each way close the lap."""
    speed = ceiling.copy()
    rows = len(speed)
    for row in range(2 * rows - 1, -1, -1):
        here, after = row % rows, (row + 1) % rows
        speed[here] = min(speed[here], _reachable(speed[after], curvature[after], step[here], braking=True))
    for row in range(2 * rows):
        here, before = row % rows, (row - 1) % rows
        speed[here] = min(speed[here], _reachable(speed[before], curvature[before], step[before], braking=False))
    return speed


def _reachable(speed: float, curvature: float, step: float, *, braking: bool) -> float:
    """The speed one step further on (or one step earlier, when braking) with what the bend leaves of the grip."""
    at = np.array(speed)
    used = abs(curvature) * speed**2 / float(lateral_grip(at))
    left = max(1.0 - used**2, 0.0) ** 0.5
    if braking:
        change = float(braking_grip(at)) * (0.08 + 0.86 * left)
    else:
        change = float(drive(at)) * left - DRAG * speed**2
    return (speed**2 + 2 * max(change, 0.3) * step) ** 0.5


@functools.cache
def racing_line() -> RacingLine:
    """The line around Kestrel Park, worked out once per process."""
    circuit = kestrel_park()
    offset = smooth(_least_curvature_offset(circuit), 5.0)
    x = circuit.x - np.sin(circuit.heading) * offset
    y = circuit.y + np.cos(circuit.heading) * offset
    dx, dy = np.gradient(np.append(x, x[:2]))[:-2], np.gradient(np.append(y, y[:2]))[:-2]
    dx[0], dy[0] = (x[1] - x[-1]) / 2, (y[1] - y[-1]) / 2
    ddx, ddy = np.roll(x, -1) - 2 * x + np.roll(x, 1), np.roll(y, -1) - 2 * y + np.roll(y, 1)
    stretch = np.hypot(dx, dy)
    curvature = smooth((dx * ddy - dy * ddx) / stretch**3, 4.0)
    stretch = smooth(stretch / circuit.step_m, 4.0)

    cornering = np.sqrt(17.0 / np.maximum(np.abs(curvature) - 0.0050, 1e-9))
    capped = np.sqrt(44.0 / np.maximum(np.abs(curvature), 1e-9))
    ceiling = np.minimum(np.minimum(cornering, capped), 95.0)
    step = stretch * circuit.step_m
    speed = smooth(_lap_of_speeds(ceiling, curvature, step), 3.0)

    distance = np.arange(len(x)) * circuit.step_m
    pit = circuit.pit
    limited = (distance >= pit.entry_m - SLOW_BEFORE_PIT_M) | (distance <= pit.exit_m)
    pit_speed = _lap_of_speeds(np.where(limited, pit.limit_mps, speed), curvature, step)
    ahead = np.stack([np.roll(np.abs(curvature), -rows) for rows in range(0, 60, 6)])
    return RacingLine(
        offset=offset,
        curvature=curvature,
        stretch=stretch,
        speed=speed,
        pit_speed=pit_speed,
        acceleration=smooth((np.roll(speed, -1) ** 2 - np.roll(speed, 1) ** 2) / (4 * step), 2.0),
        straight=np.max(ahead, axis=0) < STRAIGHT_CURVATURE,
    )
