"""The circuit from above with everybody on it, whole or around the own car, or as much of it as has been driven."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec
import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSizeF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.circuit import CASING, Drawing, driven, layers, line_colour
from desktop_client.overlay.corner_labels import Label, labels, paint_moving, paint_spread
from desktop_client.overlay.example_circuit import example
from desktop_client.overlay.fit import Projection, around, whole
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.lifecycle import Race
from desktop_client.race.teams import Team
from desktop_client.race.track_map import Caution, Dot, DotKind, TrackMapView, track_map
from desktop_client.race.track_shape import TrackShape
from desktop_client.telemetry.frame import Capability, Frame

SIDE = 304.0
INSET = 34.0  # a corner's number on the outside of the line, or half of the biggest dot
FOOT = 26.0  # the line of text while learning
RING = 4.0  # the ring and the casing around a dot
DOT = {DotKind.OTHER: 6.0, DotKind.LEADER: 9.0, DotKind.NEIGHBOUR: 9.0, DotKind.PLAYER: 10.5}
SEEN_PX = 0.5  # a car that moves by less is not seen to move
OWN_CAR_DOWN = 0.68  # of the height: who drives wants to see what comes, and not what has been
CAUTIONS = {Caution.VIRTUAL: "VSC", Caution.SAFETY_CAR: "SC", Caution.RED: "RED"}

Degrees = Annotated[float, msgspec.Meta(ge=-360, le=360)]
Zoom = Annotated[float, msgspec.Meta(ge=150, le=3000)]


class TrackMapSettings(msgspec.Struct, frozen=True):
    """`zoom_m` metres are as wide as the widget while it follows the own car; `rotation_deg` turns the whole map."""

    mode: Literal["whole", "follow"] = "whole"
    zoom_m: Zoom = 600.0
    heading_up: bool = True
    rotation_deg: Degrees = 0.0
    corners: Literal["none", "numbers", "names"] = "numbers"
    sectors: bool = True
    pit_lane: bool = True


class TrackMap(Widget[TrackMapSettings, TrackMapView]):
    title = "Track map"
    settings_type = TrackMapSettings
    rate_hz = 10  # seen whole, a car takes that long for a pixel
    needs_any = frozenset({Capability.WORLD_POSITION, Capability.LAP_DISTANCE})

    def __init__(self, settings: TrackMapSettings) -> None:
        super().__init__(settings)
        if settings.mode == "follow":
            self.rate_hz = 30
        self._seen: tuple[TrackShape, float] | None = None
        self._fitted: tuple[Hashable, Projection] | None = None
        self._built: tuple[Hashable, Drawing, tuple[Label, ...]] | None = None

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(SIDE, SIDE)

    def view(self, frame: Frame, race: Race) -> TrackMapView | Notice:
        follow = self.settings.mode == "follow"
        view = track_map(frame, race, self._step_m(race.shape, follow), follow=follow)
        if view.shape is None and Capability.WORLD_POSITION not in frame.capabilities:
            return Notice("This game does not say where cars are")
        return view

    def demo(self) -> TrackMapView:
        return example(follow=self.settings.mode == "follow")

    def still(self, view: TrackMapView) -> Hashable:
        if view.focus is not None:
            return "follow"
        if view.shape is None:
            return view.driven_revision, view.caution
        return view.shape, view.pit, view.sectors, view.sector_marks, view.zones, view.caution

    def paint_still(self, canvas: Canvas, view: TrackMapView) -> None:
        if view.focus is not None:
            return
        through = self._through(canvas, view)
        if view.shape is not None:
            self._circuit(canvas, through, view, view.shape)
        else:
            Drawing([driven(piece, canvas.palette) for piece in view.driven]).paint(canvas.painter, through)
        _caution(canvas, view.caution)

    def cells(self, room: Room, view: TrackMapView) -> Iterable[Cell]:
        area = QRectF(0, 0, room.width, room.height)
        yield Cell(area, (view.dots, view.focus, view.progress), functools.partial(self.paint, view=view))

    def paint(self, canvas: Canvas, view: TrackMapView) -> None:
        through = self._through(canvas, view)
        if view.focus is not None and view.shape is not None:
            canvas.painter.save()
            inside = QRectF(1, 1, canvas.width - 2, canvas.height - 2)
            canvas.painter.setClipRect(inside, Qt.ClipOperation.IntersectClip)
            self._circuit(canvas, through, view, view.shape)
            canvas.painter.restore()
            _caution(canvas, view.caution)
        self._dots(canvas, through, view.dots)
        if view.shape is None:
            self._learning(canvas, view.progress)

    def _dots(self, canvas: Canvas, through: Projection, dots: Sequence[Dot]) -> None:
        """Every car that is on the widget; those with a number are painted last."""
        if not dots:
            return
        places = through.points(np.array([dot[:2] for dot in dots]).T).T.tolist()
        right, foot = canvas.width - RING, canvas.height - RING
        seen = [(x, y, dot) for dot, (x, y) in zip(dots, places, strict=True) if RING < x < right and RING < y < foot]
        drawing = functools.partial(_drawing, canvas.palette)
        others = [(x, y, _look(dot)) for x, y, dot in seen if not dot.kind]
        canvas.scatter(DOT[DotKind.OTHER] + RING, others, drawing)
        for x, y, dot in seen[len(others) :]:
            canvas.scatter(DOT[dot.kind] + RING, [(x, y, _look(dot))], drawing)
            if dot.label:
                radius = DOT[dot.kind]
                baseline = middle_baseline(y - radius, 2 * radius, theme.CAPTION_STRONG)
                ink = canvas.palette.on_meaning if dot.kind is DotKind.PLAYER else canvas.palette.on_colour
                canvas.figures(x, baseline, dot.label, theme.CAPTION_STRONG, ink, Align.CENTRE)

    def _step_m(self, shape: TrackShape | None, follow: bool) -> float:
        """How far a car moves on the ground until that can be seen."""
        if follow:
            return SEEN_PX * self.settings.zoom_m / SIDE
        if shape is None:
            return 1.0
        if self._seen is None or self._seen[0] is not shape:
            self._seen = (shape, SEEN_PX / self._whole(QSizeF(SIDE, SIDE), shape).scale)
        return self._seen[1]

    def _through(self, canvas: Canvas, view: TrackMapView) -> Projection:
        if view.focus is not None:
            focus = view.focus
            heading = focus.heading_deg if self.settings.heading_up else None
            at = QPointF(canvas.width / 2, canvas.height * (OWN_CAR_DOWN if self.settings.heading_up else 0.5))
            return around((focus.x, focus.y), heading, at, canvas.width / self.settings.zoom_m)
        if view.shape is not None:
            return self._whole(QSizeF(canvas.width, canvas.height), view.shape)
        points = np.concatenate((np.zeros((2, 0)), *view.driven), axis=1)
        room = QRectF(INSET, INSET, canvas.width - 2 * INSET, canvas.height - 2 * INSET - FOOT)
        return whole(points, room, self.settings.rotation_deg)

    def _whole(self, size: QSizeF, shape: TrackShape) -> Projection:
        """The whole circuit on a widget of this size; computed once."""
        key = (shape, size.width(), size.height())
        if self._fitted is None or self._fitted[0] != key:
            room = QRectF(INSET, INSET, size.width() - 2 * INSET, size.height() - 2 * INSET)
            self._fitted = (key, whole(np.stack((shape.x, shape.y)), room, self.settings.rotation_deg))
        return self._fitted[1]

    def _circuit(self, canvas: Canvas, through: Projection, view: TrackMapView, shape: TrackShape) -> None:
        """Paint the circuit, from lines that are built once for as long as nothing changes but the place of cars."""
        chosen = self.settings
        key = (shape, view.pit, view.sectors, view.sector_marks, view.zones, view.caution, through.scale)
        if self._built is None or self._built[0] != (key, canvas.palette):
            lines = layers(view, shape, canvas.palette, through.scale, sectors=chosen.sectors, pit_lane=chosen.pit_lane)
            named = () if chosen.corners == "none" else labels(shape, names=chosen.corners == "names")
            self._built = ((key, canvas.palette), Drawing(lines), named)
        _, drawing, named = self._built
        if view.focus is None:
            drawing.paint(canvas.painter, through)
            paint_spread(canvas, named, shape, through)
        else:
            room = QRectF(-CASING, -CASING, canvas.width + 2 * CASING, canvas.height + 2 * CASING)
            drawing.paint(canvas.painter, through, room)
            paint_moving(canvas, named, through)

    def _learning(self, canvas: Canvas, progress: int | None) -> None:
        baseline = canvas.height - theme.PAD_X
        left, right = theme.PAD_X, canvas.width - theme.PAD_X
        width = canvas.text(left, baseline, "Learning the circuit", theme.CAPTION, canvas.palette.text_dim)
        if progress is None:
            return
        start = left + width + 10
        end = (
            right - canvas.figures(right, baseline, f"{progress}%", theme.CAPTION_STRONG, canvas.palette.text_soft) - 10
        )
        canvas.box(start, baseline - 6, end - start, 3, canvas.palette.groove, radius=1.5)
        canvas.box(start, baseline - 6, (end - start) * progress / 100, 3, canvas.palette.you, radius=1.5)


class _Look(NamedTuple):
    """What of a dot decides how it is drawn."""

    kind: DotKind
    team: Team
    class_number: int | None
    in_pit: bool


def _look(dot: Dot) -> _Look:
    return _Look(dot.kind, dot.team, dot.class_number, dot.in_pit)


def _drawing(palette: Palette, look: _Look) -> Callable[[QPainter], None]:
    return functools.partial(_draw_dot, palette=palette, look=look)


def _draw_dot(painter: QPainter, palette: Palette, look: _Look) -> None:
    radius = DOT[look.kind]
    painter.setPen(QPen(palette.casing, 2))
    if look.kind is DotKind.PLAYER:
        painter.setBrush(palette.text)
        painter.drawEllipse(QPointF(0, 0), radius + 2.5, radius + 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_dot_colour(palette, look))
    painter.drawEllipse(QPointF(0, 0), radius, radius)


def _dot_colour(palette: Palette, look: _Look) -> QColor:
    if look.kind is DotKind.PLAYER:
        return palette.you
    if look.in_pit:
        return palette.text_dim
    return palette.team(look.team) if look.class_number is None else palette.class_(look.class_number)


def _caution(canvas: Canvas, caution: Caution) -> None:
    """What holds on the whole circuit, in a word: the colour of the line alone is not read by everybody."""
    if caution is not Caution.NONE:
        word = CAUTIONS[caution]
        width = canvas.figures_width(word, theme.CAPTION_STRONG) + 12
        canvas.chip(theme.PAD_X + width, 20.0, word, line_colour(canvas.palette, caution), filled=True)
