"""The entry list: twenty invented drivers in ten invented teams. Any likeness to a real person is chance."""

from __future__ import annotations

from dataclasses import dataclass

PLAYER = 11  # the row of the driver's own car; not 0, so that nobody comes to rely on it


@dataclass(frozen=True, slots=True)
class Team:
    name: str
    game_id: int  # the slot of the game's own team list whose cars these are
    colours: tuple[tuple[int, int, int], ...]  # red, green, blue of the livery, as many as the game names


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    number: int
    team: Team
    nationality: int  # the game's own id
    deficit: float  # share of the ideal speed that this driver leaves on the road


HALCYON = Team("Halcyon", 0, ((0, 196, 180), (12, 18, 22), (255, 255, 255)))
VERMILION = Team("Vermilion", 1, ((226, 52, 36), (250, 240, 224), (24, 20, 20)))
NORTHLIGHT = Team("Northlight", 2, ((38, 66, 150), (244, 196, 48), (216, 40, 52)))
SALTMARSH = Team("Saltmarsh", 3, ((52, 152, 219), (236, 240, 241), (16, 32, 64)))
IRONWOOD = Team("Ironwood", 4, ((18, 96, 72), (198, 168, 92), (240, 240, 232)))
TAMARIND = Team("Tamarind", 5, ((236, 106, 176), (28, 32, 64), (60, 160, 240)))
CINDER = Team("Cinder", 6, ((92, 104, 224), (240, 88, 72), (255, 255, 255)))
QUARRY = Team("Quarry", 7, ((176, 182, 190), (204, 32, 40), (24, 24, 26)))
MARIGOLD = Team("Marigold", 8, ((255, 140, 16), (24, 24, 28), (96, 200, 255)))
FENWICK = Team("Fenwick", 9, ((84, 214, 92), (16, 20, 18), (255, 255, 255)))

ENTRIES = (
    Entry("Ljungqvist", 17, MARIGOLD, 74, 0.0000),
    Entry("Abernathy-Ó Súilleabháin", 5, MARIGOLD, 39, 0.0013),
    Entry("Takamori", 88, NORTHLIGHT, 43, 0.0006),
    Entry("Kowalczyńska", 34, NORTHLIGHT, 65, 0.0049),
    Entry("Okafor-Reyes", 61, VERMILION, 58, 0.0017),
    Entry("Bellandi", 9, VERMILION, 41, 0.0024),
    Entry("Müller-Lüdenscheidt", 73, HALCYON, 29, 0.0022),
    Entry("Fitzwarren", 40, HALCYON, 10, 0.0034),
    Entry("Çelikoğlu", 26, IRONWOOD, 83, 0.0042),
    Entry("Vasconcelos", 92, IRONWOOD, 9, 0.0057),
    Entry("Achterberg", 49, SALTMARSH, 53, 0.0062),
    Entry("Wren Halloran", 7, SALTMARSH, 39, 0.0036),
    Entry("Nakamura-Diallo", 38, CINDER, 28, 0.0073),
    Entry("Pretorius", 66, CINDER, 76, 0.0064),
    Entry("Sørensen", 13, TAMARIND, 21, 0.0081),
    Entry("Bhattacharyya-Featherstone", 51, TAMARIND, 38, 0.0090),
    Entry("Zhuang", 80, QUARRY, 15, 0.0098),
    Entry("Étienne-Duval", 29, QUARRY, 28, 0.0105),
    Entry("Moana", 95, FENWICK, 56, 0.0116),
    Entry("Quispe", 72, FENWICK, 64, 0.0134),
)
