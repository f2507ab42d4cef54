"""The pit assistant: while driving what a stop costs and where it leads, in the lane the limit and the clock."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from typing import Annotated

import msgspec
from PyQt6.QtCore import QRectF, QSizeF

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.heading import HEAD, head_baseline, heading, hero
from desktop_client.overlay.lettering import DASH, Align, middle_baseline
from desktop_client.overlay.widget import Cell, Notice, Widget
from desktop_client.race.dash import SpeedUnit
from desktop_client.race.lifecycle import Race
from desktop_client.race.pit import InLane, OnTrack, PitView, PitWindow, Reason, Rival, pit
from desktop_client.race.pit_rejoin import Neighbour, Rejoin
from desktop_client.race.teams import Team
from desktop_client.telemetry.frame import Capability, Frame

WIDTH = 304.0
HERO_BASELINE, HERO_CAPTION = 58.0, 76.0
NEAR_TOP, ROW = 84.0, 24.0
TABLE_TOP = NEAR_TOP + 2 * ROW + 6
TABLE_HEAD = 20.0
POSITION_RIGHT, TILE_X, NAME_X = 50.0, 58.0, 70.0
STOPS_RIGHT = 224.0
GAP_WIDTH = 116.0  # of a neighbour, with what stands before it
FOOT = 26.0
REASONS = {Reason.RULES: "by the rules", Reason.FUEL: "by the tank", Reason.TYRES: "by the tyres"}

SPEED_BASELINE, BAR_Y, BAR_HEIGHT = 92.0, 106.0, 8.0
BAR_ENDS_AT = 1.25  # limits; the tick of the limit stands inside the bar, so that too fast can be seen coming
LINES_TOP, LINE = 124.0, 26.0

Seconds = Annotated[float, msgspec.Meta(ge=0, le=120)]


class PitSettings(msgspec.Struct, frozen=True):
    speed_unit: SpeedUnit = "km/h"
    stop_s: Seconds | None = None  # how long the car will stand; None: as the others did
    worn_out_percent: Annotated[int, msgspec.Meta(ge=5, le=100)] = 75
    rivals: Annotated[int, msgspec.Meta(ge=0, le=4)] = 1  # before and behind


class Pit(Widget[PitSettings, PitView]):
    title = "Pit"
    settings_type = PitSettings
    needs = frozenset({Capability.PIT_STATUS})

    @property
    def natural_size(self) -> QSizeF:
        rows = 2 * self.settings.rivals + 1 if self.settings.rivals else 0
        return QSizeF(WIDTH, TABLE_TOP + (TABLE_HEAD + rows * ROW if rows else 0) + FOOT)

    def view(self, frame: Frame, race: Race) -> PitView | Notice:
        chosen = self.settings
        worn_out = chosen.worn_out_percent / 100
        view = pit(frame, race, chosen.speed_unit, chosen.stop_s, worn_out, chosen.rivals)
        return view or Notice("Waiting for your car")

    def demo(self) -> PitView:
        names = ("I. Okafor", "A. Tanaka", "L. Moreau", "N. Haddad", "T. Lindqvist", "Δ. Παπάς", "Z. Kaya", "É. Voss")
        around = self.settings.rivals
        rivals = tuple(
            Rival(
                position=4 + index,
                name="M. Novák" if index == around else names[index % len(names)],
                team=Team(f"Team {index}", index),
                stops=0 if index < around else 1,
                stint_laps=14 if index < around else 3 + index,
                in_pit=False,
                is_player=index == around,
            )
            for index in range(2 * around + 1)
        )
        return OnTrack(
            loss_s=22,
            measured=True,
            rejoin=Rejoin(
                position=9,
                ahead=Neighbour("T. Lindqvist", Team("Team 8", 8), 8, 1.4, 0),
                behind=Neighbour("Z. Kaya", Team("Team 9", 9), 10, 0.8, 0),
            ),
            window=PitWindow(16, 21, Reason.FUEL, open=True),
            wanted=False,
            rivals=rivals if around else (),
            unstopped=(4, 3),
        )

    def still(self, view: PitView) -> Hashable:
        return isinstance(view, InLane) or bool(view.rivals)

    def paint_still(self, canvas: Canvas, view: PitView) -> None:
        heading(canvas, "Pit lane" if isinstance(view, InLane) else self.title)
        if isinstance(view, OnTrack) and view.rivals:
            dim, baseline = canvas.palette.text_dim, middle_baseline(TABLE_TOP, TABLE_HEAD, theme.CAPTION)
            canvas.box(theme.PAD_X, TABLE_TOP - 2, canvas.width - 2 * theme.PAD_X, 1, canvas.palette.groove, radius=0)
            canvas.text(STOPS_RIGHT, baseline, "stops", theme.CAPTION, dim, Align.RIGHT)
            canvas.text(canvas.width - theme.PAD_X, baseline, "tyre laps", theme.CAPTION, dim, Align.RIGHT)

    def cells(self, room: Room, view: PitView) -> Iterable[Cell]:
        return (
            _lane_cells(room, view, self.settings.speed_unit) if isinstance(view, InLane) else _track_cells(room, view)
        )


def _track_cells(room: Room, view: OnTrack) -> Iterable[Cell]:
    cost = (view.loss_s, view.measured, view.wanted, view.rejoin is None)
    yield Cell(QRectF(60, 1, room.width - 60, HEAD), cost, functools.partial(_cost, view=view))
    position = None if view.rejoin is None else view.rejoin.position
    at = QRectF(0, HEAD + 1, room.width, NEAR_TOP - HEAD - 1)
    yield Cell(at, (position, view.window, view.loss_s, view.measured), functools.partial(_outlook, view=view))
    if view.rejoin is not None:
        for index, (near, ahead) in enumerate(((view.rejoin.ahead, True), (view.rejoin.behind, False))):
            top = NEAR_TOP + index * ROW
            draw = functools.partial(_neighbour, near=near, is_ahead=ahead, top=top)
            yield Cell(QRectF(0, top, room.width, ROW), near, draw)
    for index, rival in enumerate(view.rivals):
        top = TABLE_TOP + TABLE_HEAD + index * ROW
        yield Cell(QRectF(0, top, room.width, ROW), rival, functools.partial(_rival, rival=rival, top=top))
    foot = QRectF(0, room.height - FOOT, room.width, FOOT)
    yield Cell(foot, view.unstopped, functools.partial(_unstopped, unstopped=view.unstopped))


def _cost(canvas: Canvas, view: OnTrack) -> None:
    """What a stop costs, where the place that it costs is the figure; and that one was asked for."""
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    if view.wanted:
        right -= canvas.chip(right + 4, head_baseline() - 4, "BOX", palette.you, filled=True) + 4
    if view.rejoin is not None:
        about = "" if view.measured else "about "
        text = f"a stop costs {about}{view.loss_s} s"
        canvas.text(right, head_baseline(), text, theme.CAPTION, palette.text_dim, Align.RIGHT)


def window_text(window: PitWindow) -> tuple[str, str]:
    """The laps, and whether it is open and why."""
    laps = f"by lap {window.last}" if window.first is None else f"lap {window.first}\u2013{window.last}"
    state = "window open" if window.open else "window"
    return laps, f"{state}, {REASONS[window.reason]}"


def _outlook(canvas: Canvas, view: OnTrack) -> None:
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    if view.rejoin is not None:
        text, unit, caption = f"P{view.rejoin.position}", "", "after a stop now"
    else:
        text, unit, caption = str(view.loss_s), "s", "a stop costs" if view.measured else "a stop costs, about"
    hero(canvas, theme.PAD_X, HERO_BASELINE, text, unit, palette.text, Align.LEFT)
    canvas.text(theme.PAD_X, HERO_CAPTION, caption, theme.CAPTION, palette.text_dim)
    if view.window is not None:
        laps, caption = window_text(view.window)
        ink = palette.text if view.window.open else palette.text_soft
        canvas.text(right, HERO_BASELINE, laps, theme.BODY_STRONG, ink, Align.RIGHT)
        canvas.text(right, HERO_CAPTION, caption, theme.CAPTION, palette.text_dim, Align.RIGHT)


def _neighbour(canvas: Canvas, near: Neighbour | None, is_ahead: bool, top: float) -> None:
    """A car next to which one would come out; free road is worth a word as well."""
    palette, baseline = canvas.palette, middle_baseline(top, ROW, theme.BODY)
    middle, up = top + ROW / 2, 1 if is_ahead else -1
    canvas.shape([(12, middle + 4 * up), (16, middle - 4 * up), (20, middle + 4 * up)], palette.text_dim)
    if near is None:
        word = "nobody ahead" if is_ahead else "nobody behind"
        canvas.text(NAME_X, baseline, word, theme.BODY, palette.text_dim)
        return
    _who(canvas, top, near.position, near.team, near.name, theme.BODY, room=canvas.width - GAP_WIDTH - NAME_X)
    figures = f"{near.gap_s:.1f}"
    right = canvas.width - theme.PAD_X
    unit = canvas.text(right, baseline, "s", theme.CAPTION, palette.text_dim, Align.RIGHT)
    canvas.figures(right - unit - 3, baseline, figures, theme.BODY, palette.text)
    if near.laps:
        mark = "laps you" if near.laps > 0 else "lapped"
        canvas.text(right - 48, baseline, mark, theme.CAPTION, palette.text_dim, Align.RIGHT)


def _who(
    canvas: Canvas, top: float, position: int | None, team: Team, name: str, style: theme.Style, room: float
) -> None:
    palette, baseline = canvas.palette, middle_baseline(top, ROW, style)
    if position is not None:
        canvas.figures(POSITION_RIGHT, baseline, str(position), style, palette.text_soft)
    canvas.box(TILE_X, top + 4, 4, ROW - 8, palette.team(team), radius=1)
    canvas.text(NAME_X, baseline, name, style, palette.text_soft, room=room)


def _rival(canvas: Canvas, rival: Rival, top: float) -> None:
    palette = canvas.palette
    style = theme.BODY_STRONG if rival.is_player else theme.BODY
    if rival.is_player:
        canvas.box(1, top, canvas.width - 2, ROW, palette.band, radius=0)
        canvas.box(1, top, 3, ROW, palette.you, radius=0)
    baseline = middle_baseline(top, ROW, style)
    _who(canvas, top, rival.position, rival.team, rival.name, style, room=STOPS_RIGHT - 26 - NAME_X)
    ink = palette.text_soft if rival.stops else palette.text_dim
    canvas.figures(STOPS_RIGHT, baseline, str(min(99, rival.stops)), style, ink)
    right = canvas.width - theme.PAD_X
    if rival.in_pit:
        canvas.chip(right, top + ROW / 2, "PIT", palette.text_dim)
    elif rival.stint_laps is not None:
        canvas.figures(right, baseline, str(rival.stint_laps), style, palette.text_soft)


def _unstopped(canvas: Canvas, unstopped: tuple[int, int] | None) -> None:
    if unstopped is None:
        return
    ahead, count = unstopped
    text = f"{count} of {ahead} ahead have not stopped" if count else "Everybody ahead has stopped"
    canvas.text(theme.PAD_X, canvas.height - 9, text, theme.CAPTION, canvas.palette.text_dim)


def _lane_cells(room: Room, view: InLane, unit: SpeedUnit) -> Iterable[Cell]:
    yield Cell(QRectF(70, 1, room.width - 70, HEAD), view.limiter, functools.partial(_limiter, on=view.limiter))
    speed = (view.speed, view.limit, view.over)
    draw = functools.partial(_speed, view=view, unit=unit)
    yield Cell(QRectF(0, HEAD + 1, room.width, LINES_TOP - HEAD - 1), speed, draw)
    lines = (view.lane_s, view.stood_s, view.box_m, view.standing)
    yield Cell(QRectF(0, LINES_TOP, room.width, room.height - LINES_TOP), lines, functools.partial(_clock, view=view))


def _limiter(canvas: Canvas, on: bool | None) -> None:
    if on is not None:
        palette, right = canvas.palette, canvas.width - theme.PAD_X + 4
        text = "LIMITER" if on else "LIMITER OFF"
        canvas.chip(right, head_baseline() - 4, text, palette.you if on else palette.warning, filled=on)


def _speed(canvas: Canvas, view: InLane, unit: SpeedUnit) -> None:
    """Speed and limit side by side, and as a bar with a tick at the limit."""
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    ink = palette.lost if view.over else palette.text
    text = DASH if view.speed is None else str(view.speed)
    width = canvas.figures(theme.PAD_X, SPEED_BASELINE, text, theme.GEAR, ink, Align.LEFT)
    canvas.text(theme.PAD_X + width + 6, SPEED_BASELINE, unit, theme.BODY, palette.text_dim)
    if view.limit is None:
        return
    canvas.figures(right, SPEED_BASELINE, str(view.limit), theme.BODY_STRONG, palette.text_soft)
    canvas.text(right, SPEED_BASELINE - 20, "limit", theme.CAPTION, palette.text_dim, Align.RIGHT)
    if view.over:
        canvas.text(right, SPEED_BASELINE - 42, f"{view.over} too fast", theme.BODY_STRONG, palette.lost, Align.RIGHT)
    whole = right - theme.PAD_X
    canvas.box(theme.PAD_X, BAR_Y, whole, BAR_HEIGHT, palette.groove)
    share = (view.speed or 0) / (view.limit * BAR_ENDS_AT)
    canvas.box(theme.PAD_X, BAR_Y, whole * min(1.0, share), BAR_HEIGHT, ink)
    canvas.box(theme.PAD_X + whole / BAR_ENDS_AT - 1, BAR_Y - 3, 2, BAR_HEIGHT + 6, palette.text, radius=0)


def _clock(canvas: Canvas, view: InLane) -> None:
    """The way to the box, the standing, the time since the entry: what is known of it, as far as there is room."""
    palette, right = canvas.palette, canvas.width - theme.PAD_X
    lines: list[tuple[str, str, str]] = []
    if view.box_m is not None and not view.standing:
        lines.append(("to your box", str(view.box_m), "m"))
    if view.stood_s is not None:
        lines.append(("standing" if view.standing else "stood", f"{view.stood_s:.1f}", "s"))
    if view.lane_s is not None:
        lines.append(("in the lane", f"{view.lane_s:.1f}", "s"))
    fitting = int((canvas.height - LINES_TOP) / LINE)
    for index, (caption, figures, unit) in enumerate(lines[:fitting]):
        baseline = middle_baseline(LINES_TOP + index * LINE, LINE, theme.BODY_STRONG)
        canvas.text(theme.PAD_X, baseline, caption, theme.BODY, palette.text_dim)
        canvas.text(right - 12, baseline, unit, theme.CAPTION, palette.text_dim)
        canvas.figures(right - 16, baseline, figures, theme.BODY_STRONG, palette.text)
