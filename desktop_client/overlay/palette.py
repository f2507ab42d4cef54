"""Colours by what they mean. A theme is one palette; nothing in the product names a colour elsewhere.

Nine tenths of every widget are neutral. A colour says one thing in all of them: you, gained, lost, warning, the best
of the session. Whatever a colour says, a sign, a shape or a place says too.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final, Literal

from PyQt6.QtGui import QColor

from desktop_client.race.teams import Team

ThemeName = Literal["dark", "light", "high_contrast", "colour_blind"]


def _colours(codes: str) -> tuple[QColor, ...]:
    return tuple(QColor(code) for code in codes.split())


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """The colours of a theme. Two palettes are equal only if they are the same one."""

    surface: QColor  # the panel, seen through a little; text on it keeps 7:1 over any game
    surface_opaque: QColor  # where nothing can be seen through
    hairline: QColor
    casing: QColor  # around whatever lies on the game without a panel
    band: QColor  # the driver's own row
    zebra: QColor  # every other row of a long table
    groove: QColor  # where a bar or a light is not lit
    text: QColor
    text_soft: QColor  # other cars
    text_dim: QColor  # captions, cars in the pits
    on_colour: QColor  # text on a team's or a class's colour
    on_meaning: QColor  # text on a filled colour that means something
    you: QColor
    gained: QColor
    lost: QColor
    warning: QColor
    session_best: QColor
    cold: QColor  # a temperature below its window
    ideal: QColor
    hot: QColor
    rain: QColor
    track: QColor  # the line of the map
    teams: tuple[QColor, ...]
    classes: tuple[QColor, ...]  # the fastest class first

    def team(self, team: Team) -> QColor:
        """A team's own colour where it is known, else one by its number; teams past the palette begin it again."""
        return LIVERIES.get(team.name) or self.teams[team.number % len(self.teams)]

    def class_(self, index: int) -> QColor:
        """The colour of a class by its rank in speed, 0 the fastest."""
        return self.classes[index % len(self.classes)]


LIVERIES: Final = {  # as drivers know them, made light enough to carry dark figures
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

CLOTH: Final = {  # of flags: what a marshal waves has the same colour in every theme
    "yellow": QColor("#ffd60a"),
    "red": QColor("#e0202c"),
    "blue": QColor("#2470ff"),
    "green": QColor("#1fb35f"),
    "white": QColor("#f4f6f8"),
    "black": QColor("#08090b"),
    "orange": QColor("#ff7a1a"),
}

DARK: Final = Palette(
    surface=QColor(11, 15, 20, 226),
    surface_opaque=QColor(11, 15, 20),
    hairline=QColor(255, 255, 255, 20),
    casing=QColor(11, 15, 20, 230),
    band=QColor(255, 255, 255, 31),
    zebra=QColor(255, 255, 255, 9),
    groove=QColor(255, 255, 255, 22),
    text=QColor(243, 246, 248),
    text_soft=QColor(212, 218, 223),
    text_dim=QColor(150, 160, 170),
    on_colour=QColor(11, 15, 20),
    on_meaning=QColor(11, 15, 20),
    you=QColor(86, 190, 255),
    gained=QColor(62, 214, 130),
    lost=QColor(255, 92, 92),
    warning=QColor(255, 184, 60),
    session_best=QColor(196, 132, 255),
    cold=QColor(96, 156, 255),
    ideal=QColor(62, 214, 130),
    hot=QColor(255, 122, 77),
    rain=QColor(96, 170, 255),
    track=QColor(212, 218, 223),
    teams=_colours("#5b9dff #ff6b5e #3fd6c0 #ff9f45 #c9d3dc #5fd36a #f472b6 #ffd84d #a78bfa #6fd3ff #d2a679 #b4e05a"),
    classes=_colours("#ffb347 #6fb7ff #7ddc7a #f78fb3 #c9a2ff #5fe0d0"),
)

LIGHT: Final = Palette(
    surface=QColor(246, 248, 250, 238),
    surface_opaque=QColor(246, 248, 250),
    hairline=QColor(11, 15, 20, 36),
    casing=QColor(246, 248, 250, 235),
    band=QColor(11, 15, 20, 26),
    zebra=QColor(11, 15, 20, 8),
    groove=QColor(11, 15, 20, 26),
    text=QColor(12, 17, 23),
    text_soft=QColor(38, 46, 54),
    text_dim=QColor(78, 88, 98),
    on_colour=QColor(11, 15, 20),
    on_meaning=QColor(255, 255, 255),
    you=QColor(0, 96, 176),
    gained=QColor(0, 112, 58),
    lost=QColor(192, 24, 36),
    warning=QColor(140, 82, 0),
    session_best=QColor(122, 46, 200),
    cold=QColor(30, 94, 210),
    ideal=QColor(0, 112, 58),
    hot=QColor(176, 56, 8),
    rain=QColor(14, 92, 184),
    track=QColor(38, 46, 54),
    teams=DARK.teams,
    classes=DARK.classes,
)

HIGH_CONTRAST: Final = dataclasses.replace(
    DARK,
    surface=QColor(0, 0, 0, 248),
    surface_opaque=QColor(0, 0, 0),
    hairline=QColor(255, 255, 255, 150),
    casing=QColor(0, 0, 0, 255),
    band=QColor(255, 255, 255, 56),
    zebra=QColor(255, 255, 255, 18),
    groove=QColor(255, 255, 255, 60),
    text=QColor(255, 255, 255),
    text_soft=QColor(255, 255, 255),
    text_dim=QColor(205, 212, 218),
    you=QColor(110, 210, 255),
    gained=QColor(90, 255, 150),
    lost=QColor(255, 122, 122),
    warning=QColor(255, 214, 70),
    session_best=QColor(218, 170, 255),
    track=QColor(255, 255, 255),
)

COLOUR_BLIND: Final = dataclasses.replace(
    DARK,  # after Okabe and Ito: told apart with every common kind of colour vision
    you=QColor(240, 228, 66),
    gained=QColor(86, 180, 233),
    lost=QColor(240, 130, 50),
    warning=QColor(245, 199, 16),
    session_best=QColor(222, 150, 196),
    cold=QColor(86, 160, 240),
    ideal=QColor(220, 224, 228),
    hot=QColor(240, 130, 50),
    teams=_colours("#56b4e9 #e69f00 #2fd6a8 #f0e442 #6f9dff #ff8552 #e39ac6 #c9d3dc #8fe0ff #ffd08a #9ff0cf #d9b8ff"),
    classes=_colours("#e69f00 #56b4e9 #2fd6a8 #e39ac6 #f0e442 #ff8552"),
)

THEMES: Final[dict[ThemeName, Palette]] = {
    "dark": DARK,
    "light": LIGHT,
    "high_contrast": HIGH_CONTRAST,
    "colour_blind": COLOUR_BLIND,
}
