"""An overlay with its browser source, and what a page sees: the pictures that the messages add up to."""

import json
import socket

import msgspec
import pytest
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage, QPainter
from waiting import eventually

from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.streaming import StreamSettings
from desktop_client.stream.guard import token_of
from desktop_client.stream.server import StreamServer
from desktop_client.stream.stage import Scene
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


@pytest.fixture
def free_port():
    """Gives a port that nobody has, another one each time."""
    return a_free_port


def a_free_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]


class Studio:
    """An overlay with its browser source, and somebody who asks it."""

    def __init__(self, directory):
        self.overlay = Overlay(directory, area=QRect(0, 0, 1920, 1080))
        self.looks = 0
        self.server = StreamServer(directory, self._scene)
        self.token = token_of(directory)
        self.port = a_free_port()

    def _scene(self):
        self.looks += 1
        return Scene(self.overlay.newest, self.overlay.race)

    def set(self, **stream):
        settings = self.overlay.settings
        self.overlay.change(msgspec.structs.replace(settings, stream=StreamSettings(port=self.port, **stream)))

    async def open(self, **stream):
        self.set(enabled=True, **stream)
        self.overlay.follow(self.server.follow)
        await eventually(lambda: self.server.seen() is not None)

    def address(self, path="/overlay", **query):
        return f"http://127.0.0.1:{self.port}{path}", {"token": self.token, **query}


@pytest.fixture
async def studio(qapp, tmp_path):
    made = Studio(tmp_path)
    yield made
    await made.server.stop()
    made.overlay.close()
