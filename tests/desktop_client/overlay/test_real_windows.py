"""The windows on a real X11 server: they are on top, and no click stays in them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

MISSING = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")

GAME_UNDER_AN_OVERLAY = """
import sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QWidget
from desktop_client.overlay.overlay import Overlay

class Game(QWidget):
    def mousePressEvent(self, event):
        print("click", event.pos().x(), event.pos().y(), flush=True)

application = QApplication([])
game = Game()
game.setGeometry(0, 0, 1280, 720)
game.show()
overlay = Overlay()
overlay.open()

def ready():
    dash = overlay.windows["dash"]
    if not all(window.paints for window in overlay.windows.values()):
        return QTimer.singleShot(50, ready)
    corner = dash.geometry().center()
    print("ready", dash.composited, corner.x(), corner.y(), flush=True)

ready()
application.exec()
"""


@pytest.fixture
def display() -> Iterator[str]:
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait()


def test_a_click_on_the_overlay_reaches_the_game(display):
    environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(
        [sys.executable, "-c", GAME_UNDER_AN_OVERLAY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as game:
        try:
            said = game.stdout.readline().split()
            if not said:
                pytest.skip(f"Qt has no X11 here: {game.stderr.read().strip()[:200]}")
            assert said[:2] == ["ready", "False"]  # nothing composes on this server
            subprocess.run(["xdotool", "mousemove", *said[2:], "click", "1"], env=environ, check=True)
            assert game.stdout.readline().split() == ["click", *said[2:]]
        finally:
            game.terminate()
