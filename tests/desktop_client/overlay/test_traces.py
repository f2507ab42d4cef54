"""Curves that are pushed along instead of painted anew."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from desktop_client.overlay.traces import Curve, TraceStrip

BOX = QRectF(6, 4, 150, 60)
COLUMNS = 120
GREEN, RED, AMBER = QColor("#30d080"), QColor("#ff5050"), QColor("#ffb030")


def values(newest, speed=0.13):
    column = np.arange(newest - COLUMNS + 1, newest + 1)
    return np.clip(np.sin(column * speed) * 1.3, 0.0, 1.0)


def curves(newest):
    steer = 0.5 + 0.4 * np.sin(np.arange(newest - COLUMNS + 1, newest + 1) * 0.05)
    marks = (np.arange(newest - COLUMNS + 1, newest + 1) % 40 < 6).astype(float)
    return [
        Curve(steer, QColor("grey"), base=0.5, fill_alpha=30, line_width=1.5),
        Curve(values(newest), GREEN),
        Curve(values(newest, 0.21), RED, marks=marks, mark_colour=AMBER),
    ]


def painted(strip, newest, what=None, scale=1.0, series="one"):
    image = QImage(round(170 * scale), round(70 * scale), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        painter.scale(scale, scale)
        strip.paint(painter, BOX, what or curves(newest), newest, series)
    return image


def pixels(image):
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width()].copy()


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.37, 2.0])
@pytest.mark.parametrize("step", [1, 2, 7, 40])
def test_a_strip_that_was_pushed_along_looks_like_one_painted_anew(qapp, scale, step):
    pushed = TraceStrip()
    for newest in range(500, 500 + 10 * step + 1, step):
        image = painted(pushed, newest, scale=scale)
    anew = painted(TraceStrip(), newest, scale=scale)
    apart = np.abs(pixels(image).astype(int) - pixels(anew).astype(int))
    left = 4 * round((BOX.x() + 4) * scale + 8)  # where old columns leave, the ends of lines are cut differently
    assert (apart[:, left:] > 24).mean() < 0.004
    assert pixels(image).any()


def test_a_screen_with_two_pixels_per_point_gets_all_its_pixels(qapp):
    image = QImage(340, 140, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(2.0)
    image.fill(Qt.GlobalColor.transparent)
    with QPainter(image) as painter:
        TraceStrip().paint(painter, BOX, curves(500), 500, "one")
    assert (pixels(image) == pixels(painted(TraceStrip(), 500, scale=2.0))).all()


def test_only_new_columns_are_painted(qapp):
    strip = TraceStrip()
    painted(strip, 500)
    assert strip.columns_painted == COLUMNS
    for newest in (500, 501, 501, 503):
        painted(strip, newest)
    assert strip.columns_painted == COLUMNS + 3


@pytest.mark.parametrize("change", ["series", "size", "colours", "backwards", "far ahead"])
def test_what_does_not_follow_from_what_is_there_is_painted_anew(qapp, change):
    strip = TraceStrip()
    painted(strip, 500)
    newest = {"backwards": 480, "far ahead": 900}.get(change, 501)
    what = [Curve(values(501), RED)] if change == "colours" else None
    painted(strip, newest, what, scale=2.0 if change == "size" else 1.0, series="two" if change == "series" else "one")
    assert strip.columns_painted == 2 * COLUMNS


def test_a_pedal_at_rest_draws_nothing_and_a_hole_stays_a_hole(qapp):
    assert not pixels(painted(TraceStrip(), 500, [Curve(np.zeros(COLUMNS), GREEN)])).any()
    assert not pixels(painted(TraceStrip(), 500, [Curve(np.full(COLUMNS, np.nan), GREEN)])).any()
    half = np.where(np.arange(COLUMNS) < COLUMNS // 2, np.nan, 1.0)
    columns = pixels(painted(TraceStrip(), 500, [Curve(half, GREEN)])).reshape(70, 170, 4)[:, :, 3].any(axis=0)
    assert not columns[: int(BOX.x() + BOX.width() / 2) - 3].any()
    assert columns[int(BOX.x() + BOX.width() / 2) + 3 : int(BOX.right()) - 2].all()


def test_nothing_is_painted_outside_of_the_box(qapp):
    strip = TraceStrip()
    for newest in range(500, 520):
        image = painted(strip, newest)
    alpha = pixels(image).reshape(70, 170, 4)[:, :, 3]
    alpha[4:64, 6:156] = 0
    assert not alpha.any()


def test_values_out_of_range_are_painted_at_its_end(qapp):
    wild = pixels(painted(TraceStrip(), 500, [Curve(np.full(COLUMNS, 7.0), GREEN)]))
    assert (wild == pixels(painted(TraceStrip(), 500, [Curve(np.ones(COLUMNS), GREEN)]))).all()
