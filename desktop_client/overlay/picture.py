"""Pictures of the overlay without a game and without a screen.

python -m desktop_client.overlay.picture --out demo.png                  # the simulated race
python -m desktop_client.overlay.picture --out tape.png --file TAPE      # a recording, drivers renamed
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QApplication

from desktop_client.demo.frames import frames as simulated
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH
from desktop_client.overlay.overlay import Overlay
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.replay import Recording

DEMO_SECONDS = 100.0  # the circuit is learned by then
PICTURE_AREA = QRect(0, 0, DESIGN_WIDTH, DESIGN_HEIGHT)

FIRST = ("Marek", "Inés", "Tomás", "Aiko", "Lars", "Zoë", "Noor", "Élise", "Sam", "Δάφνη", "Ольга")
LAST = (
    "Novák",
    "Okafor",
    "Lindqvist",
    "Tanaka",
    "Moreau",
    "Παπάς",
    "Haddad",
    "van der Meer",
    "Ferrante",
    "Kaya",
    "Voss",
)


def invented(frame: Frame) -> Frame:
    """The same frame with invented drivers: a recording of real people must not become a published picture."""
    names = tuple(
        f"{FIRST[slot % len(FIRST)]} {LAST[(slot + slot // len(FIRST)) % len(LAST)]}"
        for slot in frame.cars.slot.tolist()
    )
    return dataclasses.replace(frame, cars=dataclasses.replace(frame.cars, name=names))


def recorded(file: Path, game: str) -> Iterator[Frame]:
    """The frames of a recording, drivers renamed. Raises OSError or NotATape."""
    source = GAMES[game]()
    for heard in Recording(file):
        frame = source.feed(heard.packet, heard.offset)
        if frame is not None:
            yield invented(frame)


def draw(frames: Iterable[Frame], out: Path) -> int:
    """Show the frames and write a picture of the last one; returns how many there were."""
    overlay = Overlay(area=PICTURE_AREA)
    count = 0
    for frame in frames:
        overlay.show_frame(frame)
        count += 1
    overlay.picture(out)
    overlay.close()
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the overlay into a PNG.")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--file", type=Path, help="a recording; without it the simulated race")
    parser.add_argument("--seconds", type=float, default=DEMO_SECONDS, help="how far into the simulated race")
    parser.add_argument("--game", choices=sorted(GAMES), default="f1")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    frames = recorded(chosen.file, chosen.game) if chosen.file else simulated(seconds=chosen.seconds)
    print(f"{draw(frames, chosen.out)} frames drawn into {chosen.out}")
    application.quit()


if __name__ == "__main__":
    main()
