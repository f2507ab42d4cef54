"""Which line did somebody else draw? Tables with columns x and y, and GeoJSON, as points in metres.

Longitude and latitude become metres east and north of the line's middle, on the ellipsoid that GPS means: over a
circuit's few kilometres the plane is true to a few centimetres. What we export ourselves is in metres and says so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import msgspec
import numpy as np

from chassis.commands import CannotBeUsed
from services.tracks.domain.lap import Floats

DRAWN_STEP_M: Final = 5.0
"""Lines drawn by hand have corners only, up to 860 m apart: they are walked in steps as a car would."""
_EQUATOR_M: Final = 6_378_137.0
_ECCENTRICITY_SQUARED: Final = 0.006_694_38
_NAMES: Final = {"x": ("x", "x_m", "pos_x"), "y": ("y", "y_m", "pos_y"), "z": ("z", "z_m", "pos_z")}


def table(text: str) -> tuple[Floats, bool]:
    """(n, 2) or (n, 3) metres from a table whose first line names its columns; whether it is one of our exports.

    Raises:
        CannotBeUsed: the sentence names the line and the column.
    """
    reader = csv.reader(io.StringIO(text))
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise CannotBeUsed(f"line {reader.line_num}: {error}.") from None
    head = [name.strip(" #\ufeff").lower() for name in rows[0]] if rows else []
    at = {axis: next((head.index(name) for name in names if name in head), None) for axis, names in _NAMES.items()}
    missing = [axis for axis in "xy" if at[axis] is None]
    if missing:
        raise CannotBeUsed(f"line 1 names no column {' and no column '.join(missing)}: a table has x, y and maybe z.")
    if at["z"] is not None and _is_empty(rows, at["z"]):
        del at["z"]
    columns = [_numbers(rows, head, place) for place in at.values() if place is not None]
    return np.column_stack(columns), head == ["s", "x", "y", "z", "w_left", "w_right"]


def geojson(document: dict[str, Any]) -> tuple[Floats, bool]:
    """(n, 2) or (n, 3) metres of the one line in a GeoJSON object; whether it is one of our exports.

    Raises:
        CannotBeUsed: the sentence names the member.
    """
    lines = list(_lines(document))
    ours = [each for each in lines if each[1].get("kind") == "line" and "step_m" in each[1]]
    if len(ours or lines) != 1:
        raise CannotBeUsed(f"features: {len(lines)} lines (LineString) are in it, and one is wanted.")
    ((coordinates, _),) = ours or lines
    try:
        positions = msgspec.convert(coordinates, tuple[tuple[float, ...], ...])
        points = np.array([position[:3] for position in positions], np.float64)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        raise CannotBeUsed(f"coordinates{where.rstrip('`')}: {message}.") from None
    except ValueError:
        raise CannotBeUsed("coordinates: some positions have two numbers, others three.") from None
    if points.ndim != 2 or len(points) < 2 or points.shape[1] < 2:
        raise CannotBeUsed("coordinates: a line has two positions or more, each of two numbers or three.")
    if ours:
        return points, True
    beyond = np.flatnonzero((np.abs(points[:, 0]) > 180) | (np.abs(points[:, 1]) > 90))
    if beyond.size:
        raise CannotBeUsed(f"coordinates[{beyond[0]}]: that is not longitude and latitude in degrees.")
    return _walked(np.column_stack((_metres(points[:, :2]), points[:, 2:]))), False


def _lines(node: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The coordinates of every LineString, each with the properties of its feature."""
    if node.get("type") == "FeatureCollection" and isinstance(node.get("features"), list):
        return [line for feature in node["features"] if isinstance(feature, dict) for line in _lines(feature)]
    if node.get("type") == "Feature" and isinstance(node.get("geometry"), dict):
        properties = node.get("properties")
        return [(found, properties if isinstance(properties, dict) else {}) for found, _ in _lines(node["geometry"])]
    return [(node.get("coordinates"), {})] if node.get("type") == "LineString" else []


def _numbers(rows: Sequence[Sequence[str]], head: Sequence[str], place: int) -> Floats:
    found = np.empty(len(rows) - 1)
    for line, row in enumerate(rows[1:]):
        try:
            found[line] = float(row[place])
        except (ValueError, IndexError):
            found[line] = np.nan
        if not np.isfinite(found[line]):
            said = repr(row[place]) if place < len(row) else "nothing"
            raise CannotBeUsed(f"line {line + 2}, column {head[place]}: {said} is not a finite number.")
    return found


def _is_empty(rows: Sequence[Sequence[str]], place: int) -> bool:
    return all(place < len(row) and not row[place] for row in rows[1:])


def _metres(degrees: Floats) -> Floats:
    """Longitude and latitude as metres east and north of their middle."""
    middle = (degrees.min(axis=0) + degrees.max(axis=0)) / 2
    latitude = np.radians(middle[1])
    flattened = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    eastward = _EQUATOR_M / np.sqrt(flattened) * np.cos(latitude)
    northward = _EQUATOR_M * (1 - _ECCENTRICITY_SQUARED) / flattened**1.5
    return np.radians(degrees - middle) * [eastward, northward]


def _walked(points: Floats) -> Floats:
    """Places on the open line through the points, none farther from the next than DRAWN_STEP_M."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points[:, :2], axis=0).T))))
    count = int(np.clip(np.ceil(along[-1] / DRAWN_STEP_M), 1, 20_000)) + 1
    return np.column_stack([np.interp(np.linspace(0, along[-1], count), along, column) for column in points.T])
