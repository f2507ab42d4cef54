"""How long the client takes to be there: `python -m bench.start [--runs N] [--platform xcb]` prints one JSON object.

From the start of the process to the end of the first paint of every widget of the saved layout. Beside it stands a
program that only loads Qt and paints one empty window. Without `--platform` both paint offscreen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.machine import machine

GOAL_S: Final = 1.5
EMPTY: Final = """
import time
from PyQt6.QtWidgets import QApplication, QWidget
class Empty(QWidget):
    def paintEvent(self, event):
        print(time.monotonic(), flush=True)
        application.exit()
application = QApplication([])
window = Empty()
window.show()
application.exec()
"""
CLIENT: Final = "import bench.start; bench.start.start_and_say_when_painted()"


def start_and_say_when_painted() -> None:
    """Run the client until each of its windows was painted once, and print when that was."""
    from desktop_client import start
    from desktop_client.overlay.presets import LAYOUTS
    from desktop_client.overlay.settings import FIRST_PROFILE
    from desktop_client.overlay.window import WidgetWindow

    awaited = sum(place.shown for place in LAYOUTS[FIRST_PROFILE].values())
    paint: Callable[..., None] = WidgetWindow.paintEvent
    painted: set[WidgetWindow] = set()

    def painted_once(window: WidgetWindow, event: object) -> None:
        paint(window, event)
        painted.add(window)
        if len(painted) == awaited:
            print(time.monotonic(), flush=True)
            os._exit(0)  # how long it takes to end is another question

    WidgetWindow.paintEvent = painted_once  # pyright: ignore[reportAttributeAccessIssue]  # named as this file reads best
    sys.argv = ["raceoverlay"]
    start.main([])


def seconds(code: str, environ: dict[str, str]) -> float:
    """From the start of a Python that runs `code` to the moment that it prints."""
    began = time.monotonic()
    with subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        return float(process.stdout.readline()) - began


def main() -> None:
    parser = argparse.ArgumentParser(description="How long the client takes to be there.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--platform", default="offscreen", help="xcb paints on the X server of DISPLAY")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as state:
        silent = "".join(f"[games.{game}]\nenabled = false\n" for game in _games())  # ports are not the question
        (Path(state) / "client.toml").write_text(silent)
        environ = {**os.environ, "QT_QPA_PLATFORM": chosen.platform, "RACEOVERLAY_CLIENT_STATE": state}
        runs = [(seconds(CLIENT, environ), seconds(EMPTY, environ)) for _ in range(chosen.runs)]
    client, empty = (statistics.median(column) for column in zip(*runs, strict=True))
    report = {
        "benchmark": "start",
        "machine": machine(),
        "platform": chosen.platform,
        "runs": chosen.runs,
        "client_painted_s": round(client, 3),
        "slowest_client_painted_s": round(max(first for first, _ in runs), 3),
        "empty_window_painted_s": round(empty, 3),
        "goal_s": GOAL_S,
        "is_met": client < GOAL_S,
    }
    print(json.dumps(report, indent=2))


def _games() -> list[str]:
    from desktop_client.telemetry.catalogue import GAMES

    return list(GAMES)


if __name__ == "__main__":
    main()
