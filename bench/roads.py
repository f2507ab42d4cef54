"""Which roads are there to drive on: the real circuits where they can be read, and invented ones.

Real shapes lie outside the project, under RACEOVERLAY_TRACKS. Every road says by `layout` which others are the same.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from services.tracks.domain.lap import Floats, Places

REAL_TRACKS: Final = Path(os.environ.get("RACEOVERLAY_TRACKS", "../shared/tracks"))
EARTH_RADIUS_M: Final = 6_371_000.0
USUAL_HALF_WIDTH_M: Final = 6.0
BROKEN: Final = ("china-gp", "monaco", "thunderhill_raceway_park-twomilewest")
"""Published borders whose middle jumps or turns back on itself: no car ever drove there."""

LAYOUTS: Final = {
    "ae-2009": "Abu_Dhabi", "at-1969": "Austria", "au-1953": "Melbourne", "az-2016": "Baku_Azerbaijan",
    "be-1925": "Spa", "bh-2002": "Sakhir_Bahrain", "br-1940": "Brazil", "ca-1978": "Montreal", "cn-2004": "Shanghai",
    "es-1991": "Catalunya", "fr-1969": "Paul_Ricard, reversed", "gb-1948": "Silverstone", "hu-1986": "Hungaroring",
    "it-1922": "Monza", "it-1953": "Imola", "jp-1962": "Suzuka", "mc-1929": "Monaco", "mx-1962": "Mexico",
    "nl-1948": "Zandvoort", "pt-2008": "Portimao", "qa-2004": "Losail", "sa-2021": "Jeddah",
    "sg-2008": "Singapore, reversed", "us-2012": "Texas", "us-2022": "Miami", "us-2023": "Las_Vegas",
    "china-gp": "Shanghai", "imola": "Imola", "ks_barcelona-layout_gp": "Catalunya, chicane",
    "ks_red_bull_ring-layout_gp": "Austria", "ks_silverstone-gp": "Silverstone", "monaco": "Monaco", "monza": "Monza",
}  # fmt: skip
"""Two of the drawn circuits are drawn against the way they are driven, and one Barcelona has its last chicane yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Road:
    """A closed road in a right-handed plane, in the direction it is driven.

    `centre` is (n,) complex metres without its first point repeated; `left` and `right` are (n,) metres to the edges.
    """

    name: str
    layout: str
    centre: Places
    left: Floats
    right: Floats

    @property
    def xy(self) -> Floats:
        return np.column_stack((self.centre.real, self.centre.imag))

    def reversed(self) -> Road:
        """The same road, driven the other way round."""
        return Road(f"{self.name}, reversed", f"{self.layout}, reversed", self.centre[::-1], self.right[::-1],
                    self.left[::-1])  # fmt: skip

    def bent(self, at: float, length_m: float, depth_m: float, *, is_double: bool) -> Road:
        """Another layout of the venue: from `at` (0..1) on, the road swings out by so far, or once to each side."""
        steps = np.abs(np.roll(self.centre, -1) - self.centre)
        along = np.concatenate(([0.0], np.cumsum(steps)))
        count = round(along[-1] / 3)
        stations = np.linspace(0, along[-1], count, endpoint=False)
        columns = (self.centre.real, self.centre.imag, self.left, self.right)
        x, y, left, right = (np.interp(stations, along, np.append(column, column[0])) for column in columns)
        middle = x + 1j * y
        ahead = np.roll(middle, -3) - np.roll(middle, 3)
        share = np.clip((stations - at * along[-1]) % along[-1] / length_m, 0, 1)
        swing = np.sin(2 * np.pi * share) * np.sin(np.pi * share) * 1.3 if is_double else np.sin(np.pi * share) ** 2
        bent = middle + 1j * ahead / np.maximum(np.abs(ahead), 1e-9) * depth_m * swing
        return Road(f"{self.name}, bent by {depth_m:.0f} m", f"{self.layout}, bent", bent, left, right)

    def scaled(self, scale: float) -> Road:
        return replace(self, centre=self.centre * scale, left=self.left * scale, right=self.right * scale)


def road(name: str, layout: str, centre: Places, left: Floats | None = None, right: Floats | None = None) -> Road:
    usual = np.full(len(centre), USUAL_HALF_WIDTH_M)
    return Road(name, layout, centre, usual if left is None else left, usual if right is None else right)


def real_roads() -> Iterator[Road]:
    """Every real circuit in every source, each once in each source's year; none where there are no real shapes."""
    for year, name, xy in f1_circuits():
        layout = f"{name.removesuffix('_Reverse')}, reversed" if name.endswith("_Reverse") else name
        yield road(f"f1_{year}/{name}", layout, _places(xy * (1, -1)))
    for name, xy in drawn_circuits():
        yield road(f"drawn/{name}", LAYOUTS.get(name, name), _places(xy))
    for name, lefts, rights in bordered_circuits():
        if name in BROKEN:
            continue
        half = np.abs(lefts - rights) / 2
        yield road(f"ac/{name}", LAYOUTS.get(name, name), (lefts + rights) / 2, half, half)
    for name, xy in assetto_corsa_lines():
        if "racing_line" in name:
            circuit = name.split("-racing_line")[0]
            yield road(f"ac/{name}", LAYOUTS.get(circuit, circuit), _places(xy))


def f1_circuits() -> Iterator[tuple[str, str, Floats]]:
    """Year, name and points in left-handed metres of every map of the F1 games; the pictures are undone by matrix."""
    for file in sorted((REAL_TRACKS / "f1game").glob("*svg_transforms.json")):
        year = file.name.split("__")[2].removeprefix("f1_")
        for name, matrix in json.loads(file.read_text()).items():
            picture = file.with_name(file.name.replace("svg_transforms.json", f"{name}.svg"))
            drawn = re.search(r'points="([^"]+)"', picture.read_text()) if picture.exists() else None
            if drawn:
                pixels = np.array([[float(number) for number in pair.split(",")] for pair in drawn[1].split()])
                to_pixels = np.array([[matrix["a"], matrix["b"]], [matrix["d"], matrix["e"]]])
                yield year, name, (pixels - [matrix["c"], matrix["f"]]) @ np.linalg.inv(to_pixels).T


def assetto_corsa_lines() -> Iterator[tuple[str, Floats]]:
    """Name and points in right-handed metres of Assetto Corsa circuits: driven lines, and lines of the game's own."""
    for file in sorted((REAL_TRACKS / "ac_gym").glob("*.csv")):
        with file.open() as rows:
            points = [(float(row["pos_x"]), float(row["pos_y"])) for row in csv.DictReader(rows)]
        yield file.stem, np.array(points)


def bordered_circuits() -> Iterator[tuple[str, Places, Places]]:
    """Name, left and right border of Assetto Corsa circuits, (n,) complex right-handed metres each."""
    for file in sorted((REAL_TRACKS / "ac_gym").glob("*.csv")):
        if "racing_line" in file.stem:
            continue
        table = np.genfromtxt(file, delimiter=",", names=True)
        yield (file.stem, table["left_border_x"] + 1j * table["left_border_y"],
               table["right_border_x"] + 1j * table["right_border_y"])  # fmt: skip


def drawn_circuits() -> Iterator[tuple[str, Floats]]:
    """Name and points in right-handed metres of circuits that somebody drew on a map of the world."""
    for file in sorted((REAL_TRACKS / "bacinger").glob("??-????.geojson")):
        line = json.loads(file.read_text())["features"][0]["geometry"]["coordinates"]
        east, north = np.radians(np.array(line)).T
        yield file.stem, EARTH_RADIUS_M * np.column_stack(((east - east[0]) * np.cos(north.mean()), north - north[0]))


def invented_road(seed: int, length_m: float = 4000.0) -> Road:
    """A circuit that is nowhere: bends of every size, and never across itself."""
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 1200, endpoint=False)
    waves = np.arange(2, 15)
    high = chance.normal(0, 1, len(waves)) / waves**1.1
    shifted = waves * angle[:, None] + chance.uniform(0, 2 * np.pi, len(waves))
    radius = np.exp(0.55 * np.sin(shifted) @ high)
    centre = radius * (np.cos(angle) + 1j * chance.uniform(0.5, 1.0) * np.sin(angle))
    centre *= length_m / np.abs(np.roll(centre, -1) - centre).sum()
    return road(f"invented/{seed}", f"invented {seed}", centre)


def _places(xy: Floats) -> Places:
    places = xy[:, 0] + 1j * xy[:, 1]
    return places[:-1] if abs(places[-1] - places[0]) < 0.001 else places


def long_road(seed: int, length_m: float) -> Road:
    """A road as long as the longest there are, with bends like theirs: a large ring that winds, never across itself."""
    chance = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, round(length_m / 3), endpoint=False)
    waves = np.arange(2, round(length_m / 350))
    high = chance.normal(0, 2.2 / np.sqrt(len(waves)), len(waves)) / waves
    centre = np.exp(np.sin(waves * angle[:, None] + chance.uniform(0, 2 * np.pi, len(waves))) @ high + 1j * angle)
    return road(f"long/{seed}", f"long {seed}", centre * length_m / np.abs(np.roll(centre, -1) - centre).sum())
