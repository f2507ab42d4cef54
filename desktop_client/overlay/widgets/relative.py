"""The cars around the driver's own on the road."""

from __future__ import annotations

from typing import Annotated

import msgspec
from PyQt6.QtCore import QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.widget import Notice, Widget
from desktop_client.overlay.wording import gap_text
from desktop_client.race.lifecycle import Race
from desktop_client.race.relative import RelativeRow, RelativeView, relative
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import Capability, Frame

Rows = Annotated[int, msgspec.Meta(ge=1, le=10)]

HEAD = 24.0
WIDTH = 336.0
POSITION_RIGHT = 36.0
TILE_X, TILE_WIDTH, TILE_HEIGHT = 46.0, 36.0, 20.0
NAME_X = 92.0
GAP_WIDTH = 60.0
MARK_WIDTH = 44.0  # the arrow of a lapped car, or PIT


class RelativeSettings(msgspec.Struct, frozen=True):
    ahead: Rows = 3
    behind: Rows = 3


class Relative(Widget[RelativeSettings, RelativeView]):
    title = "Relative"
    settings_type = RelativeSettings
    needs = frozenset({Capability.OPPONENTS, Capability.LAP_DISTANCE})

    @property
    def natural_size(self) -> QSizeF:
        rows = self.settings.ahead + 1 + self.settings.behind
        return QSizeF(WIDTH, HEAD + rows * theme.ROW + theme.PAD_Y)

    def view(self, frame: Frame, race: Race) -> RelativeView | Notice:
        view = relative(frame, race, self.settings.ahead, self.settings.behind)
        return view or Notice("Waiting for your car")

    def demo(self) -> RelativeView:
        names = ("M. Novák", "I. Okafor", "T. Lindqvist", "A. Tanaka", "L. Moreau", "Δ. Παπάς", "N. Haddad")
        ahead, behind = self.settings.ahead, self.settings.behind
        rows = tuple(
            RelativeRow(
                slot=index,
                position=index + 4,
                number=(index * 17 + 3) % 99,
                name=names[index % len(names)],
                team=Team(f"Team {index}", index),
                gap_s=round((ahead - index) * 1.7, 1),
                laps=1 if index == 0 else 0,
                in_pit=index == ahead + behind,
                is_player=index == ahead,
            )
            for index in range(ahead + 1 + behind)
        )
        return RelativeView(rows=rows, ahead=ahead)

    def paint_still(self, canvas: Canvas, view: RelativeView) -> None:
        baseline = middle_baseline(2, HEAD, theme.CAPTION)
        canvas.text(NAME_X, baseline, "Relative", theme.CAPTION, canvas.palette.text_dim)
        canvas.text(canvas.width - theme.PAD_X, baseline, "gap s", theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)
        top = HEAD + view.ahead * theme.ROW
        canvas.box(1, top, canvas.width - 2, theme.ROW, canvas.palette.band, radius=0)
        canvas.box(1, top, 3, theme.ROW, canvas.palette.you, radius=0)

    def paint(self, canvas: Canvas, view: RelativeView) -> None:
        for index, row in enumerate(view.rows):
            if row is not None:
                self._row(canvas, HEAD + index * theme.ROW, row)

    def _row(self, canvas: Canvas, top: float, row: RelativeRow) -> None:
        style = theme.BODY_STRONG if row.is_player else theme.BODY
        ink = (
            canvas.palette.text
            if row.is_player
            else canvas.palette.text_dim
            if row.in_pit
            else canvas.palette.text_soft
        )
        baseline = middle_baseline(top, theme.ROW, style)
        right = canvas.width - theme.PAD_X
        if row.position is not None:
            canvas.figures(POSITION_RIGHT, baseline, str(row.position), style, ink)
        self._tile(canvas, top, row, ink)
        mark = MARK_WIDTH if row.in_pit or row.laps else 0.0
        canvas.text(NAME_X, baseline, row.name, style, ink, room=right - GAP_WIDTH - mark - NAME_X)
        if mark:
            self._mark(canvas, right - GAP_WIDTH - 4, top + theme.ROW / 2, row)
        if not row.is_player:
            canvas.figures(right, baseline, gap_text(row.gap_s), style, ink)

    def _tile(self, canvas: Canvas, top: float, row: RelativeRow, ink: QColor) -> None:
        colour = canvas.palette.team(row.team)
        tint = QColor(colour)
        tint.setAlpha(46)
        y = top + (theme.ROW - TILE_HEIGHT) / 2
        canvas.box(TILE_X, y, TILE_WIDTH, TILE_HEIGHT, tint)
        canvas.box(TILE_X, y, 4, TILE_HEIGHT, colour, radius=1)
        if row.number is not None:
            baseline = middle_baseline(top, theme.ROW, theme.CAPTION_STRONG)
            middle = TILE_X + 4 + (TILE_WIDTH - 4) / 2
            canvas.figures(middle, baseline, str(row.number), theme.CAPTION_STRONG, ink, Align.CENTRE)

    def _mark(self, canvas: Canvas, right: float, middle: float, row: RelativeRow) -> None:
        if row.in_pit:
            canvas.chip(right, middle, "PIT", canvas.palette.text_dim)
            return
        up = 1 if row.laps > 0 else -1
        colour = canvas.palette.warning if up > 0 else canvas.palette.text_dim
        tip, foot = middle - 4.5 * up, middle + 4.5 * up
        canvas.shape([(right - 12, foot), (right - 6, tip), (right, foot)], colour)
        baseline = middle_baseline(middle - theme.ROW / 2, theme.ROW, theme.CAPTION_STRONG)
        canvas.figures(right - 16, baseline, f"{min(99, abs(row.laps))}L", theme.CAPTION_STRONG, colour)
