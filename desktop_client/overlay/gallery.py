"""Each widget alone, in several sizes and every theme, from its own example: what a driver would see in a shop window.

`python -m desktop_client.overlay.gallery docs/images/widgets` draws a sheet a widget.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

from PyQt6.QtCore import QRect, QSize
from PyQt6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PyQt6.QtWidgets import QApplication

from desktop_client.overlay.palette import THEMES, Palette
from desktop_client.overlay.widgets import WIDGETS
from desktop_client.overlay.window import WidgetWindow

SCALES: Final = (1.5, 1.0, 0.75)
GAP: Final = 24
SKY, PIT_LANE = QColor("#d4e4f1"), QColor("#14171b")  # a widget has to be readable over both


def sheet(key: str) -> QImage:
    """The widget's example in every theme (rows) and size (columns), from a bright sky to a dark pit lane."""
    widget_type = WIDGETS[key]
    natural = widget_type(widget_type.settings_type()).natural_size
    sizes = [(natural * scale).toSize() for scale in SCALES]
    row = max(size.height() for size in sizes)
    width = sum(size.width() for size in sizes) + GAP * (len(sizes) + 1)
    image = QImage(width, (row + GAP) * len(THEMES) + GAP, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        ground = QLinearGradient(0.0, 0.0, float(width), 0.0)
        ground.setColorAt(0.0, SKY)
        ground.setColorAt(1.0, PIT_LANE)
        painter.fillRect(image.rect(), ground)
        for line, palette in enumerate(THEMES.values()):
            x = GAP
            for size in sizes:
                _paint(painter, key, palette, QRect(x, GAP + line * (row + GAP), size.width(), size.height()))
                x += size.width() + GAP
    return image


def example(key: str, size: QSize, palette: Palette) -> WidgetWindow:
    """A window that shows the widget's example. It is never opened."""
    widget_type = WIDGETS[key]
    window = WidgetWindow(widget_type(widget_type.settings_type()), palette=palette)
    window.resize(size)
    window.show_demo()
    return window


def _paint(painter: QPainter, key: str, palette: Palette, place: QRect) -> None:
    window = example(key, place.size(), palette)
    painter.save()
    painter.translate(place.topLeft())
    window.paint_on(painter)
    painter.restore()
    window.deleteLater()


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw every widget's example into PNG files.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--only", choices=sorted(WIDGETS), action="append", help="this widget (may be repeated)")
    chosen = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    chosen.directory.mkdir(parents=True, exist_ok=True)
    for key in chosen.only or WIDGETS:
        out = chosen.directory / f"{key}.png"
        if not sheet(key).save(str(out), "PNG"):
            raise OSError(f"The picture cannot be written to {out}")
        print(out)
    application.quit()


if __name__ == "__main__":
    main()
