"""Flags as they are painted: told apart without colour, gone when all is green."""

import itertools

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage, QPainter

from desktop_client.overlay.canvas import Canvas, Room
from desktop_client.overlay.flag_cloth import PATTERNS, paint_cloth
from desktop_client.overlay.lettering import Lettering
from desktop_client.overlay.palette import THEMES
from desktop_client.overlay.stamps import Stamps
from desktop_client.overlay.widget import Absent
from desktop_client.overlay.widgets.flags import CLOTH_WIDTH, SMALL, WORDS, Flags, FlagsSettings
from desktop_client.race.flags import FlagView, Shown, Sign
from desktop_client.race.lifecycle import Race
from desktop_client.telemetry.frame import Flag, Zone


def seen(frame, settings: FlagsSettings | None = None):
    race = Race()
    race.take(frame)
    return Flags(settings or FlagsSettings()).look(frame, race)


def cloth(sign: Sign, *, lit: bool = True) -> QImage:
    image = QImage(80, 56, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0xFF0B0F14)
    with QPainter(image) as painter:
        canvas = Canvas(painter, Lettering(), Stamps(), Room(80.0, 56.0, 1.0))
        paint_cloth(canvas, QRectF(0, 0, 80, 56), sign, lit=lit)
    return image


def greys(image: QImage) -> list[int]:
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [grey.pixelColor(x, y).red() for x in range(2, 78, 3) for y in range(2, 54, 3)]


def test_nothing_at_all_is_shown_while_all_is_green(frame_at):
    assert seen(frame_at(10.0)) == Absent()


def test_every_sign_has_a_cloth_and_words():
    assert set(PATTERNS) == set(WORDS) == set(Sign)


@pytest.mark.usefixtures("qapp")
def test_every_flag_is_told_from_every_other_by_its_pattern_alone():
    pictures = {sign: greys(cloth(sign)) for sign in Sign}
    for one, other in itertools.combinations(Sign, 2):
        differs = sum(abs(a - b) > 60 for a, b in zip(pictures[one], pictures[other], strict=True))
        assert differs > 0.04 * len(pictures[one]), (one, other)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("sign", [sign for sign in Sign if sign not in (Sign.BLACK, Sign.YELLOW_ELSEWHERE)])
def test_in_the_dark_half_of_its_blink_a_flag_is_dim_but_there(sign):
    bright, dim = sum(greys(cloth(sign))), sum(greys(cloth(sign, lit=False)))
    nothing = 14 * len(greys(cloth(sign)))
    assert nothing < dim < bright


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("sign", Sign)
def test_every_sign_stays_inside_the_widget(sheet_of, sign, scale):
    widget = Flags(FlagsSettings())
    view = FlagView(Shown(sign, sector=3, ahead_m=550), also=Sign.BLUE)
    inside, beside = sheet_of(widget, view, scale)
    assert beside == 0
    assert inside.pixelColor(inside.width() // 2, 4).alpha() > 200


@pytest.mark.parametrize("theme_name", THEMES)
def test_a_flag_has_its_own_colour_in_every_theme(sheet_of, theme_name):
    widget = Flags(FlagsSettings())
    inside, _ = sheet_of(widget, FlagView(Shown(Sign.BLUE)), palette=THEMES[theme_name])
    colour = inside.pixelColor(14, 16)
    assert colour.blue() > 200 > 80 > colour.red()


def test_a_blink_changes_the_cloth_and_never_the_words_or_the_panel(sheet_of):
    widget = Flags(FlagsSettings())
    lit, _ = sheet_of(widget, FlagView(Shown(Sign.YELLOW, 1, 200)))
    dark, _ = sheet_of(widget, FlagView(Shown(Sign.YELLOW, 1, 200), lit=False))
    left, right = int(CLOTH_WIDTH) + 10, lit.width() - int(CLOTH_WIDTH) - 10
    assert lit.copy(left, 0, right - left, lit.height()) == dark.copy(left, 0, right - left, dark.height())
    assert lit != dark


def test_what_asks_for_nothing_at_once_is_small(sheet_of):
    widget = Flags(FlagsSettings())
    for sign in SMALL:
        inside, _ = sheet_of(widget, FlagView(Shown(sign, sector=2)))
        assert inside.pixelColor(4, 20).alpha() == 0
        assert inside.pixelColor(inside.width() // 2, inside.height() - 4).alpha() == 0


def test_a_driver_may_choose_not_to_hear_of_yellow_flags_elsewhere(frame_at):
    frame = frame_at(10.0, zones=(Zone(0.7, 0.8, Flag.YELLOW),))
    assert seen(frame) == FlagView(Shown(Sign.YELLOW_ELSEWHERE))
    assert seen(frame, FlagsSettings(elsewhere=False)) == Absent()


def test_the_demo_is_a_flag_with_its_place(sheet_of):
    widget = Flags(FlagsSettings())
    view = widget.demo()
    assert view.shown.ahead_m
    assert sheet_of(widget, view)[1] == 0
