"""Does the overlay grow? `python -m bench.endurance [--hours 24] [--step 0.5]` prints one JSON object.

A day's race of sixty cars that come and go, with new sessions and jumps in time, is shown on all widgets as fast as
they can paint. What counts is the memory and the open files at the end beside those after the warm-up.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from pathlib import Path

import msgspec
from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QApplication

from bench.long_race import frames
from bench.machine import machine, resident_mb
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.widgets import WIDGETS

WARM_UP_SHARE = 0.2  # a session and a half of the day: every path has been walked by then


def open_files() -> int:
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.exists() else -1


def main() -> None:
    parser = argparse.ArgumentParser(description="Does the overlay grow in a day's race?")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--step", type=float, default=0.5, help="seconds of race between two frames")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    race_time = [0.0]
    overlay = Overlay(area=QRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT), now=lambda: race_time[0])
    profile = overlay.settings.profile
    everything = {key: msgspec.structs.replace(profile.place(key), shown=True) for key in WIDGETS}
    overlay.change_profile(msgspec.structs.replace(profile, layout=everything))
    overlay.open()
    began = time.monotonic()
    warm: tuple[float, int] | None = None
    count = 0
    for frame in frames(chosen.hours, chosen.step):
        race_time[0] = frame.at
        overlay.show_frame(frame)
        application.processEvents()
        count += 1
        if warm is None and frame.at >= chosen.hours * 3600 * WARM_UP_SHARE:
            gc.collect()
            warm = (resident_mb(), open_files())
    gc.collect()
    assert warm is not None, "the race was too short to warm up"
    report = {
        "benchmark": "endurance",
        "machine": machine(),
        "race_hours": chosen.hours,
        "frames": count,
        "seconds": round(time.monotonic() - began, 1),
        "widgets": len(overlay.windows),
        "rss_mb_warm": round(warm[0], 1),
        "rss_mb_end": round(resident_mb(), 1),
        "rss_growth_mb": round(resident_mb() - warm[0], 2),
        "open_files_growth": open_files() - warm[1],
    }
    print(json.dumps(report, indent=2))
    overlay.close()


if __name__ == "__main__":
    main()
