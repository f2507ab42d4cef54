"""Laps to upload: a synthetic circuit, and the real ones where they can be read."""

from __future__ import annotations

import numpy as np

from bench.roads import REAL_TRACKS, assetto_corsa_lines, f1_circuits
from contracts.tracks import Upload

__all__ = ["REAL_TRACKS", "WITHOUT_REAL_TRACKS", "assetto_corsa_lines", "circuit", "f1_circuits", "upload_of"]
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
