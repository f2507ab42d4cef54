"""Pictures of the overlay without a game and without a screen.

`python -m desktop_client.overlay.picture docs/images` draws the simulated race in every layout of the product, and a
recording with its drivers renamed where that recording is at hand.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QApplication

from desktop_client.demo.frames import frames as simulated
from desktop_client.overlay.layout import DESIGN_HEIGHT, DESIGN_WIDTH
from desktop_client.overlay.overlay import Overlay
from desktop_client.overlay.presets import PresetName
from desktop_client.overlay.profiles import Profile
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings

DEMO_SECONDS = 100.0  # the circuit is learned by then
CAPTURES = Path(os.environ.get("RACEOVERLAY_CAPTURES", "../shared/captures"))
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
    source = GAMES[game].make(GameSettings())
    for heard in Recording(file):
        frame = source.feed(heard.packet, heard.offset)
        if frame is not None:
            yield invented(frame)


def draw(frames: Iterable[Frame], outs: Mapping[PresetName, Path]) -> None:
    """Show the frames and write a picture of the last one in each of these layouts.

    Raises OSError where it cannot be written.
    """
    overlay = Overlay(area=PICTURE_AREA)
    for frame in frames:
        overlay.show_frame(frame)
    for preset, out in outs.items():
        overlay.change_profile(Profile(preset=preset))
        overlay.picture(out)
        print(out)
    overlay.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the overlay into PNG files.")
    parser.add_argument("directory", type=Path, help="where overlay-*.png are written")
    parser.add_argument("--seconds", type=float, default=DEMO_SECONDS, help="how far into the simulated race")
    parser.add_argument("--file", type=Path, default=CAPTURES / "f1" / "f1_2026_f1packets.bin", help="a recording")
    parser.add_argument("--game", choices=sorted(GAMES), default="f1", help="the game of the recording")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    chosen.directory.mkdir(parents=True, exist_ok=True)
    layouts: dict[PresetName, str] = {
        "Race": "overlay-demo.png",
        "Practice": "overlay-practice.png",
        "Endurance": "overlay-endurance.png",
        "Calm": "overlay-calm.png",
    }
    draw(simulated(seconds=chosen.seconds), {preset: chosen.directory / name for preset, name in layouts.items()})
    if chosen.file.exists():
        draw(recorded(chosen.file, chosen.game), {"Race": chosen.directory / "overlay-capture.png"})
    else:
        print(f"overlay-capture.png stays as it is: there is no recording at {chosen.file}")
    application.quit()


if __name__ == "__main__":
    main()
