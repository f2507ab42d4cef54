from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from laps import circuit
from loopback_gateway import made_up_map

from contracts.tracks import Frame, Line, TrackMap
from desktop_client.map_shelf import LARGEST_BYTES, KeptMap, MapShelf
from desktop_client.race.known_road import KnownRoad


def a_map(track_id: str, layout: int, version: int = 1, handedness: str = "right", game: str = "gt7") -> TrackMap:
    """A road of its own for each layout."""
    line = circuit(wobble=20.0 * layout)
    x, y = line.T.tolist()
    length = 3400.0
    return msgspec.structs.replace(
        made_up_map(game, track_id, version),
        layout_id=UUID(int=layout),
        line=Line(step_m=length / len(x), x=tuple(x), y=tuple(y)),
        length_m=length,
        frame=Frame(handedness=handedness),  # type: ignore[arg-type]
    )


def kept(shelf: MapShelf, *maps: TrackMap) -> None:
    for track_map in maps:
        shelf.put(KeptMap('"1"', track_map))


def recognised(shelf: MapShelf, layout: int, sign: int = 1) -> str | None:
    known = KnownRoad(shelf.roads("gt7"))
    for x, y in circuit(wobble=20.0 * layout).tolist():
        known.take(x, sign * y)
    return known.name


def test_the_roads_of_a_game_are_those_of_its_maps_and_of_no_other_game(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path)
    assert shelf.roads("gt7").names == ()
    kept(shelf, a_map("one", 1), a_map("two", 2), a_map("three", 3, game="gt"))
    assert set(shelf.roads("gt7").names) == {"one", "two"}
    assert recognised(shelf, 2) == "two"


def test_a_left_handed_map_is_recognised_on_right_handed_ground(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path)
    kept(shelf, a_map("left", 3, handedness="left"))
    assert recognised(shelf, 3) is None
    assert recognised(shelf, 3, sign=-1) == "left"


def test_a_layout_under_two_names_is_one_road_and_its_newest_map_counts(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path)
    kept(shelf, a_map("old", 1, version=1), a_map("new", 1, version=2))
    assert shelf.roads("gt7").names == ("new",)


def test_the_roads_are_read_anew_only_when_the_shelf_has_changed(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path)
    kept(shelf, a_map("one", 1))
    roads = shelf.roads("gt7")
    assert shelf.roads("gt7") is roads
    kept(shelf, a_map("two", 2))
    assert set(shelf.roads("gt7").names) == {"one", "two"}
    shelf.remove("gt7", "one")
    shelf.remove("gt7", "one")
    assert shelf.roads("gt7").names == ("two",)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b" " * (LARGEST_BYTES + 1),
        msgspec.json.encode(KeptMap("x", msgspec.structs.replace(made_up_map("gt7", "bad"), length_m=1e9))),
        msgspec.json.encode(KeptMap("x", msgspec.structs.replace(made_up_map("gt7", "bad"), schema="other/9"))),
    ],
    ids=["empty", "no text", "too large", "absurd", "of another schema"],
)
def test_a_file_that_makes_no_sense_is_no_map_and_no_road(tmp_path: Path, damage: bytes) -> None:
    shelf = MapShelf(tmp_path)
    kept(shelf, a_map("good", 1))
    (tmp_path / "gt7~bad.json").write_bytes(damage)
    assert shelf.roads("gt7").names == ("good",)
    assert shelf.get("gt7", "bad") is None
    assert not (tmp_path / "gt7~bad.json").exists()
    assert shelf.get("gt7", "good") is not None


def test_the_map_that_was_put_here_longest_ago_goes_first(tmp_path: Path) -> None:
    shelf = MapShelf(tmp_path, most=2)
    for number, name in enumerate(("one", "two", "three")):
        kept(shelf, a_map(name, number + 1))
        os.utime(tmp_path / f"gt7~{name}.json", (number, number))
    kept(shelf, a_map("four", 4))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["gt7~four.json", "gt7~three.json"]


def test_what_a_killed_program_left_half_written_is_removed_and_what_is_being_written_stays(tmp_path: Path) -> None:
    old, new = tmp_path / ".gt7~a.json.1.1.new", tmp_path / ".gt7~a.json.2.2.new"
    for draft in (old, new):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    MapShelf(tmp_path).tidy()
    assert (old.exists(), new.exists()) == (False, True)
    MapShelf(tmp_path / "nowhere").tidy()
