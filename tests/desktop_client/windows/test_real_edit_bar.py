"""The layout's bar on a real X11 server: it has the keyboard, and the mouse reaches the widgets meanwhile."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

MISSING = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")

EDITING = """
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from desktop_client.overlay.editor import Editor
from desktop_client.overlay.overlay import Overlay
from desktop_client.windows.edit_bar import EditBar
from desktop_client.windows.ledger import Ledger

application = QApplication([])
overlay = Overlay()
overlay.open()
editor = Editor(overlay)
bar = EditBar(editor, Ledger(overlay))
bar.open()
bar.closed.connect(lambda: print("closed", overlay.is_editing, flush=True))
dash = overlay.windows["dash"]

def say():
    print(",".join(editor.selection) or "-", dash.x(), dash.y(), flush=True)

def ready():
    if not (bar.isActiveWindow() and all(window.paints for window in overlay.windows.values())):
        return QTimer.singleShot(50, ready)
    editor.changed.connect(say)
    centre = dash.geometry().center()
    print("ready", centre.x(), centre.y(), flush=True)

ready()
application.exec()
"""


@pytest.fixture
def display() -> Iterator[str]:
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait()


def test_a_widget_is_chosen_by_a_click_moved_by_the_arrows_and_left_by_escape(display):
    environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def do(*what: str) -> None:
        subprocess.run(["xdotool", *what], env=environ, check=True)

    with subprocess.Popen(
        [sys.executable, "-c", EDITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as client:
        try:
            said = client.stdout.readline().split()
            if not said:
                pytest.skip(f"Qt has no X11 here: {client.stderr.read().strip()[:200]}")
            do("mousemove", *said[1:], "click", "1")
            key, x, y = client.stdout.readline().split()
            assert key == "dash"
            do("key", "Up")
            assert client.stdout.readline().split() == ["dash", x, str(int(y) - 1)]
            do("key", "shift+Left")
            assert client.stdout.readline().split() == ["dash", str(int(x) - 8), str(int(y) - 1)]
            do("key", "Escape")
            assert client.stdout.readline().split() == ["-", str(int(x) - 8), str(int(y) - 1)]
            assert client.stdout.readline().split() == ["closed", "False"]
        finally:
            client.terminate()
