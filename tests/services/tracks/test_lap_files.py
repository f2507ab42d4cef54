"""Files of every form are read as laps, and what is wrong with one is a sentence that names the file and the place."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np
import pytest
from laps import circuit, upload_of

from chassis.commands import CannotBeUsed
from contracts.event import now
from contracts.tracks import Frame, Line, Quality, TrackMap
from services.tracks.domain.canonical import close
from services.tracks.domain.formats import FORMATS
from services.tracks.lap_files import LapFile, open_lap


def _map() -> TrackMap:
    xy = np.round(circuit(), 2)
    return TrackMap(
        layout_id=UUID(int=7),
        version=2,
        game="ac",
        track_id="testring",
        status="provisional",
        length_m=close(upload_lap(xy)).length_m,
        direction="ccw",
        line=Line(step_m=5.0, x=tuple(xy[:, 0].tolist()), y=tuple(xy[:, 1].tolist()), z=(1.5,) * len(xy)),
        created_at=now(),
        quality=Quality(laps=1, users=1, closure_m=1.0),
    )


def upload_lap(xy: np.ndarray):
    return LapFile("x", "lap", upload_of(xy)).lap


def _opened(folder: Path, name: str, body: bytes | str) -> LapFile:
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return open_lap(path)


def _refused(folder: Path, body: bytes | str) -> str:
    """What is said of the file behind its name."""
    with pytest.raises(CannotBeUsed) as refused:
        _opened(folder, "lap", body)
    sentence = str(refused.value)
    assert sentence.startswith(f"{folder / 'lap'}: "), "the file is named"
    assert "\n" not in sentence
    return sentence.removeprefix(f"{folder / 'lap'}: ")


def test_an_upload_is_read_as_drivers_send_it_also_under_gzip(tmp_path: Path):
    upload = upload_of(circuit(), rate_hz=20.0, handedness="left")
    body = msgspec.json.encode(upload)
    marked = b"\xef\xbb\xbf" + body
    for found in (
        _opened(tmp_path, name, sent)
        for name, sent in (("lap.json", body), ("lap.gz", gzip.compress(body)), ("windows.json", marked))
    ):
        assert (found.form, found.upload) == ("lap", upload)
        assert found.lap.rate_hz == 20.0


def test_a_map_and_what_was_exported_from_it_are_the_same_line(tmp_path: Path):
    track_map = _map()
    forms = {"json": msgspec.json.encode(track_map)}
    forms |= {name: made.made(track_map) for name, made in FORMATS.items() if made.made and name != "svg"}
    assert set(forms) == {"json", "geojson", "csv"}
    for name, body in forms.items():
        found = _opened(tmp_path, f"map.{name}", body)
        assert found.upload.handedness == "right", name
        assert np.allclose(found.lap.xy[: len(track_map.line.x), 0], track_map.line.x), name
        assert close(found.lap).length_m == pytest.approx(track_map.length_m, abs=0.5), name
        assert found.lap.z is not None
        assert set(found.lap.z.tolist()) == {1.5}


def test_a_left_handed_map_is_seen_from_above(tmp_path: Path):
    mirrored = msgspec.structs.replace(_map(), frame=Frame(handedness="left"))
    found = _opened(tmp_path, "map.json", msgspec.json.encode(mirrored))
    assert np.allclose(found.lap.xy[:, 1], np.negative(mirrored.line.y))


def test_a_table_needs_columns_x_and_y_and_may_call_them_otherwise(tmp_path: Path):
    rows = "\n".join(f"{x},{y}" for x, y in circuit().tolist())
    for head in ("x,y", "# x_m,y_m", "pos_x,pos_y", "X, Y"):
        found = _opened(tmp_path, "line.csv", f"{head}\n{rows}\n")
        assert (found.form, found.upload.handedness) == ("table", "unknown"), head
        assert np.allclose(found.lap.xy, circuit())


def test_longitude_and_latitude_become_metres(tmp_path: Path):
    """A square of a thousandth of a degree at 60° north: half as wide as it is high, to a thousandth."""
    corners = [[10.0, 60.0], [10.001, 60.0], [10.001, 60.001], [10.0, 60.001], [10.0, 60.0]]
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": corners}}
    found = _opened(tmp_path, "map.geojson", json.dumps({"type": "FeatureCollection", "features": [line]}))
    width, height = np.ptp(found.lap.xy, axis=0)
    assert (found.form, found.upload.handedness) == ("line", "right")
    assert (width, height) == (pytest.approx(55.8, abs=0.05), pytest.approx(111.41, abs=0.05))
    steps = np.hypot(*np.diff(found.lap.xy, axis=0).T)
    assert steps.max() <= 5.0, "it is walked in steps, as a car would"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "it is empty."),
        ("{", "it is no valid JSON: Input data was truncated."),
        ("[[1,2],[3,4]]", "it is a JSON list: an upload has `points`, a map a `line`, GeoJSON a `type`."),
        ('{"game":"f1"}', "it is none that is known here: an upload has `points`, a map a `line`, GeoJSON a `type`."),
        ('{"points":' + "[" * 5000 + "]" * 5000 + "}", "it is nested too deeply."),
        ('{"points":[[NaN,0]]}', "it is no valid JSON: JSON is malformed: invalid character (byte 12)."),
        ('{"points":[[1,"2"]],"game":"f1"}', "points[0][1]: Expected `float`, got `str`."),
        ('{"points":[[1,2]],"lap_valid":true}', "the whole: Object missing required field `game`."),
        ('{"points":[[1,2],[3]],"game":"f1","lap_valid":true}', "points[1]: Expected `array` of length >= 2."),
        ("x,y\n1,2\n3,four\n", "line 3, column y: 'four' is not a finite number."),
        ("x,y\n1,2\nnan,4\n", "line 3, column x: 'nan' is not a finite number."),
        ("x,y\n1,2\n3\n", "line 3, column y: nothing is not a finite number."),
        ("x,y\n1,2\n", "points: a line has two or more."),
        ("x,y\n", "points: a line has two or more."),
        ('x,y\n"' + "1" * 200_000 + '",2\n', "line 2: field larger than field limit (131072)."),
        ('{"points":[[1e400,1]],"game":"f1"}', "it is no valid JSON: Number out of range."),
        ("north,east\n1,2\n", "line 1 names no column x and no column y: a table has x, y and maybe z."),
        (b"\xff\xfe\x00", "it is neither JSON nor a table of text."),
        (gzip.compress(b"x,y\n1,2\n" * 99, mtime=0)[:-9], "what gzip packed ends too early."),
        (b"\x1f\x8b and no more", "what gzip packed is damaged."),
        ('{"type":"Point"}', "features: 0 lines (LineString) are in it, and one is wanted."),
        ('{"type":"LineString","coordinates":[[1,2],[3,"4"]]}', "coordinates[1][1]: Expected `float`, got `str`."),
        (
            '{"type":"LineString","coordinates":[[1,2],[3,4,5]]}',
            "coordinates: some positions have two numbers, others three.",
        ),
        (
            '{"type":"LineString","coordinates":[[1,2],[300,4]]}',
            "coordinates[1]: that is not longitude and latitude in degrees.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(tmp_path: Path, body: bytes | str, sentence: str):
    assert _refused(tmp_path, body) == sentence


def test_a_map_whose_columns_do_not_match_is_refused(tmp_path: Path):
    track_map = _map()
    short = msgspec.structs.replace(track_map.line, y=track_map.line.y[:-1])
    body = msgspec.json.encode(msgspec.structs.replace(track_map, line=short))
    assert _refused(tmp_path, body) == "line: x, y and z have 600, 599, 600 values."


def test_more_points_than_a_lap_may_have_are_refused(tmp_path: Path):
    body = "x,y\n" + "1,2\n" * 20_001
    assert _refused(tmp_path, body) == "points: 20001 are more than the 20000 that a lap may have."


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_while_it_unpacks(tmp_path: Path):
    bomb = gzip.compress(b" " * (65 << 20), 1)
    assert len(bomb) < 1 << 20
    assert _refused(tmp_path, bomb) == "it is larger than 64 MB, and no lap is."


def test_what_is_no_file_is_refused(tmp_path: Path):
    with pytest.raises(CannotBeUsed, match=r"is a folder: name a file in it\.$"):
        open_lap(tmp_path)
    with pytest.raises(CannotBeUsed, match=r"nowhere\.json: there is no such file\.$"):
        open_lap(tmp_path / "nowhere.json")
