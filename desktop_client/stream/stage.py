"""The widgets of a profile on no screen: painted into pictures, and what has changed in them since the last look."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QImage, QPainter, QRegion

from desktop_client.overlay.layout import rectangle
from desktop_client.overlay.palette import THEMES, Palette
from desktop_client.overlay.profiles import Profile
from desktop_client.overlay.widget import AnyWidget
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.window import WidgetWindow
from desktop_client.race.lifecycle import Race
from desktop_client.race.situation import situation
from desktop_client.telemetry.frame import Frame

MOST_PARTS: Final = 8  # of one widget at once: more pictures than that cost more than one that holds them all


class Part(NamedTuple):
    """A piece of a widget that looks different now. `rect` is in pixels from the widget's corner.

    `pixels` are its rows from the top, four bytes a pixel: red, green, blue, alpha. An empty rectangle says that the
    whole widget is gone.
    """

    key: str
    rect: QRect
    pixels: bytes


class Scene(NamedTuple):
    """What there is to be seen. Without a frame nobody drives, and there is nothing."""

    frame: Frame | None
    race: Race


class Stage:
    """Lives in the Qt thread. Widgets are painted by the same code as on the driver's screen."""

    def __init__(self, profile: Profile, size: QSize, hz: float) -> None:
        """`size` is that of the page in pixels; `look` is called at most `hz` times a second."""
        self._profile = profile
        self._period_s = 1 / hz
        palette = THEMES[profile.theme]
        self._windows: dict[str, _Unseen] = {}
        self.places: dict[str, QRect] = {}
        for key, widget_type in WIDGETS.items():
            place = profile.place(key)
            if place.shown:
                widget = widget_type(getattr(profile.widgets, key))
                self.places[key] = rectangle(place, widget.natural_size, QRect(0, 0, size.width(), size.height()))
                self._windows[key] = _Unseen(widget, self.places[key].size(), palette)
        self._due: dict[str, float] = {}
        self._seen: set[str] = set()

    def look(self, scene: Scene, now: float) -> list[Part]:
        """Paint what looks different by now, and give it. `now` is in seconds of a steady clock."""
        parts: list[Part] = []
        where = None if scene.frame is None else situation(scene.frame)
        for key, window in self._windows.items():
            if where is None or where in self._profile.place(key).hidden_in:
                if key in self._seen:
                    self._seen.discard(key)
                    parts.append(Part(key, QRect(), b""))
                continue
            if key not in self._seen:
                self._seen.add(key)
                self._due[key] = -math.inf
                window.update()
            early = now + self._period_s / 2  # what is due before the next look is due now
            if early >= self._due[key]:
                self._due[key] = max(self._due[key], now - self._period_s / 2) + 1 / window.widget.rate_hz
                window.look(scene.frame, scene.race)
            parts += [Part(key, rect, pixels(window.image, rect)) for rect in window.painted_anew()]
        return parts

    def everything(self) -> list[Part]:
        """All that was seen at the last look, for somebody who has seen nothing yet."""
        seen = {key: window.image for key, window in self._windows.items() if key in self._seen}
        return [Part(key, image.rect(), pixels(image, image.rect())) for key, image in seen.items()]

    def close(self) -> None:
        for window in self._windows.values():
            window.deleteLater()
        self._windows.clear()


class _Unseen(WidgetWindow):
    """A widget's window that is never opened: what Qt would be asked to paint on the screen is noted instead."""

    def __init__(self, widget: AnyWidget, size: QSize, palette: Palette) -> None:
        super().__init__(widget, palette=palette)
        self.resize(size)
        self.image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.fill(Qt.GlobalColor.transparent)
        self._damage: list[QRect] = []

    def update(self, *what: QRect) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # of Qt's five forms
        """Note that all of it, or these rectangles, would look different."""
        self._damage += what or (self.rect(),)

    def devicePixelRatioF(self) -> float:
        return 1.0  # the picture's pixels, whatever the driver's screen has

    def painted_anew(self) -> list[QRect]:
        """Paint what was noted; the rectangles that it fills."""
        damage, self._damage = apart([rect & self.rect() for rect in self._damage]), []
        if not damage:
            return []
        region = QRegion()
        for rect in damage:
            region += rect
        with QPainter(self.image) as painter:
            painter.setClipRegion(region)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(self.rect(), Qt.GlobalColor.transparent)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            self.paint_on(painter, region)
        return damage


def pixels(image: QImage, rect: QRect) -> bytes:
    """A piece of a picture as a browser's ImageData has it.

    Not as PNG or WebP: over the loopback the bytes are free, and compressing them took twenty times as long.
    """
    piece = image.copy(rect).convertToFormat(QImage.Format.Format_RGBA8888)
    bits = piece.constBits()
    assert bits is not None  # the rectangle is not empty
    return bits.asstring(piece.sizeInBytes())


def apart(rects: Iterable[QRect]) -> list[QRect]:
    """Rectangles that cover the same and do not overlap, at most `MOST_PARTS`."""
    found: list[QRect] = []
    for rect in rects:
        while not rect.isEmpty() and (met := [other for other in found if other.intersects(rect)]):
            found = [other for other in found if other not in met]
            for other in met:
                rect = rect | other
        if not rect.isEmpty():
            found.append(rect)
    if len(found) <= MOST_PARTS:
        return found
    whole = QRect()
    for rect in found:
        whole |= rect
    return [whole]
