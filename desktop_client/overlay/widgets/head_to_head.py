"""The rivals ahead and behind, and what becomes of the gap to each."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Literal

import msgspec
from PyQt6.QtCore import QRectF, QSizeF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import hero
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.table import NAME_X, PLACE_RIGHT, paint_tile
from desktop_client.overlay.tyre_mark import paint_tyre
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.overlay.wording import delta_text
from desktop_client.race.gaps import Gap
from desktop_client.race.head_to_head import Duel, HeadToHeadView, Trend, head_to_head
from desktop_client.race.lifecycle import Race
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import Capability, Frame

WIDTH = 336.0
NAME_TOP = 6.0
HERO_HEIGHT = 44.0
SENTENCE_TOP, SENTENCE_HEIGHT = 34.0, 24.0
FIGURES_TOP, LINE = 60.0, 20.0
FOOT = 8.0
FIGURES_RIGHT, FIGURES_STEP = 128.0, 48.0

Side = Literal["ahead", "behind"]


class HeadToHeadSettings(msgspec.Struct, frozen=True):
    same_class: bool = True
    laps: bool = True
    sectors: bool = True


class HeadToHead(Widget[HeadToHeadSettings, HeadToHeadView]):
    title = "Head to head"
    settings_type = HeadToHeadSettings
    rate_hz = 4
    needs = frozenset({Capability.OPPONENTS})

    @property
    def natural_size(self) -> QSizeF:
        return QSizeF(WIDTH, 2 * self._panel_height)

    @property
    def _panel_height(self) -> float:
        return FIGURES_TOP + LINE * (self.settings.laps + self.settings.sectors) + FOOT

    def view(self, frame: Frame, race: Race) -> HeadToHeadView | Notice:
        view = head_to_head(frame, race, same_class=self.settings.same_class)
        return view or Notice("Waiting for your car")

    def demo(self) -> HeadToHeadView:
        ahead = Duel(
            position=7,
            number=21,
            name="I. Okafor",
            team=Team("Team 3", 3),
            gap=Gap(1.2),
            trend=Trend.SHRINKS,
            change_s=0.4,
            laps_to_meet=3,
            in_time=True,
            lap_diffs=(-0.42, -0.31, -0.47),
            sector_diffs=(-0.21, 0.04, -0.25),
            tyre="H",
            tyre_age_laps=14,
            own_tyre_age_laps=6,
            in_pit=False,
        )
        behind = Duel(
            position=9,
            number=44,
            name="T. Lindqvist",
            team=Team("Team 5", 5),
            gap=Gap(3.7),
            trend=Trend.GROWS,
            change_s=0.2,
            laps_to_meet=None,
            in_time=True,
            lap_diffs=(-0.18, -0.25, -0.12),
            sector_diffs=(-0.09, -0.13, 0.04),
            tyre="M",
            tyre_age_laps=9,
            own_tyre_age_laps=6,
            in_pit=False,
        )
        return HeadToHeadView(is_race=True, ahead=ahead, behind=behind)

    def paint_still(self, canvas: Canvas, view: HeadToHeadView) -> None:
        middle = canvas.height / 2
        canvas.box(theme.PAD_X, middle - 0.5, canvas.width - 2 * theme.PAD_X, 1, canvas.palette.groove, radius=0)

    def cells(self, room: Room, view: HeadToHeadView) -> Iterable[Cell]:
        half = room.height / 2
        sides: tuple[tuple[Side, Duel | None, float], ...] = (("ahead", view.ahead, 0.0), ("behind", view.behind, half))
        for side, duel, top in sides:
            rect = QRectF(0, top, room.width, half)
            if duel is None:
                said = "Nobody ahead" if side == "ahead" else "Nobody behind"
                yield Cell(rect, said, functools.partial(_nobody, said=said, top=top, height=half))
            else:
                draw = functools.partial(self._panel, duel=duel, side=side, top=top, is_race=view.is_race)
                yield Cell(rect, (duel, view.is_race), draw)

    def _panel(self, canvas: Canvas, duel: Duel, side: Side, top: float, is_race: bool) -> None:
        palette, right = canvas.palette, canvas.width - theme.PAD_X
        gap_left = _gap(canvas, duel, top + NAME_TOP, is_race=is_race)
        _who(canvas, duel, top + NAME_TOP, gap_left - 10)
        words, colour = verdict(palette, duel, side, is_race=is_race)
        baseline = middle_baseline(top + SENTENCE_TOP, SENTENCE_HEIGHT, theme.BODY)
        canvas.text(theme.PAD_X, baseline, words, theme.BODY, colour, room=gap_left - 10 - theme.PAD_X)
        line = top + FIGURES_TOP
        lines = []
        if self.settings.laps:
            lines.append(("Laps", duel.lap_diffs))
        if self.settings.sectors:
            lines.append(("Sectors", duel.sector_diffs))
        for caption, diffs in lines:
            _diffs(canvas, line, caption, diffs)
            line += LINE
        if lines:
            middle = top + FIGURES_TOP + LINE / 2
            paint_tyre(canvas, right, middle, duel.tyre, duel.tyre_age_laps, palette.text_soft)
        if len(lines) > 1 and duel.own_tyre_age_laps is not None:
            baseline = middle_baseline(top + FIGURES_TOP + LINE, LINE, theme.CAPTION)
            width = canvas.figures(right, baseline, str(duel.own_tyre_age_laps), theme.CAPTION, palette.text_dim)
            canvas.text(right - width - 6, baseline, "yours", theme.CAPTION, palette.text_dim, Align.RIGHT)


def verdict(palette: Palette, duel: Duel, side: Side, *, is_race: bool) -> tuple[str, QColor]:
    """The sentence that the driver acts on, and its colour: good news, bad news or none."""
    ahead = side == "ahead"
    if not is_race:
        return ("Best lap to beat" if ahead else "Slower best lap"), palette.text_dim
    if duel.in_pit:
        return "In the pits", palette.text_soft
    if duel.trend is Trend.UNKNOWN or duel.change_s is None:
        return "Pace is known after 1 lap", palette.text_dim
    if duel.trend is Trend.STAYS:
        return "Same pace", palette.text_soft
    rate = f"{duel.change_s:.1f} s a lap"
    if duel.trend is Trend.GROWS:
        return (f"Losing {rate}", palette.lost) if ahead else (f"Pulling away {rate}", palette.gained)
    words = f"Catching {rate}" if ahead else f"Closing in {rate}"
    if duel.laps_to_meet is not None:
        laps = "1 lap" if duel.laps_to_meet == 1 else f"{duel.laps_to_meet} laps"
        words += f": {laps}" if duel.in_time else ", too late"
    return words, palette.gained if ahead else palette.lost


def _who(canvas: Canvas, duel: Duel, top: float, right: float) -> None:
    palette = canvas.palette
    ink = palette.text_dim if duel.in_pit else palette.text
    baseline = middle_baseline(top, theme.ROW, theme.BODY_STRONG)
    if duel.position is not None:
        canvas.figures(PLACE_RIGHT, baseline, str(duel.position), theme.BODY_STRONG, ink)
    paint_tile(canvas, top, duel.number, palette.team(duel.team), ink)
    if duel.in_pit:
        right -= canvas.chip(right, top + theme.ROW / 2, "PIT", palette.text_dim) + 6
    canvas.text(NAME_X, baseline, duel.name, theme.BODY_STRONG, ink, room=right - NAME_X)


def _gap(canvas: Canvas, duel: Duel, top: float, *, is_race: bool) -> float:
    """The gap at the right edge; returns where it begins."""
    right, baseline = canvas.width - theme.PAD_X, middle_baseline(top, HERO_HEIGHT, theme.HERO)
    if duel.gap.laps == 0 and duel.gap.seconds is None:
        return right - canvas.figures(right, baseline, DASH, theme.HERO, canvas.palette.text_dim)
    if duel.gap.laps:
        said, unit = str(duel.gap.laps), "lap" if duel.gap.laps == 1 else "laps"
    else:
        said, unit = f"{min(duel.gap.seconds or 0.0, 999.9):.{1 if is_race else 3}f}", "s"
    hero(canvas, right, baseline, said, unit, canvas.palette.text, Align.RIGHT)
    return right - canvas.figures_width(said, theme.HERO) - canvas.text_width(unit, theme.BODY) - 4


def _diffs(canvas: Canvas, top: float, caption: str, diffs: tuple[float | None, ...]) -> None:
    palette = canvas.palette
    if all(diff is None for diff in diffs):
        return
    canvas.text(theme.PAD_X, middle_baseline(top, LINE, theme.CAPTION), caption, theme.CAPTION, palette.text_dim)
    baseline = middle_baseline(top, LINE, theme.CAPTION_STRONG)
    for index, diff in enumerate(diffs):
        if diff is not None:
            colour = palette.gained if diff < 0 else palette.lost if diff > 0 else palette.text_soft
            said = delta_text(diff, f"{min(abs(diff), 99.9):.{2 if abs(diff) < 10 else 1}f}")
            canvas.figures(FIGURES_RIGHT + index * FIGURES_STEP, baseline, said, theme.CAPTION_STRONG, colour)


def _nobody(canvas: Canvas, said: str, top: float, height: float) -> None:
    baseline = middle_baseline(top, height, theme.BODY)
    canvas.text(canvas.width / 2, baseline, said, theme.BODY, canvas.palette.text_dim, Align.CENTRE)
