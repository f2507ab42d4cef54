"""Time gained or lost by now, as a number and as a bar that grows from the middle."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Iterable
from typing import Annotated

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, head_baseline
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import delta_text, lap_text
from desktop_client.race.delta import DeltaView, delta
from desktop_client.race.lifecycle import Race
from desktop_client.race.reference import ReferenceKind
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 320.0, 96.0
HERO_TOP, HERO_HEIGHT = HEAD, 42.0
ARROW = 88.0  # from the middle of the widget, to the left: which way the delta is going
BAR_Y, BAR_HEIGHT = 74.0, 8.0
SCALE_WIDTH = 30.0  # the figures at the ends of the bar
FIGURE_S = 0.1

NAMES: dict[ReferenceKind, str] = {  # a chosen lap goes by its number
    "own_best": "your best",
    "session_best": "the session's best",
    "last": "your last lap",
}


class DeltaSettings(msgspec.Struct, frozen=True):
    reference: ReferenceKind = "own_best"
    lap: Annotated[int, msgspec.Meta(ge=1, le=999)] = 1  # of this session, where the reference is a chosen one
    span_s: Annotated[float, msgspec.Meta(ge=0.2, le=10)] = 1.0  # the delta at which the bar is full
    predicted: bool = True


class Delta(Widget[DeltaSettings, DeltaView]):
    title = "Delta"
    settings_type = DeltaSettings
    rate_hz = 15  # the bar; the figure changes ten times a second
    needs = frozenset({Capability.LAP_DISTANCE})

    def __init__(self, settings: DeltaSettings) -> None:
        super().__init__(settings)
        self._figure: tuple[float, float | None] = (math.nan, None)

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> DeltaView | Notice:
        view = delta(frame, race, self.settings.reference, self.settings.lap)
        if view is None:
            return Notice("Waiting for your car")
        said_at, said = self._figure
        now = frame.session_time_s
        if not 0 <= now - said_at < FIGURE_S or view.is_result or view.delta_s is None:
            self._figure = (now, view.delta_s)
            said = view.delta_s
        return dataclasses.replace(view, figure_s=said)

    def demo(self) -> DeltaView:
        kind = self.settings.reference
        return DeltaView(kind, -0.23, -1, False, 94.354, 94.1, figure_s=-0.23)

    def paint_still(self, canvas: Canvas, view: DeltaView) -> None:
        left, width = _bar(canvas)
        baseline = middle_baseline(BAR_Y, BAR_HEIGHT, theme.CAPTION)
        dim, span = canvas.palette.text_dim, f"{self.settings.span_s:g}"
        canvas.figures(theme.PAD_X, baseline, delta_text(-self.settings.span_s, span), theme.CAPTION, dim, Align.LEFT)
        right = canvas.width - theme.PAD_X
        canvas.figures(right, baseline, delta_text(self.settings.span_s, span), theme.CAPTION, dim)
        canvas.box(left, BAR_Y, width, BAR_HEIGHT, canvas.palette.groove)

    def cells(self, room: Room, view: DeltaView) -> Iterable[Cell]:
        head = (view.kind, view.is_result, view.reference_s)
        yield Cell(QRectF(0, 0, room.width, HEAD), head, functools.partial(self._head, view=view))
        predicted = view.predicted_s if self.settings.predicted else None
        said = (view.figure_s, view.trend, predicted)
        draw = functools.partial(_hero, view=view, predicted_s=predicted)
        yield Cell(QRectF(0, HERO_TOP, room.width, HERO_HEIGHT), said, draw)
        area = QRectF(
            theme.PAD_X + SCALE_WIDTH, BAR_Y - 4, room.width - 2 * (theme.PAD_X + SCALE_WIDTH), BAR_HEIGHT + 8
        )
        yield Cell(area, view.delta_s, functools.partial(_grow, delta_s=view.delta_s, span_s=self.settings.span_s))

    def _head(self, canvas: Canvas, view: DeltaView) -> None:
        dim = canvas.palette.text_dim
        name = NAMES.get(view.kind, f"lap {self.settings.lap}")
        words = f"{'Last lap' if view.is_result else 'Delta'} to {name}"
        canvas.text(theme.PAD_X, head_baseline(), words, theme.CAPTION, dim, room=canvas.width - 100)
        right = canvas.width - theme.PAD_X
        if view.reference_s is None:
            canvas.text(right, head_baseline(), "after a clean lap", theme.CAPTION, dim, Align.RIGHT)
        else:
            canvas.figures(right, head_baseline(), lap_text(view.reference_s), theme.CAPTION, canvas.palette.text_soft)


def _bar(canvas: Canvas) -> tuple[float, float]:
    """Left edge and width of the whole bar."""
    inset = theme.PAD_X + SCALE_WIDTH
    return inset, canvas.width - 2 * inset


def _colour(palette: Palette, delta_s: float) -> QColor:
    return palette.gained if delta_s < 0 else palette.lost if delta_s > 0 else palette.text


def _hero(canvas: Canvas, view: DeltaView, predicted_s: float | None) -> None:
    palette, centre = canvas.palette, canvas.width / 2
    baseline = middle_baseline(HERO_TOP, HERO_HEIGHT, theme.HERO)
    if view.figure_s is None:
        canvas.figures(centre, baseline, DASH, theme.HERO, palette.text_dim, Align.CENTRE)
        return
    text = delta_text(view.figure_s, f"{abs(view.figure_s):.2f}")
    canvas.figures(centre, baseline, text, theme.HERO, _colour(palette, view.figure_s), Align.CENTRE)
    if view.trend:
        middle, foot, tip = HERO_TOP + HERO_HEIGHT / 2, 4.5 * view.trend, -4.5 * view.trend
        x = centre - ARROW
        points = [(x - foot, middle - 8), (x - tip, middle), (x - foot, middle + 8)]
        canvas.shape(points, _colour(palette, float(view.trend)))
    if predicted_s is not None:
        right = canvas.width - theme.PAD_X
        width = canvas.figures(right, baseline, lap_text(predicted_s, decimals=1), theme.BODY, palette.text_soft)
        canvas.text(right - width - 5, baseline, "lap", theme.CAPTION, palette.text_dim, Align.RIGHT)


def _grow(canvas: Canvas, delta_s: float | None, span_s: float) -> None:
    left, width = _bar(canvas)
    centre = left + width / 2
    if delta_s:
        lit = width / 2 * min(1.0, abs(delta_s) / span_s)
        x = centre - lit if delta_s < 0 else centre
        canvas.box(x, BAR_Y, lit, BAR_HEIGHT, _colour(canvas.palette, delta_s))
    canvas.box(centre - 1, BAR_Y - 3, 2, BAR_HEIGHT + 6, canvas.palette.text, radius=0)
