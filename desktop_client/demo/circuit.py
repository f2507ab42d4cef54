"""Kestrel Park: an invented clockwise circuit of 3.45 km with a chicane, a hairpin and fast sweepers.

The drawing is a short list of bends (where the two straights would meet, and the radius between them). Points
spaced evenly along it become the control points of a periodic cubic B-spline, which turns every arc's hard
beginning into the gradual one that a road has, keeps straights exactly straight and is smooth in curvature.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from desktop_client.telemetry.frame import Floats

NAME = "Kestrel Park"

# x and y in metres (right-handed, seen from above) of the corner points, and the radius of the bend between them
BENDS = (
    (20, -327, 900),  # the kink of the main straight
    (-364, -400, 36),  # 1
    (-342, -250, 52),  # 2
    (-486, -137, 120),  # 3
    (-497, 51, 140),  # 4
    (-345, 208, 66),  # 5
    (-237, 73, 42),  # 6, the chicane
    (-150, 51, 42),  # 7
    (-63, -139, 150),  # 8
    (9, -209, 19),  # 9, the hairpin
    (40, -178, 19),
    (-58, 58, 190),  # 10
    (-2, 262, 58),  # 11
    (216, 217, 170),  # 12
    (380, 324, 30),  # 13
    (381, 118, 80),  # 14
    (518, 16, 70),  # 15
    (490, -148, 62),  # 16
)
START_LINE = (-45, -335)
CONTROL_SPACING_M = 20.0
SAMPLES_PER_SPAN = 160


@dataclass(frozen=True, slots=True)
class PitLane:
    """A lane beside the main straight, on the driver's right; distances are lap distances in metres."""

    entry_m: float = 3065.0  # the speed limit begins
    exit_m: float = 215.0  # and ends, after the line
    ramp_m: float = 75.0  # of road between the track and the lane, inside the limited stretch at either end
    offset_m: float = -17.0  # of the lane's middle from the track's middle
    box_offset_m: float = -20.5
    first_box_m: float = 3180.0
    box_spacing_m: float = 24.0
    limit_mps: float = 80.0 / 3.6


@dataclass(frozen=True, slots=True)
class Circuit:
    """Columns by lap distance: row i lies `i * step_m` metres after the start line along the middle of the road."""

    length_m: float
    step_m: float
    x: Floats
    y: Floats
    z: Floats
    heading: Floats  # radians, anticlockwise from x, unwrapped
    curvature: Floats  # 1/m, positive to the left
    half_width: Floats
    pit: PitLane
    sector_lines_m: tuple[float, float]

    def at(self, column: Floats, distance_m: Floats) -> Floats:
        """A column's value at any distance (laps wrap), by linear interpolation between its rows."""
        row = np.mod(distance_m, self.length_m) / self.step_m
        before = row.astype(np.intp)
        share = row - before
        first = column.take(before, mode="wrap")
        return first + (column.take(before + 1, mode="wrap") - first) * share

    def place(self, distance_m: Floats, offset_m: Floats) -> tuple[Floats, Floats, Floats]:
        """World x, y, z of a point `offset_m` to the left of the road's middle."""
        heading = self.at_heading(distance_m)
        x = self.at(self.x, distance_m) - np.sin(heading) * offset_m
        y = self.at(self.y, distance_m) + np.cos(heading) * offset_m
        return x, y, self.at(self.z, distance_m)

    def at_heading(self, distance_m: Floats) -> Floats:
        """The road's heading, radians; interpolated as a column of its own because a full turn lies at the line."""
        row = np.mod(distance_m, self.length_m) / self.step_m
        before = row.astype(np.intp)
        first = self.heading.take(before, mode="clip")
        return first + (row - before) * self.step_m * self.curvature.take(before, mode="clip")

    def ahead_m(self, here_m: Floats, there_m: Floats) -> Floats:
        """How far along the lap `there` lies in front of `here`, in [0, length)."""
        return np.mod(there_m - here_m, self.length_m)


def _rounded_polygon() -> Floats:
    """Points on the drawing's straights and arcs, unevenly spaced; shape (n, 2)."""
    corner = np.array([bend[:2] for bend in BENDS], dtype=np.float64)
    into = corner - np.roll(corner, 1, axis=0)
    into /= np.linalg.norm(into, axis=1, keepdims=True)
    out = np.roll(into, -1, axis=0)
    turn = np.arctan2(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], np.sum(into * out, axis=1))
    arcs: list[Floats] = []
    for at, direction, angle, (_, _, radius) in zip(corner, into, turn, BENDS, strict=True):
        left = np.array([-direction[1], direction[0]])
        entry = at - direction * radius * np.tan(abs(angle) / 2)
        swept = np.linspace(0.0, abs(angle), max(3, int(radius * abs(angle) / 2)))[:, np.newaxis]
        across = left * np.sign(angle)
        arcs.append(entry + radius * (np.sin(swept) * direction + (1 - np.cos(swept)) * across))
    return np.concatenate(arcs)


def _evenly(points: Floats, spacing_m: float) -> Floats:
    """The closed line through `points`, walked in equal steps of about `spacing_m`."""
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    steps = np.arange(round(along[-1] / spacing_m)) * along[-1] / round(along[-1] / spacing_m)
    return np.stack([np.interp(steps, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def _spline(control: Floats) -> tuple[Floats, Floats, Floats]:
    """Position, first and second derivative of the periodic uniform cubic B-spline; each of shape (n, 2)."""
    t = (np.arange(SAMPLES_PER_SPAN) / SAMPLES_PER_SPAN)[:, np.newaxis]
    zero = np.zeros_like(t)
    weights = (
        np.hstack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3]) / 6,
        np.hstack([-((1 - t) ** 2), 3 * t**2 - 4 * t, -3 * t**2 + 2 * t + 1, t**2]) / 2,
        np.hstack([1 - t, 3 * t - 2, 1 - 3 * t, t + zero]),
    )
    spans = np.stack([np.roll(control, shift, axis=0) for shift in (1, 0, -1, -2)], axis=1)
    position, velocity, bend = (np.einsum("tk,skd->std", w, spans).reshape(-1, 2) for w in weights)
    return position, velocity, bend


@functools.cache
def kestrel_park() -> Circuit:
    """The circuit, drawn once per process."""
    position, velocity, bend = _spline(_evenly(_rounded_polygon(), CONTROL_SPACING_M))
    first = int(np.argmin(np.hypot(position[:, 0] - START_LINE[0], position[:, 1] - START_LINE[1])))
    position, velocity, bend = (np.roll(column, -first, axis=0) for column in (position, velocity, bend))
    pace = np.hypot(velocity[:, 0], velocity[:, 1])
    curvature = (velocity[:, 0] * bend[:, 1] - velocity[:, 1] * bend[:, 0]) / pace**3

    closed = np.vstack([position, position[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    length = float(along[-1])
    rows = round(length)
    distance = np.arange(rows) * length / rows
    heading = np.unwrap(np.arctan2(velocity[:, 1], velocity[:, 0]))
    share = 2 * np.pi * distance / length
    return Circuit(
        length_m=length,
        step_m=length / rows,
        x=np.interp(distance, along[:-1], position[:, 0]),
        y=np.interp(distance, along[:-1], position[:, 1]),
        z=11.0 + 7.5 * np.sin(share + 2.4) + 3.0 * np.sin(2 * share + 0.7) + 1.1 * np.sin(5 * share + 1.9),
        heading=np.interp(distance, along[:-1], heading),
        curvature=np.interp(distance, along[:-1], curvature),
        half_width=6.6 + 0.7 * np.cos(share) + 0.3 * np.cos(3 * share + 1.0),
        pit=PitLane(),
        sector_lines_m=(0.335 * length, 0.655 * length),
    )
