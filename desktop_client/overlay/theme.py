"""Design tokens: one surface, five sizes of type, and colours that each mean one thing.

All lengths are design pixels: pixels of a screen 1080 high. A bigger screen, or a bigger widget, scales them all.
"""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtGui import QColor, QFont, QFontDatabase

from desktop_client.race.teams import Team

GRID = 8
RADIUS = 6.0
ROW = 28.0
PAD_X = 12.0
PAD_Y = 8.0

SURFACE = QColor(11, 15, 20, 226)  # text on it keeps 7:1 even over a white sky
SURFACE_OPAQUE = QColor(11, 15, 20)
HAIRLINE = QColor(255, 255, 255, 20)
CASING = QColor(11, 15, 20, 230)  # around whatever may lie on any background
BAND = QColor(255, 255, 255, 31)  # the driver's own row
GROOVE = QColor(255, 255, 255, 22)  # where a bar or a light is not lit

TEXT = QColor(243, 246, 248)
TEXT_SOFT = QColor(212, 218, 223)  # other cars
TEXT_DIM = QColor(150, 160, 170)  # captions, cars in the pits
ON_COLOUR = QColor(11, 15, 20)  # text on a filled colour

YOU = QColor(86, 190, 255)
GAINED = QColor(62, 214, 130)
LOST = QColor(255, 92, 92)
WARNING = QColor(255, 184, 60)
SESSION_BEST = QColor(196, 132, 255)

TEAMS = tuple(
    QColor(code)
    for code in (
        *("#5b9dff", "#ff6b5e", "#3fd6c0", "#ff9f45", "#c9d3dc", "#5fd36a", "#f472b6", "#ffd84d"),
        *("#a78bfa", "#6fd3ff", "#d2a679", "#b4e05a"),
    )
)

LIVERIES = {  # as drivers know them, made light enough to carry dark figures
    "Alpine": QColor("#ff8fd0"),
    "Aston Martin": QColor("#3cb78c"),
    "Audi": QColor("#e6e1d8"),
    "Cadillac": QColor("#dcbf85"),
    "Ferrari": QColor("#ff5e56"),
    "Haas": QColor("#b9c0c7"),
    "McLaren": QColor("#ff9443"),
    "Mercedes": QColor("#35dcc6"),
    "Racing Bulls": QColor("#a9b8ff"),
    "Red Bull": QColor("#6c93ff"),
    "Sauber": QColor("#63dd60"),
    "Williams": QColor("#62b5ff"),
}

FAMILIES = (
    *("Inter", "Inter Variable", "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Roboto", "Noto Sans"),
    *("DejaVu Sans Condensed", "DejaVu Sans", "Liberation Sans"),
)


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


def team_colour(team: Team) -> QColor:
    """A team's own colour where it is known, else one by its number; teams past the palette begin it again."""
    return LIVERIES.get(team.name) or TEAMS[team.number % len(TEAMS)]


def family() -> str:
    """The first family of the list that this machine has, or the system's own."""
    present = set(QFontDatabase.families())
    return next((name for name in FAMILIES if name in present), QFont().defaultFamily())


def font(style: Style) -> QFont:
    """The font of a style in design pixels, with tabular figures where the family has them."""
    made = QFont(family())
    made.setPixelSize(style.px)
    made.setWeight(QFont.Weight.DemiBold if style.strong else QFont.Weight.Normal)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return made
