"""What a page sees: the pictures that the parts of the messages add up to."""

import json

import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage, QPainter

from desktop_client.stream.wire import HEADER


def read(message):
    """The parts of a binary message: key, rectangle, pixels."""
    at, parts = 0, []
    while at < len(message):
        length, x, y, width, height = HEADER.unpack_from(message, at)
        at += HEADER.size
        key = message[at : at + length].decode("ascii")
        at += length
        parts.append((key, QRect(x, y, width, height), message[at : at + width * height * 4]))
        at += width * height * 4
    assert at == len(message)
    return parts


class Page:
    """Draws as page.html does."""

    def __init__(self):
        self.size = None
        self.places = {}
        self.images = {}

    def take(self, message):
        """A text or a binary message; the parts that were in it."""
        if isinstance(message, str):
            layout = json.loads(message)
            self.size = (layout["width"], layout["height"])
            self.places = {key: QRect(*place) for key, place in layout["widgets"].items()}
            self.images = {key: clear(place) for key, place in self.places.items()}
            return []
        parts = read(message)
        self.draw(parts)
        return parts

    def draw(self, parts):
        for key, rect, pixels in parts:
            if rect.isEmpty():
                self.images[key].fill(0)
                continue
            image = QImage(pixels, rect.width(), rect.height(), rect.width() * 4, QImage.Format.Format_RGBA8888)
            with QPainter(self.images[key]) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.drawImage(rect.topLeft(), image)


def clear(place):
    image = QImage(place.size(), QImage.Format.Format_RGBA8888)
    image.fill(0)
    return image


@pytest.fixture
def page():
    return Page()
