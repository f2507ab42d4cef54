"""A map as GeoJSON: the line, the edges, and what is along the lap, each a feature.

The coordinates are metres of the game's own plane and nobody knows where on Earth that lies. RFC 7946 wants longitude
and latitude, and lets parties agree on something else (section 4): the collection says so itself, and has no `crs`,
which that standard abolished.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
import numpy as np

from contracts.tracks import PitLane, TrackMap
from services.tracks.domain.formats.road import Road
from services.tracks.domain.lap import Floats, Places

NOTE: Final = (
    "Coordinates are metres in a right-handed plane seen from above; its origin and orientation are the game's own, and"
    " where handedness_in_game is left, its y has the other sign there. A third coordinate is the height. They are not"
    " longitude and latitude: place them before you lay them over the Earth."
)

Feature = dict[str, Any]


def written(track_map: TrackMap) -> bytes:
    road = Road.of(track_map)
    collection = {
        "type": "FeatureCollection",
        "name": f"{track_map.game}/{track_map.track_id}",
        "note": NOTE,
        "bbox": _bounds(road),
        "features": [*_lines(track_map, road), *_places(track_map, road), *_pit_lane(track_map.pit, road)],
    }
    return msgspec.json.encode(collection)


def _lines(track_map: TrackMap, road: Road) -> Iterable[Feature]:
    facts = {
        "game": track_map.game,
        "track_id": track_map.track_id,
        "track_name": track_map.track_name,
        "layout_name": track_map.layout_name,
        "layout_id": track_map.layout_id,
        "version": track_map.version,
        "status": track_map.status,
        "length_m": track_map.length_m,
        "direction": track_map.direction,
        "handedness_in_game": track_map.frame.handedness,
        "step_m": track_map.line.step_m,
        "links": track_map.links,
    }
    yield _feature("line", _string(road.places, road.heights, is_closed=True), **facts)
    for kind, edge in zip(("left_edge", "right_edge"), road.edges or (), strict=False):
        yield _feature(kind, _string(edge, road.heights, is_closed=True))


def _places(track_map: TrackMap, road: Road) -> Iterable[Feature]:
    yield _feature("start_finish", _point(road, track_map.start_finish.s), s=track_map.start_finish.s)
    for number, sector in enumerate(track_map.sectors, start=1):
        yield _feature("sector", _point(road, sector.s), n=number, s=sector.s)
    for corner in track_map.corners:
        yield _feature("corner", _point(road, corner.apex_s), **msgspec.structs.asdict(corner))


def _pit_lane(pit: PitLane | None, road: Road) -> Iterable[Feature]:
    if pit is None:
        return
    if pit.x:
        yield _feature("pit_lane", _string(road.seen(pit.x, pit.y)), speed_limit_mps=pit.speed_limit_mps)
    yield _feature("pit_entry", _point(road, pit.entry_s), s=pit.entry_s)
    yield _feature("pit_exit", _point(road, pit.exit_s), s=pit.exit_s)


def _feature(kind: str, geometry: dict[str, Any], **facts: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **facts}}


def _point(road: Road, s: float) -> dict[str, Any]:
    place = road.at(s)
    return {"type": "Point", "coordinates": [round(place.real, 2), round(place.imag, 2)]}


def _string(places: Places, heights: Floats | None = None, *, is_closed: bool = False) -> dict[str, Any]:
    columns = [places.real, places.imag] + ([] if heights is None else [heights])
    positions = np.round(np.column_stack(columns), 2)
    if is_closed:
        positions = np.concatenate((positions, positions[:1]))
    return {"type": "LineString", "coordinates": positions.tolist()}


def _bounds(road: Road) -> list[float]:
    x, y = road.places.real, road.places.imag
    return [round(float(edge), 2) for edge in (x.min(), y.min(), x.max(), y.max())]
