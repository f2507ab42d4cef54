"""A drawn race track at dusk, for pictures of the overlay where no game runs. No photograph, no game's image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage

Plane = NDArray[np.float32]

HORIZON = 0.47  # of the height
EYE_M = 1.15  # a driver's eye above the road
FOCAL = 0.95  # of the height
ROAD_M, LINE_M, KERB_M, RUNOFF_M = 6.2, 6.45, 7.7, 13.0  # half widths, from the middle of the road
BEND = 0.00115  # how fast the road leaves to the left, per metre squared
FAR_M = 420.0

SKY_TOP, SKY_LOW = (62, 96, 140), (236, 196, 158)
SUN = (255, 226, 178)
HILLS = ((128, 142, 160), (92, 112, 124), (56, 82, 82))
TREES = (34, 54, 46)
GRASS = ((74, 104, 56), (84, 114, 60))
RUNOFF = (146, 140, 128)
ASPHALT = (82, 84, 88)
RUBBER = (54, 55, 58)
KERB = ((196, 52, 48), (226, 224, 218))
PAINT = (232, 230, 222)


def backdrop(size: QSize) -> QImage:
    """The picture in a size of pixels; the same size always gives the same picture."""
    width, height = size.width(), size.height()
    pixels = np.empty((height, width, 3), dtype=np.float32)
    horizon = int(height * HORIZON)
    _sky(pixels[:horizon])
    _hills(pixels[:horizon])
    _ground(pixels[horizon:], height)
    pixels *= _vignette(width, height)[..., None]
    whole = np.ascontiguousarray(np.clip(pixels, 0, 255).astype(np.uint8))
    image = QImage(whole.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()  # the bytes above end with this function


def _sky(pixels: Plane) -> None:
    rows, columns = pixels.shape[:2]
    down = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None, None] ** 1.5
    pixels[:] = _mix(SKY_TOP, SKY_LOW, down)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    away = np.hypot(x - columns * 0.7, (y - rows * 0.86) * 1.25) / rows
    glow = np.exp(-((away / 0.5) ** 2))[..., None] * 0.6
    pixels[:] = pixels * (1 - glow) + np.array(SUN, dtype=np.float32) * glow


def _hills(pixels: Plane) -> None:
    rows, columns = pixels.shape[:2]
    x = np.linspace(0.0, 1.0, columns, dtype=np.float32)
    y = np.arange(rows, dtype=np.float32)[:, None]
    for index, colour in enumerate(HILLS):
        wave = np.sin(x * (5 + 3 * index) + 1.7 * index) + 0.45 * np.sin(x * (13 + 7 * index) + index)
        ridge = rows * (0.80 + 0.055 * index - (0.06 - 0.012 * index) * wave)
        _cover(pixels, np.clip(y - ridge, 0, 1), colour)
    random = np.random.default_rng(3)
    crowns = np.interp(x, np.linspace(0, 1, columns // 7), random.uniform(0.2, 1.0, columns // 7))
    _cover(pixels, np.clip(y - rows * (0.985 - 0.038 * crowns), 0, 1), TREES)


def _ground(pixels: Plane, height: int) -> None:
    rows, columns = pixels.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    far = EYE_M * FOCAL * height / (y + 0.6)
    side = (x - columns / 2) * far / (FOCAL * height) + BEND * np.minimum(far, FAR_M) ** 2 - 1.4
    soft = np.maximum(0.02, far / (FOCAL * height))  # metres under one pixel: edges are as soft as that
    pixels[:] = np.where((np.floor(far / 9) % 2)[..., None] > 0, *_colours(GRASS))
    away = np.abs(side)
    _cover(pixels, _inside(away, RUNOFF_M, soft) * (side > 0), RUNOFF)
    kerb = np.where((np.floor(far / 1.6) % 2)[..., None] > 0, *_colours(KERB))
    covered = _inside(away, KERB_M, soft)[..., None]
    pixels[:] = pixels * (1 - covered) + kerb * covered
    _cover(pixels, _inside(away, LINE_M, soft), PAINT)
    _cover(pixels, _inside(away, ROAD_M, soft), ASPHALT)
    _cover(pixels, 0.55 * np.exp(-(((side + 1.2) / 1.6) ** 2)) * _inside(away, ROAD_M, soft), RUBBER)
    haze = (1 - np.exp(-((far / 210.0) ** 1.4)))[..., None]
    pixels[:] = pixels * (1 - haze) + np.array((196, 180, 160), dtype=np.float32) * haze


def _inside(away: Plane, half_width: float, soft: Plane) -> Plane:
    return np.clip((half_width - away) / soft + 0.5, 0.0, 1.0)


def _cover(pixels: Plane, share: Plane, colour: tuple[int, int, int]) -> None:
    amount = np.asarray(share, dtype=np.float32)[..., None]
    pixels[:] = pixels * (1 - amount) + np.array(colour, dtype=np.float32) * amount


def _mix(low: tuple[int, int, int], high: tuple[int, int, int], share: Plane) -> Plane:
    start, end = np.array(low, dtype=np.float32), np.array(high, dtype=np.float32)
    return (start + (end - start) * share).astype(np.float32)


def _colours(pair: tuple[tuple[int, int, int], tuple[int, int, int]]) -> tuple[Plane, Plane]:
    first, second = np.array(pair, dtype=np.float32)
    return first, second


def _vignette(width: int, height: int) -> Plane:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return (1 - 0.22 * np.clip(np.hypot(x, y) - 0.5, 0, 1)).astype(np.float32)
