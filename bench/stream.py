"""What the browser source costs: `python -m bench.stream [--seconds N]` prints one JSON object.

The widgets of the first profile in a simulated race on a page of 1920 x 1080. The baseline of the same run is the usual
way to bring a picture to a page: every changed piece as PNG.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator

from PyQt6.QtCore import QBuffer, QIODevice, QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication

from bench.machine import machine
from desktop_client.demo.frames import frames
from desktop_client.overlay.profiles import Profile
from desktop_client.race.lifecycle import Race
from desktop_client.stream import wire
from desktop_client.stream.stage import Part, Scene, Stage, pixels
from desktop_client.stream.theatre import HZ

GOAL_SHARE_OF_A_CORE = 0.05
FROM_S = 100.0  # of the simulated race: by then the field is in motion, and the map is learned
FASTEST_PNG = 85  # Qt's quality that becomes zlib's level 1


def measure(seconds: float) -> tuple[float, float, float, float]:
    """How many seconds it takes to paint what changed, to pack it, and to pack it as PNG; and the bytes sent."""
    stage, race = Stage(Profile(), QSize(1920, 1080), HZ), Race()
    painting = packing = as_png = sent = 0.0
    due = FROM_S
    for frame in frames(seconds=FROM_S + seconds):
        race.take(frame)
        if frame.at < due:
            continue
        due += 1 / HZ
        began = time.thread_time()
        parts = stage.look(Scene(frame, race), frame.at)
        looked = time.thread_time() - began
        images = list(_as_painted(parts))
        converting = _seconds(lambda images=images: [pixels(image, image.rect()) for image in images])
        sent += len(wire.parts(parts))
        painting += looked - converting
        packing += converting + _seconds(lambda parts=parts: wire.parts(parts))
        as_png += _seconds(lambda images=images: [_png(image) for image in images])
    stage.close()
    return painting, packing, as_png, sent


def _as_painted(parts: Iterable[Part]) -> Iterator[QImage]:
    """The pieces as they are before they are packed."""
    for _, rect, packed in parts:
        if packed:
            image = QImage(packed, rect.width(), rect.height(), rect.width() * 4, QImage.Format.Format_RGBA8888)
            yield image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _png(image: QImage) -> None:
    target = QBuffer()
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(target, "PNG", FASTEST_PNG)


def _seconds(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description="What the browser source costs.")
    parser.add_argument("--seconds", type=float, default=20.0, help="of the race")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    painting, packing, as_png, sent = measure(chosen.seconds)
    application.quit()
    report = {
        "benchmark": "stream",
        "machine": machine(),
        "looks_per_second": HZ,
        "painting_share_of_one_core": round(painting / chosen.seconds, 4),
        "packing_share_of_one_core": round(packing / chosen.seconds, 4),
        "as_png_share_of_one_core": round(as_png / chosen.seconds, 4),
        "megabytes_per_second": round(sent / chosen.seconds / 1e6, 2),
        "goal": GOAL_SHARE_OF_A_CORE,
        "is_met": packing / chosen.seconds < GOAL_SHARE_OF_A_CORE,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
