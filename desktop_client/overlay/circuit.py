"""A circuit as layers of lines on the ground: built once, and painted through any projection.

Whoever follows a car paints them thirty times a second, so a layer that is out of sight costs next to nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_client.overlay.fit import Projection
from desktop_client.overlay.palette import Palette
from desktop_client.race.dash import LapMark
from desktop_client.race.pit_lane import PitLane
from desktop_client.race.track_map import Caution, TrackMapView
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Flag, Floats

LINE, CASING = 6.0, 10.0
THIN_LINE, THIN_CASING = 2.5, 6.0
TICK, TICK_WIDTH, START_WIDTH, TICK_CASING = 9.0, 2.0, 4.0, 3.0
PIT_AWAY = 8.5  # how far the pit lane is pushed off the line at least, or the line would cover it
_SOFT = QPainter.RenderHint.Antialiasing
POINT_EVERY = 2.0  # pixels: what bends in less cannot be seen
OFF_LINE = 0.08  # pixels that a line may cut a bend by
LONGEST = 24.0  # pixels without a point: a longer piece could cross a room that none of its points is in


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One line on the ground, of shape (2, n) in metres, and the pens that it is painted with, widest first."""

    ground: Floats
    pens: tuple[QPen, ...]


def layers(
    view: TrackMapView, shape: TrackShape, palette: Palette, scale: float, *, sectors: bool, pit_lane: bool
) -> tuple[Layer, ...]:
    """Everything of a circuit that is a line, the lowest first; `scale` is in pixels per metre."""
    found: list[Layer] = []
    if pit_lane and view.pit is not None:
        pens = _pens((palette.casing, THIN_CASING), (palette.text_dim, THIN_LINE))
        found.append(Layer(_beside_the_line(shape, view.pit, scale), pens))
    line = _pens((palette.casing, CASING), (line_colour(palette, view.caution), LINE))
    found.append(Layer(_stretch(shape, 0.0, shape.length_m, scale), line))
    if sectors:
        starts = (0.0, *view.sectors, shape.length_m)
        for index, mark in enumerate(view.sector_marks[: len(starts) - 1]):
            if mark is not LapMark.PLAIN:
                colour = palette.gained if mark is LapMark.OWN_BEST else palette.session_best
                found.append(Layer(_stretch(shape, starts[index], starts[index + 1], scale), _pens((colour, LINE))))
    for zone in view.zones:
        ground = _stretch(shape, zone.start * shape.length_m, zone.end * shape.length_m, scale)
        found.append(Layer(ground, _pens((flag_colour(palette, zone.flag), LINE))))
    if sectors:
        found += [_tick(shape, start, scale, palette, palette.text_dim, TICK_WIDTH) for start in view.sectors]
    return (*found, _tick(shape, 0.0, scale, palette, palette.text, START_WIDTH))


def driven(piece: Floats, palette: Palette) -> Layer:
    """A piece of a circuit that is still being learned."""
    return Layer(piece, _pens((palette.casing, CASING), (palette.track, LINE)))


class Drawing:
    """Layers that are projected all at once."""

    def __init__(self, stack: Sequence[Layer]) -> None:
        self._ground: Floats = np.concatenate((np.zeros((2, 0)), *(layer.ground for layer in stack)), axis=1)
        ends = np.cumsum([0, *(layer.ground.shape[1] for layer in stack)]).tolist()
        self._parts = [(*part, layer.pens) for part, layer in zip(itertools.pairwise(ends), stack, strict=True)]

    def paint(self, painter: QPainter, through: Projection, room: QRectF | None = None) -> None:
        """Paint the lines; with a `room`, only the parts of them that reach into it, and casings with hard edges.

        Casings are as dark as the panel: nobody sees their edges, and soft ones are half of the cost.
        """
        points = through.points(self._ground)
        seen = None if room is None else _inside(points, room.adjusted(-LONGEST, -LONGEST, LONGEST, LONGEST))
        places: list[list[float]] = points.T.tolist()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for start, end, pens in self._parts:
            pieces = [(start, end)] if seen is None else reaching(seen, start, end)
            lines = [QPolygonF([QPointF(x, y) for x, y in places[first:last]]) for first, last in pieces]
            for index, pen in enumerate(pens if lines else ()):
                painter.setRenderHint(_SOFT, room is None or index == len(pens) - 1)
                painter.setPen(pen)
                for line in lines:
                    painter.drawPolyline(line)


def _inside(points: Floats, room: QRectF) -> list[bool]:
    middle, half = room.center(), (room.width() / 2, room.height() / 2)
    away = np.abs(points - np.array([[middle.x()], [middle.y()]]))
    inside = np.logical_and(*(away <= np.array([[half[0]], [half[1]]])))
    return inside.tolist()


def reaching(seen: Sequence[bool], start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a line, from `start` to `end` of its points, that are `seen`, with a point beyond their ends."""
    found: list[tuple[int, int]] = []
    index = start
    while index < end:
        if not seen[index]:
            index += 1
            continue
        first = max(start, index - 1)
        while index < end and seen[index]:
            index += 1
        if found and found[-1][1] > first:
            found[-1] = (found[-1][0], min(end, index + 1))
        else:
            found.append((first, min(end, index + 1)))
    return [(first, last) for first, last in found if last - first > 1]


def line_colour(palette: Palette, caution: Caution) -> QColor:
    """The colour of the whole line: what holds everywhere is seen everywhere."""
    if caution is Caution.RED:
        return palette.lost
    return palette.track if caution is Caution.NONE else palette.warning


def flag_colour(palette: Palette, flag: Flag) -> QColor:
    """The colour in which a waved flag lies on the map."""
    if flag is Flag.RED:
        return palette.lost
    return palette.text if flag is Flag.WHITE else palette.warning


def _stretch(shape: TrackShape, start_m: float, end_m: float, scale: float) -> Floats:
    """The line from one place of the lap to another, across the start if need be."""
    whole = (end_m - start_m) % shape.length_m or shape.length_m
    count = max(2, min(4000, math.ceil(whole * scale / POINT_EVERY)))
    return _thinned(np.stack(shape.place(start_m + np.linspace(0.0, whole, count))), scale)


def _thinned(line: Floats, scale: float) -> Floats:
    """The points that a line needs to look the same: many in its bends, and few where it is straight."""
    steps = np.diff(line, axis=1)
    lengths: list[float] = (np.hypot(*steps) * scale).tolist()
    headings: list[float] = np.unwrap(np.arctan2(steps[1], steps[0])).tolist()
    kept = [0]
    driven, before = 0.0, headings[0]
    for index, (length, heading) in enumerate(zip(lengths, headings, strict=True)):
        # A chord of length d over an even bend by the angle a leaves it by d * a / 8.
        if index and (driven + length > LONGEST or (driven + length) * abs(heading - before) / 8 > OFF_LINE):
            kept.append(index)
            driven, before = 0.0, heading
        driven += length
    return line[:, [*kept, line.shape[1] - 1]]


def _beside_the_line(shape: TrackShape, lane: PitLane, scale: float) -> Floats:
    """The pit lane, pushed off the line: a map of a whole circuit is too small to leave it where it is."""
    side = 1.0 if float(np.mean(lane.offset_m)) >= 0 else -1.0
    away = np.maximum(np.abs(lane.offset_m), PIT_AWAY / scale)
    away[[0, -1]] = 0.0  # it leaves the circuit and comes back
    return shape.beside(lane.places_m(shape.length_m), side * away)


def _tick(shape: TrackShape, distance_m: float, scale: float, palette: Palette, colour: QColor, width: float) -> Layer:
    """A short bar across the line."""
    half = TICK / scale
    ends = shape.beside(np.array([distance_m, distance_m]), np.array([half, -half]))
    pens = _pens((palette.casing, width + TICK_CASING), (colour, width), cap=Qt.PenCapStyle.FlatCap)
    return Layer(ends, pens)


def _pens(*looks: tuple[QColor, float], cap: Qt.PenCapStyle = Qt.PenCapStyle.RoundCap) -> tuple[QPen, ...]:
    made: list[QPen] = []
    for colour, width in looks:
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)  # points are dense, and a round join costs twice as much
        pen.setCapStyle(cap)
        made.append(pen)
    return tuple(made)
