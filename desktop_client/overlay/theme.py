"""Design tokens: one grid and four sizes of type. The colours are in `palette`.

All lengths are design pixels: pixels of a screen 1080 high. A bigger screen, or a bigger widget, scales them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import fontpkg
from PyQt6.QtGui import QFont, QFontDatabase

GRID = 8
RADIUS = 6.0
ROW = 28.0
PAD_X = 12.0
PAD_Y = 8.0

FAMILY = "Inter"  # comes with the client, so that figures are set alike on every machine


@dataclass(frozen=True, slots=True)
class Style:
    """A size and weight of type. There are no others in the product."""

    px: int
    strong: bool = False


GEAR = Style(64, strong=True)
HERO = Style(34, strong=True)
BODY = Style(16)
BODY_STRONG = Style(16, strong=True)
CAPTION = Style(12)
CAPTION_STRONG = Style(12, strong=True)

WEIGHTS = {False: 400.0, True: 600.0}
DISPLAY_FROM_PX = 28  # bigger letters are cut finer: Inter's optical size goes from 14 to 32


@lru_cache(maxsize=1)
def family() -> str:
    """The product's own typeface, loaded once; the system's where the file is not there."""
    loaded = QFontDatabase.addApplicationFont(str(fontpkg.path(FAMILY)))
    families = QFontDatabase.applicationFontFamilies(loaded) if loaded >= 0 else []
    return families[0] if families else QFont().defaultFamily()


def font(style: Style) -> QFont:
    """The font of a style in design pixels, with tabular figures."""
    made = QFont(family())
    made.setPixelSize(style.px)
    made.setWeight(QFont.Weight.DemiBold if style.strong else QFont.Weight.Normal)
    made.setVariableAxis(QFont.Tag("wght"), WEIGHTS[style.strong])
    made.setVariableAxis(QFont.Tag("opsz"), 32.0 if style.px >= DISPLAY_FROM_PX else 14.0)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return made
