"""Laps to upload: a synthetic circuit, and the real ones where they can be read."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from contracts.tracks import Upload

REAL_TRACKS = Path(os.environ.get("RACEOVERLAY_TRACKS", "../shared/tracks"))
WITHOUT_REAL_TRACKS = f"there are no real track shapes in {REAL_TRACKS}"


def circuit(points: int = 600, scale: float = 1.0, *, wobble: float = 60.0) -> np.ndarray:
    """(n, 2) metres, anticlockwise: a 3.4 km line with bends both ways, from one point to just before itself."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = 500 + wobble * np.sin(3 * angle) + 0.5 * wobble * np.cos(5 * angle)
    return scale * np.column_stack((radius * np.cos(angle), 0.8 * radius * np.sin(angle)))


def upload_of(xy: np.ndarray, **said: object) -> Upload:
    """An upload of these points (2 or 3 columns); `said` overrides the other fields."""
    fields: dict[str, object] = {"game": "f1", "track_id": "testring", "lap_valid": True, **said}
    return Upload(points=tuple(map(tuple, np.asarray(xy).tolist())), **fields)  # type: ignore[arg-type]


def f1_circuits() -> Iterator[tuple[str, str, np.ndarray]]:
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


def assetto_corsa_lines() -> Iterator[tuple[str, np.ndarray]]:
    """Name and points in right-handed metres of Assetto Corsa circuits: driven lines, and lines of the game's own."""
    for file in sorted((REAL_TRACKS / "ac_gym").glob("*.csv")):
        with file.open() as rows:
            points = [(float(row["pos_x"]), float(row["pos_y"])) for row in csv.DictReader(rows)]
        yield file.stem, np.array(points)
