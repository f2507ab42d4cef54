"""The page in a real Chromium: what OBS's browser source is made of."""

import asyncio
import base64
import itertools
import shutil
import subprocess

import aiohttp
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter
from waiting import eventually

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="not on this machine: chromium")


class Browser:
    """One page of a browser, over the protocol of its developer tools."""

    def __init__(self, looking):
        self._looking = looking
        self._numbers = itertools.count(1)

    async def ask(self, method, **params):
        number = next(self._numbers)
        await self._looking.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(30):
            while (answer := await self._looking.receive_json()).get("id") != number:
                pass
        return answer["result"]

    async def value(self, expression):
        return (await self.ask("Runtime.evaluate", expression=expression))["result"].get("value")

    async def picture(self):
        await self.ask("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        return QImage.fromData(base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"]))


@pytest.fixture
async def browser(tmp_path):
    folder = tmp_path / "browser"
    process = subprocess.Popen(
        [
            *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
            *("--remote-debugging-port=0", f"--user-data-dir={folder}", "--window-size=1920,1080", "about:blank"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    port_file = folder / "DevToolsActivePort"
    await eventually(lambda: port_file.exists() and port_file.read_text().strip(), within=60)
    port = port_file.read_text().split()[0]
    async with aiohttp.ClientSession() as session:

        async def page():
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                return next((each for each in await answer.json() if each["type"] == "page"), None)

        at = (await eventually(page))["webSocketDebuggerUrl"]
        async with session.ws_connect(at, max_msg_size=0) as looking:
            yield Browser(looking)
    process.terminate()
    process.wait()


async def test_the_page_shows_what_the_driver_sees_and_the_game_shines_through(studio, browser, frame_at):
    await studio.open()
    studio.overlay.show_frame(frame_at(50.0))
    await browser.ask("Emulation.setDeviceMetricsOverride", width=1920, height=1080, deviceScaleFactor=1, mobile=False)
    await browser.ask("Page.navigate", url=studio.server.seen().address)
    drawn = (
        "[...canvases.values()].filter(c => c.getContext('2d').getImageData(0, 0, 200, 60).data.some(v => v)).length"
    )

    async def is_drawn():
        return (await browser.value(f"typeof canvases !== 'undefined' && {drawn}") or 0) >= 8

    await eventually(is_drawn, within=60)
    picture = await browser.picture()
    assert (picture.width(), picture.height()) == (1920, 1080)
    assert picture.pixelColor(960, 500).alpha() == 0, "the middle of the screen is the game's"
    relative = studio.overlay.windows["relative"].geometry()
    panel = picture.pixelColor(relative.x() + 6, relative.y() + relative.height() // 2)
    assert 0 < panel.alpha() < 255, "a panel is a tinted glass"
    assert over_orange(picture, relative) == pytest.approx(as_on_screen(studio.overlay, relative), abs=2)


def over_orange(picture, rect):
    """The mean colour of a piece of the page over a bright game."""
    image = QImage(picture.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkYellow)
    with QPainter(image) as painter:
        painter.drawImage(0, 0, picture)
    return mean(image.copy(rect))


def as_on_screen(overlay, rect):
    image = QImage(1920, 1080, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkYellow)
    with QPainter(image) as painter:
        overlay.paint_on(painter)
    return mean(image.copy(rect))


def mean(image):
    colour = image.scaled(1, 1, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return colour.pixelColor(0, 0).getRgb()[:3]
