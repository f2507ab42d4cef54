"""The circuit from above with everybody on it, or as much of it as has been driven."""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import Annotated

import msgspec
import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.fit import Fit
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Notice, Widget
from desktop_client.race.lifecycle import Race
from desktop_client.race.teams import Team
from desktop_client.race.track_map import Dot, DotKind, TrackMapView, track_map
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Capability, Floats, Frame

SIDE = 304.0
INSET = 26.0  # half of the biggest dot, and air
FOOT = 26.0  # the line of text while learning
LINE, CASING = 6.0, 10.0
TICK = 9.0
RING = 4.0  # the ring and the casing around a dot
DOT = {DotKind.OTHER: 6.0, DotKind.LEADER: 9.0, DotKind.NEIGHBOUR: 9.0, DotKind.PLAYER: 10.5}


class TrackMapSettings(msgspec.Struct, frozen=True):
    rotation_deg: Annotated[float, msgspec.Meta(ge=-360, le=360)] = 0.0


class TrackMap(Widget[TrackMapSettings, TrackMapView]):
    title = "Track map"
    settings_type = TrackMapSettings
    rate_hz = 15
    needs: frozenset[Capability] = frozenset()

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(SIDE, SIDE)

    def view(self, frame: Frame, race: Race) -> TrackMapView | Notice:
        view = track_map(frame, race)
        if view.shape is None and Capability.WORLD_POSITION not in frame.capabilities:
            return Notice("This game sends no positions")
        return view

    def demo(self) -> TrackMapView:
        angle = np.linspace(0.0, -2 * np.pi, 240, endpoint=False)
        radius = 620 + 190 * np.cos(2 * angle + 0.6) + 90 * np.sin(3 * angle)
        shape = TrackShape(radius * np.cos(angle) * 1.3, radius * np.sin(angle), 4600.0, (1500.0, 3100.0))
        kinds = (DotKind.OTHER, DotKind.OTHER, DotKind.LEADER, DotKind.NEIGHBOUR, DotKind.PLAYER)
        dots = tuple(
            Dot(
                int(shape.x[at]), int(shape.y[at]), Team(f"Team {kind}", index), kind, str(index) if kind else "", False
            )
            for index, (at, kind) in enumerate(zip((20, 60, 130, 170, 182), kinds, strict=True))
        )
        return TrackMapView(shape=shape, dots=dots)

    def still(self, view: TrackMapView) -> Hashable:
        return view.shape if view.shape is not None else view.driven_revision

    def paint_still(self, canvas: Canvas, view: TrackMapView) -> None:
        fit = self._fit(canvas, view)
        if view.shape is not None:
            self._circuit(canvas, fit, view.shape)
            return
        for piece in view.driven:
            _stroke(canvas, _polyline(fit, piece), closed=False)

    def paint(self, canvas: Canvas, view: TrackMapView) -> None:
        fit = self._fit(canvas, view)
        for dot in view.dots:
            self._dot(canvas, fit, dot)
        if view.shape is None:
            self._learning(canvas, view.progress)

    def _fit(self, canvas: Canvas, view: TrackMapView) -> Fit:
        foot = FOOT if view.shape is None else 0.0
        room = QRectF(INSET, INSET, canvas.width - 2 * INSET, canvas.height - 2 * INSET - foot)
        if view.shape is not None:
            points: Floats = np.stack((view.shape.x, view.shape.y))
        else:
            points = np.concatenate((np.zeros((2, 0)), *view.driven), axis=1)
        return Fit(points, room, self.settings.rotation_deg)

    def _circuit(self, canvas: Canvas, fit: Fit, shape: TrackShape) -> None:
        _stroke(canvas, _polyline(fit, np.stack((shape.x, shape.y))), closed=True)
        for distance in shape.sectors:
            _tick(canvas, fit, shape, distance, canvas.palette.text_dim, 2.0)
        _tick(canvas, fit, shape, 0.0, canvas.palette.text, 4.0)

    def _dot(self, canvas: Canvas, fit: Fit, dot: Dot) -> None:
        at = fit.point(dot.x, dot.y)
        if not QRectF(0, 0, canvas.width, canvas.height).contains(at):
            return
        radius = DOT[dot.kind]
        key = (dot.kind, dot.team, dot.in_pit)
        canvas.stamp(
            at, radius + RING, key, functools.partial(_draw_dot, palette=canvas.palette, dot=dot, radius=radius)
        )
        if dot.label:
            baseline = middle_baseline(at.y() - radius, 2 * radius, theme.CAPTION_STRONG)
            style, ink = theme.CAPTION_STRONG, canvas.palette.on_colour
            canvas.figures(at.x(), baseline, dot.label, style, ink, Align.CENTRE)

    def _learning(self, canvas: Canvas, progress: int | None) -> None:
        baseline = canvas.height - theme.PAD_X
        left, right = theme.PAD_X, canvas.width - theme.PAD_X
        canvas.text(left, baseline, "Learning the circuit", theme.CAPTION, canvas.palette.text_dim)
        if progress is None:
            return
        width = canvas.figures(right, baseline, f"{progress}%", theme.CAPTION_STRONG, canvas.palette.text_soft)
        start, end = left + 124, right - width - 10
        canvas.box(start, baseline - 6, end - start, 3, canvas.palette.groove, radius=1.5)
        canvas.box(start, baseline - 6, (end - start) * progress / 100, 3, canvas.palette.you, radius=1.5)


def _draw_dot(painter: QPainter, palette: Palette, dot: Dot, radius: float) -> None:
    painter.setPen(QPen(palette.casing, 2))
    if dot.kind is DotKind.PLAYER:
        painter.setBrush(palette.text)
        painter.drawEllipse(QPointF(0, 0), radius + 2.5, radius + 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.you)
    else:
        painter.setBrush(palette.text_dim if dot.in_pit else palette.team(dot.team))
    painter.drawEllipse(QPointF(0, 0), radius, radius)


def _polyline(fit: Fit, points: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in fit.points(points).T.tolist()])


def _stroke(canvas: Canvas, line: QPolygonF, *, closed: bool) -> None:
    painter = canvas.painter
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((canvas.palette.casing, CASING), (canvas.palette.track, LINE)):
        pen = QPen(colour, width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolygon(line) if closed else painter.drawPolyline(line)


def _tick(canvas: Canvas, fit: Fit, shape: TrackShape, distance_m: float, colour: QColor, width: float) -> None:
    """A short bar across the line at a place of the lap."""
    around = np.array([distance_m - 8.0, distance_m, distance_m + 8.0])
    before, at, after = fit.points(np.stack(shape.place(around))).T
    along = after - before
    across = np.array([-along[1], along[0]]) / max(1e-9, float(np.hypot(*along))) * TICK
    start, end = QPointF(*(at - across)), QPointF(*(at + across))
    for ink, thick in ((canvas.palette.casing, width + 3), (colour, width)):
        pen = QPen(ink, thick)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        canvas.painter.setPen(pen)
        canvas.painter.drawLine(start, end)
