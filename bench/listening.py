"""What it costs to wait for a game: `python -m bench.listening [--seconds N]` prints one JSON object.

Every game is listened to, as the client does it on the loop that also paints, and none of them runs. The baseline of
the same run is that loop with nothing to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path

import qasync
from PyQt6.QtWidgets import QApplication

from bench.machine import machine
from desktop_client.listening import Listening
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.source import GameSettings

GOAL_SHARE_OF_A_CORE = 0.005
NOBODY = "127.0.0.1"
"""Where those that have to be asked are asked: a benchmark has no business on a network."""


async def share_of_a_core(seconds: float) -> float:
    """What this process computes in so many seconds of waiting."""
    cpu, began = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    return (time.process_time() - cpu) / (time.monotonic() - began)


async def measure(seconds: float) -> tuple[float, float, tuple[str, ...]]:
    """The share with nothing to do, the share while waiting for every game, and what could not be waited for."""
    nothing = await share_of_a_core(seconds)
    with tempfile.TemporaryDirectory() as no_memory:
        games = dict.fromkeys(GAMES, GameSettings(host=NOBODY))
        listening = Listening(games, lambda frame: None, any_port=True, memory_folder=Path(no_memory))
        await listening.start()
        waiting = await share_of_a_core(seconds)
        listening.stop()
    return nothing, waiting, listening.problems


def main() -> None:
    parser = argparse.ArgumentParser(description="What it costs to wait for a game.")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each of the two phases")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    with qasync.QEventLoop(application) as loop:
        nothing, waiting, problems = loop.run_until_complete(measure(chosen.seconds))
    report = {
        "benchmark": "listening",
        "machine": machine(),
        "games": sorted(GAMES),
        "problems": problems,
        "waiting_share_of_one_core": round(waiting, 6),
        "nothing_to_do_share_of_one_core": round(nothing, 6),
        "goal": GOAL_SHARE_OF_A_CORE,
        "is_met": waiting < GOAL_SHARE_OF_A_CORE,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
