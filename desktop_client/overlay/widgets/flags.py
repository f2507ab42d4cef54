"""The flag that holds for the driver, as pattern and colour at both sides of a word; nothing while all is green."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QPen

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.flag_cloth import paint_cloth
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.widget import Absent, Widget
from desktop_client.race.flags import FlagView, Shown, Sign
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Capability, Frame

WIDTH, HEIGHT = 448.0, 72.0
CLOTH_WIDTH, INSET = 80.0, 8.0
SMALL_HEIGHT, SMALL_CLOTH_WIDTH, SMALL_CLOTH_HEIGHT = 40.0, 30.0, 20.0
ALSO_WIDTH, ALSO_HEIGHT = 24.0, 14.0
SMALL = frozenset({Sign.YELLOW_ELSEWHERE, Sign.FORMATION, Sign.CLEAR})  # news that asks for nothing at once

WORDS = {
    Sign.RED: ("Red flag", "the session is stopped"),
    Sign.BLACK: ("Black flag", "you are out: to the pits"),
    Sign.MEATBALL: ("Damage", "to the pits, to be repaired"),
    Sign.SAFETY_CAR: ("Safety car", "no overtaking"),
    Sign.VIRTUAL_SAFETY_CAR: ("Virtual SC", "keep above the delta"),
    Sign.DOUBLE_YELLOW: ("Double yellow", "be ready to stop"),
    Sign.YELLOW: ("Yellow", "no overtaking"),
    Sign.DEBRIS: ("Slippery", "no grip where you expect it"),
    Sign.BLUE: ("Blue flag", "let the faster car by"),
    Sign.BLACK_WHITE: ("Last warning", "for how you drive"),
    Sign.CHEQUERED: ("Finish", "slow down and bring it home"),
    Sign.WHITE: ("White flag", "a slow car, or the last lap"),
    Sign.YELLOW_ELSEWHERE: ("Yellow elsewhere", ""),
    Sign.FORMATION: ("Formation lap", ""),
    Sign.CLEAR: ("Track is clear", ""),
}


class FlagsSettings(msgspec.Struct, frozen=True):
    elsewhere: bool = True  # yellow flags that are no business of the driver's yet


class Flags(Widget[FlagsSettings, FlagView]):
    title = "Flags"
    settings_type = FlagsSettings
    needs = frozenset({Capability.FLAGS})
    rate_hz = 10
    has_panel = False

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, HEIGHT)

    def view(self, frame: Frame, race: Race) -> FlagView | Absent:
        view = race.flags.view(frame.at)
        if view is None or (view.shown.sign is Sign.YELLOW_ELSEWHERE and not self.settings.elsewhere):
            return Absent()
        return view

    def demo(self) -> FlagView:
        return FlagView(Shown(Sign.YELLOW, sector=2, ahead_m=300))

    def still(self, view: FlagView) -> Hashable:
        return _news(view.shown) if view.shown.sign in SMALL else None

    def paint_still(self, canvas: Canvas, view: FlagView) -> None:
        if view.shown.sign not in SMALL:
            canvas.panel(opaque=False, height=HEIGHT)
            return
        canvas.painter.setPen(QPen(canvas.palette.hairline, 1))
        canvas.painter.setBrush(canvas.palette.surface)
        canvas.painter.drawRoundedRect(_small_area(canvas, view.shown), theme.RADIUS, theme.RADIUS)

    def paint(self, canvas: Canvas, view: FlagView) -> None:
        if view.shown.sign in SMALL:
            self._small(canvas, view)
        else:
            self._big(canvas, view)

    def _big(self, canvas: Canvas, view: FlagView) -> None:
        sign, middle = view.shown.sign, canvas.width / 2
        height = HEIGHT - 2 * INSET
        for left in (INSET, canvas.width - INSET - CLOTH_WIDTH):
            paint_cloth(canvas, QRectF(left, INSET, CLOTH_WIDTH, height), sign, lit=view.lit)
        word, advice = WORDS[sign]
        room = canvas.width - 2 * (INSET + CLOTH_WIDTH + INSET)
        canvas.text(middle, 40, word, theme.HERO, canvas.palette.text, Align.CENTRE, room)
        said = _where(view.shown) or advice
        if view.also is None:
            canvas.text(middle, 60, said, theme.CAPTION_STRONG, canvas.palette.text_soft, Align.CENTRE, room)
            return
        width = min(canvas.text_width(said, theme.CAPTION_STRONG), room - ALSO_WIDTH - 8)
        left = middle - (width + 8 + ALSO_WIDTH) / 2
        canvas.text(left, 60, said, theme.CAPTION_STRONG, canvas.palette.text_soft, room=width + 1)
        paint_cloth(canvas, QRectF(left + width + 8, 56 - ALSO_HEIGHT / 2, ALSO_WIDTH, ALSO_HEIGHT), view.also)

    def _small(self, canvas: Canvas, view: FlagView) -> None:
        area = _small_area(canvas, view.shown)
        top = (SMALL_HEIGHT - SMALL_CLOTH_HEIGHT) / 2
        cloth = QRectF(area.left() + INSET + 2, top, SMALL_CLOTH_WIDTH, SMALL_CLOTH_HEIGHT)
        paint_cloth(canvas, cloth, view.shown.sign, lit=view.lit)
        baseline = middle_baseline(0, SMALL_HEIGHT, theme.BODY_STRONG)
        said = _news(view.shown)
        canvas.text(cloth.right() + INSET + 2, baseline, said, theme.BODY_STRONG, canvas.palette.text)


def _small_area(canvas: Canvas, shown: Shown) -> QRectF:
    """The panel of what is no more than a piece of news: as wide as its words, in the middle of the widget."""
    text = canvas.text_width(_news(shown), theme.BODY_STRONG)
    width = min(canvas.width, text + SMALL_CLOTH_WIDTH + 4 * INSET)
    return QRectF((canvas.width - width) / 2, 0, width, SMALL_HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)


def _where(shown: Shown) -> str:
    """Where a flag is waved, as a driver wants to hear it: how far, and in which sector."""
    far = "" if shown.ahead_m is None else f"{shown.ahead_m} m ahead" if shown.ahead_m else "here"
    sector = "" if shown.sector is None else f"sector {shown.sector}"
    return " · ".join(part for part in (far, sector) if part)


def _news(shown: Shown) -> str:
    """The whole of a piece of news."""
    in_sector = shown.sign is Sign.YELLOW_ELSEWHERE and shown.sector is not None
    return f"Yellow in sector {shown.sector}" if in_sector else WORDS[shown.sign][0]
