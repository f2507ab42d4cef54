"""The lines of the session widget: what is left, the weather, the rain to come, and what was counted."""

from __future__ import annotations

from collections.abc import Iterator

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from desktop_client.overlay import theme
from desktop_client.overlay.canvas import Canvas
from desktop_client.overlay.lettering import Align, middle_baseline
from desktop_client.overlay.palette import Palette
from desktop_client.overlay.sky_icons import HALF, paint_sky
from desktop_client.race.session import SessionView
from desktop_client.race.weather import STEP_MIN, Change, Trend, WeatherView, Wetness
from desktop_client.telemetry.frame import SessionKind

LINE_HEIGHTS = {"left": 44.0, "weather": 30.0, "rain": 48.0, "counted": 26.0}
BARS_HEIGHT, BAR_GAP = 18.0, 2.0
SOON_MIN = 15
NEARLY = 0.75  # of the incidents that end the drive

KINDS = {
    SessionKind.UNKNOWN: "Session",
    SessionKind.PRACTICE: "Practice",
    SessionKind.QUALIFYING: "Qualifying",
    SessionKind.RACE: "Race",
    SessionKind.TIME_TRIAL: "Time trial",
}
WETNESS = {Wetness.DRY: "dry", Wetness.DAMP: "damp", Wetness.WET: "wet", Wetness.SOAKED: "soaked"}


def clock_words(seconds: int) -> str:
    """`23:41`, or `1:23:41` from an hour on."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def left_words(view: SessionView) -> tuple[str, str]:
    """What is left, in figures or in a word, and the words beside it; what kind of session it is where nobody knows."""
    laps = view.laps_left
    if view.total_laps is None and view.time_left_s is not None:
        if laps is None or view.kind is not SessionKind.RACE:
            return clock_words(view.time_left_s), "left"
        if view.perhaps_one_more:
            return clock_words(view.time_left_s), f"{laps} or {laps + 1} laps"
        return clock_words(view.time_left_s), f"about {laps} laps" if laps > 1 else "last lap"
    if laps is not None:
        if laps <= 1:
            return ("Last lap", "") if laps else ("Finish", "")
        return str(laps), "laps to go"
    return KINDS[view.kind], ""


def paint_left(canvas: Canvas, top: float, view: SessionView) -> None:
    """The hero: what is left. At the right the place, and which lap of how many."""
    figure, word = left_words(view)
    baseline, right, x = top + 33, canvas.width - theme.PAD_X, theme.PAD_X
    write = canvas.text if figure[0].isalpha() else canvas.figures
    x += write(x, baseline, figure, theme.HERO, canvas.palette.text, Align.LEFT) + 8
    soft = canvas.palette.text_dim if view.neutralised else canvas.palette.text_soft
    if view.place is not None:
        width = canvas.figures(right, top + 16, f"/{view.cars}", theme.CAPTION, canvas.palette.text_dim)
        canvas.figures(right - width - 1, top + 16, f"P{view.place}", theme.BODY_STRONG, canvas.palette.text)
    if view.lap is not None:
        said = str(view.lap) if view.total_laps is None else f"{view.lap}/{view.total_laps}"
        right -= canvas.figures(right, baseline, said, theme.CAPTION, canvas.palette.text_dim) + 4
        right -= canvas.text(right, baseline, "lap", theme.CAPTION, canvas.palette.text_dim, Align.RIGHT) + 8
    canvas.text(x, baseline, word, theme.BODY, soft, room=max(1.0, right - x))


def paint_weather(canvas: Canvas, top: float, view: WeatherView) -> None:
    """One line: the sky, the track and the air with where they are going, and how wet it is."""
    height = LINE_HEIGHTS["weather"]
    baseline, x = middle_baseline(top, height, theme.BODY), theme.PAD_X
    if view.sky is not None:
        paint_sky(canvas, QPointF(x + HALF, top + height / 2), view.sky)
        x += 2 * HALF + 10
    for caption, degrees, trend in (("track", view.track_c, view.track_trend), ("air", view.air_c, view.air_trend)):
        if degrees is not None:
            x = _temperature(canvas, x, baseline, (caption, degrees, trend)) + 14
    if view.wetness is not None:
        is_dry = view.wetness is Wetness.DRY
        ink = canvas.palette.text_dim if is_dry else canvas.palette.rain
        style = theme.CAPTION if is_dry else theme.CAPTION_STRONG
        drying = view.wetness_trend is Trend.FALLING and not is_dry
        said = "drying" if drying else WETNESS[view.wetness]
        canvas.text(canvas.width - theme.PAD_X, baseline, said, style, ink, Align.RIGHT)


def _temperature(canvas: Canvas, x: float, baseline: float, said: tuple[str, int, Trend]) -> float:
    caption, degrees, trend = said
    x += canvas.text(x, baseline, caption, theme.CAPTION, canvas.palette.text_dim) + 6
    x += canvas.figures(x, baseline, f"{degrees}\N{DEGREE SIGN}", theme.BODY_STRONG, canvas.palette.text, Align.LEFT)
    if trend is Trend.STEADY:
        return x
    middle, up = baseline - 5.5, trend is Trend.RISING
    tip, foot = (middle - 3.5, middle + 3.5) if up else (middle + 3.5, middle - 3.5)
    colour = canvas.palette.hot if up else canvas.palette.cold
    canvas.shape([(x + 2, foot), (x + 6, tip), (x + 10, foot)], colour)
    return x + 10


def paint_rain(canvas: Canvas, top: float, view: WeatherView) -> None:
    """The chance of rain over the next half hour or hour, and the sentence that it comes to."""
    left, right = theme.PAD_X, canvas.width - theme.PAD_X
    words, ink = _rain_words(view, canvas.palette)
    canvas.text(left, top + 13, words, theme.CAPTION_STRONG, ink)
    if not view.chances:
        return
    span = (len(view.chances) - 1) * STEP_MIN
    canvas.text(right, top + 13, f"next {span} min", theme.CAPTION, canvas.palette.text_dim, Align.RIGHT)
    width = (right - left + BAR_GAP) / len(view.chances)
    foot = top + 22 + BARS_HEIGHT
    for index, chance in enumerate(view.chances):
        x = left + index * width
        canvas.box(x, foot - BARS_HEIGHT, width - BAR_GAP, BARS_HEIGHT, canvas.palette.groove, radius=1)
        if chance > 0:
            height = BARS_HEIGHT * chance
            canvas.box(x, foot - height, width - BAR_GAP, height, canvas.palette.rain, radius=1)


def _rain_words(view: WeatherView, palette: Palette) -> tuple[str, QColor]:
    if view.change is None or view.change_in_min is None:
        return "Rain is possible" if view.chances and view.chances[0] < 1 else "Rain goes on", palette.text_soft
    when = "now" if view.change_in_min == 0 else f"in {view.change_in_min} min"
    if view.change is Change.RAIN_ENDS:
        return f"Dry {when}", palette.text
    return f"Rain {when}", palette.warning if view.change_in_min <= SOON_MIN else palette.text


def paint_counted(canvas: Canvas, top: float, view: SessionView) -> None:
    """What the stewards have counted, and the laps between which a stop is wanted."""
    baseline, x = middle_baseline(top, LINE_HEIGHTS["counted"], theme.CAPTION), theme.PAD_X
    for caption, said, ink in _counted(view, canvas.palette):
        width = canvas.text_width(caption, theme.CAPTION) + 5 + canvas.figures_width(said, theme.CAPTION_STRONG)
        if x + width > canvas.width - theme.PAD_X:
            return  # the most important stand first
        value = x + canvas.text(x, baseline, caption, theme.CAPTION, canvas.palette.text_dim) + 5
        canvas.figures(value, baseline, said, theme.CAPTION_STRONG, ink, Align.LEFT)
        x += width + 14


def _counted(view: SessionView, palette: Palette) -> Iterator[tuple[str, str, QColor]]:
    if view.penalty_s is not None:
        yield "penalty", f"+{view.penalty_s}s", palette.warning
    if view.incidents is not None:
        count, limit = view.incidents.count, view.incidents.limit
        near = limit is not None and count >= NEARLY * limit
        said = str(count) if limit is None else f"{count}/{limit}"
        yield "incidents", said, palette.warning if near else palette.text
    if view.warnings is not None:
        yield "warnings", str(view.warnings.count), palette.text
    if view.pit_window is not None:
        yield "stop lap", f"{view.pit_window[0]}\N{EN DASH}{view.pit_window[1]}", palette.text
