"""A map in every format says the same, whatever the map lacks and whatever strangers call it."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from known_maps import known_map
from msgspec import structs

from contracts.tracks import Corner, Frame, Line, PitLane, Station, TrackMap
from services.tracks.domain.formats import FORMATS, columns, geojson, picture, tag
from services.tracks.domain.formats.road import Road
from services.tracks.domain.formats.sheet import Labels, Sheet

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert('1')</script>&\"\x00\x1b\ufffe ]]> <!--"


def bare() -> TrackMap:
    """All that the first lap of a game without heights tells."""
    full = known_map()
    line = Line(full.line.step_m, full.line.x, full.line.y)
    return structs.replace(
        full, line=line, sectors=(), pit=None, corners=(), links=(), track_name=None, layout_name=None
    )


def tiny(points: int = 2) -> TrackMap:
    line = Line(1.0, tuple(map(float, range(points))), (0.0,) * points)
    return structs.replace(known_map(), line=line, length_m=float(points))


def features(track_map: TrackMap) -> dict[str, list[dict]]:
    by_kind: dict[str, list[dict]] = {}
    for feature in json.loads(geojson.written(track_map))["features"]:
        by_kind.setdefault(feature["properties"]["kind"], []).append(feature)
    return by_kind


def test_a_table_has_a_row_for_each_place_and_leaves_empty_what_is_not_known():
    track_map = known_map()
    text = columns.written(track_map).decode()
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["s", "x", "y", "z", "w_left", "w_right"]
    assert [float(row["x"]) for row in rows] == list(track_map.line.x)
    assert {(row["z"], row["w_left"], row["w_right"]) for row in rows} == {("2.0", "5.0", "7.0")}
    assert float(rows[0]["s"]) == 0.0
    assert float(rows[100]["s"]) == pytest.approx(track_map.length_m / 4, abs=0.001)
    (first, *_) = csv.DictReader(io.StringIO(columns.written(bare()).decode()))
    assert (first["z"], first["w_left"], first["w_right"]) == ("", "", "")


def test_geojson_holds_the_road_closed_and_what_is_along_it():
    track_map = known_map()
    found = features(track_map)
    (line,) = found["line"]
    positions = np.array(line["geometry"]["coordinates"])
    assert positions.shape == (401, 3)
    assert (positions[0] == positions[-1]).all()
    assert line["properties"]["layout_id"] == str(track_map.layout_id)
    assert [feature["properties"]["name"] for feature in found["corner"]] == ["Lighthouse", None, "Harbour"]
    assert [feature["properties"]["s"] for feature in found["sector"]] == [900.0, 2100.0]
    assert found["pit_lane"][0]["geometry"]["coordinates"] == [[480, -60], [470, 0], [460, 60]]
    assert len(found["start_finish"]) == len(found["pit_entry"]) == len(found["pit_exit"]) == 1


def test_the_edges_lie_as_far_beside_the_line_as_the_road_is_wide():
    road = Road.of(known_map())
    assert road.edges is not None
    found = features(known_map())
    for kind, side, wide in (("left_edge", 1, 5.0), ("right_edge", -1, 7.0)):
        edge = np.array(found[kind][0]["geometry"]["coordinates"])[:-1, :2] @ [1, 1j]
        across = ((edge - road.places) / (1j * road.ahead)).real * side
        np.testing.assert_allclose(across, wide, atol=0.02)


def test_a_left_handed_game_s_road_is_seen_from_above_as_everybody_s():
    seen = known_map()
    line, pit = seen.line, seen.pit
    assert pit is not None
    told = structs.replace(
        seen,
        frame=Frame(handedness="left"),
        line=structs.replace(line, y=tuple(-y for y in line.y)),
        pit=structs.replace(pit, y=tuple(-y for y in pit.y)),
    )
    assert picture.drawn(told) == picture.drawn(seen)
    here, there = (json.loads(geojson.written(track_map)) for track_map in (seen, told))
    assert [f["geometry"] for f in there["features"]] == [f["geometry"] for f in here["features"]]
    assert columns.written(told).splitlines()[9].split(b",")[2].startswith(b"-"), "a table is in the plane of the game"


def test_geojson_does_not_pass_for_longitude_and_latitude():
    collection = json.loads(geojson.written(known_map()))
    assert "not longitude and latitude" in collection["note"]
    assert "crs" not in collection
    x, y = known_map().line.x, known_map().line.y
    assert collection["bbox"] == [min(x), min(y), max(x), max(y)]


def test_what_a_map_lacks_is_no_feature():
    assert set(features(bare())) == {"line", "start_finish"}
    pit = PitLane(10.0, 20.0)
    assert set(features(structs.replace(bare(), pit=pit))) == {"line", "start_finish", "pit_entry", "pit_exit"}


def test_a_picture_is_told_to_those_who_do_not_see_it():
    root = ET.fromstring(picture.drawn(known_map()))
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Testring · Grand Prix"
    assert root.findtext(f"{SVG}desc") == "2.985 km, anticlockwise, 3 corners"
    told = {title.text for title in root.iter(f"{SVG}title")}
    assert {"Turn 1: Lighthouse", "Turn 2", "Turn 3: Harbour", "Sector 3", "Pit lane", "Driving direction"} <= told
    assert ET.fromstring(picture.drawn(bare())).findtext(f"{SVG}title") == "f1 testring"


def test_the_words_of_strangers_stay_words():
    corners = (Corner(1, 10.0, "L", HOSTILE),)
    hostile = known_map(track_name=HOSTILE, layout_name=HOSTILE, track_id="a", corners=corners)
    drawn = picture.drawn(hostile)
    root = ET.fromstring(drawn)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script>alert('1')</script>&" in (root.findtext(f"{SVG}title") or "")
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "title", "desc", "style", "rect", "path", "g", "circle", "text")
    }
    assert json.loads(geojson.written(hostile))["features"][0]["properties"]["track_name"] == HOSTILE


def test_the_policy_of_a_picture_lets_its_own_style_in_and_nothing_else():
    (style,) = ET.fromstring(picture.drawn(known_map())).iter(f"{SVG}style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in picture.POLICY
    assert picture.POLICY.startswith("default-src 'none';")
    assert b' style="' not in picture.drawn(known_map())


def test_all_of_a_picture_lies_on_its_sheet():
    for track_map in (known_map(), bare()):
        road = Road.of(track_map)
        sheet = Sheet.around(road)
        places = sheet.on(road.places)
        assert places.real.min() > 60
        assert places.imag.min() > 100
        assert places.real.max() < sheet.width - 60
        assert places.imag.max() < sheet.height - 60


def test_labels_cover_neither_the_road_nor_each_other():
    road = np.linspace(0, 400, 200).astype(np.complex128)
    labels = Labels(road, 10.0)
    spots = np.array([labels.spot(complex(x, 0), 1j) for x in (100, 105, 110, 115)])
    assert np.abs(spots[:, None] - road[None, :]).min() >= 15.0
    apart = np.abs(spots[:, None] - spots[None, :])[~np.eye(4, dtype=bool)]
    assert apart.min() >= 22.0


@pytest.mark.parametrize("name", ["geojson", "svg", "csv"])
def test_a_map_of_hardly_anything_is_written_too(name):
    make = FORMATS[name].made
    assert make is not None
    for strange in (tiny(), tiny(3), structs.replace(bare(), corners=(Corner(1, 1e5, "R"),), sectors=(Station(1e5),))):
        assert make(strange)


EDITIONS = {
    "geojson": (1, "23e8302a4c11e362"),
    "svg": (1, "a4f532de1ec9f367"),
    "csv": (1, "41d88b87ab292196"),
}


@pytest.mark.parametrize("name", EDITIONS)
def test_what_looks_otherwise_has_another_edition(name):
    """The tag of a format promises the same bytes: if this fails, raise the format's edition, and then this one."""
    written = FORMATS[name]
    assert written.made is not None
    digest = hashlib.sha256(written.made(known_map())).hexdigest()[:16]
    assert (written.edition, digest) == EDITIONS[name]


def test_every_format_has_a_tag_of_its_own():
    tags = {tag("abc", name) for name in FORMATS}
    assert tags == {"abc", "abc.geojson1", "abc.svg1", "abc.csv1"}
