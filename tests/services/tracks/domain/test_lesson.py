"""What a lap teaches a line, and the document that comes of it."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import numpy as np
import pytest
from laps import circuit, upload_of

from contracts.tracks import LayoutLink, TrackMap, Upload
from services.tracks.domain import document, reading
from services.tracks.domain.drive import Drive
from services.tracks.domain.lesson import Beginning, Lesson, begin, confirmed, learn
from services.tracks.domain.line import Line, Supporter

LAYOUT, DRIVER, ANOTHER = (UUID(int=number) for number in (1, 2, 3))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def drive(xy: np.ndarray, driver: UUID = DRIVER, **said: object) -> Drive:
    read = reading.read(gzip.compress(msgspec.json.encode(upload_of(xy, **{"handedness": "right", **said}))))
    assert read.shape
    return Drive(read.upload, read.lap, read.shape.loop, driver, NOON)


def begun(driven: Drive, **said: object) -> Beginning:
    return begin(driven, layout_id=LAYOUT, track_id="testring", **said)  # type: ignore[arg-type]


def line_after(beginning: Beginning, **other: object) -> Line:
    made = beginning.lesson.document
    assert made
    fields: dict[str, object] = {
        "layout_id": LAYOUT,
        "game": "f1",
        "track_id": "testring",
        "reference_path": made.storage_path,
        "published_path": made.storage_path,
        "version": 1,
        "last_version": 1,
        "evidence": beginning.lesson.evidence,
        "laps": 1,
        "edited": "{}",
        "is_confirmed": False,
        "others": 0,
        "others_here": other.get("others", 0),
        "supporters": (Supporter(DRIVER, 1),),
        "trials": (),
    }
    return Line(**{**fields, **other})  # type: ignore[arg-type]


def map_in(lesson: Lesson) -> TrackMap:
    assert lesson.document
    return document.read(lesson.document.compressed)


@pytest.fixture(scope="module")
def known() -> Beginning:
    return begun(drive(circuit()))


def test_a_first_lap_is_the_first_version_of_a_provisional_map():
    lap = np.column_stack((circuit(), circuit()[:, 0] / 50))
    link = LayoutLink("variant_of", ANOTHER)
    made = map_in(begun(drive(lap, track_name="Testring", layout_name="Grand Prix"), links=(link,)).lesson)
    assert (made.game, made.track_id, made.version, made.status) == ("f1", "testring", 1, "provisional")
    assert (made.track_name, made.layout_name, made.created_at) == ("Testring", "Grand Prix", NOON)
    assert (made.quality.laps, made.quality.users, made.direction, made.links) == (1, 1, "ccw", (link,))
    assert len(made.line.x) == len(made.line.y) == len(made.line.z)
    assert made.line.step_m * len(made.line.x) == pytest.approx(made.length_m, abs=0.01)
    assert (made.line.x[0], made.line.y[0]) == tuple(np.round(circuit()[0], 2))


def test_the_document_is_named_by_its_content_and_made_again_byte_for_byte(known: Beginning):
    made = known.lesson.document
    assert made
    body = gzip.decompress(made.compressed)
    assert made.etag == hashlib.sha256(body).hexdigest()
    assert made.storage_path == f"maps/{made.etag}.json.gz"
    assert begun(drive(circuit())).lesson == known.lesson
    assert msgspec.json.decode(body, type=TrackMap).line.x == tuple(round(x, 2) for x in map_in(known.lesson).line.x)


def test_a_left_handed_lap_makes_a_right_handed_map_and_an_unknown_hand_is_told(known: Beginning):
    mirrored = map_in(begun(drive(circuit() * [1, -1], handedness="left")).lesson)
    assert (mirrored.frame.handedness, mirrored.line) == ("right", map_in(known.lesson).line)
    unknown = map_in(begun(drive(circuit(), handedness="unknown")).lesson)
    assert (unknown.frame.handedness, unknown.line) == ("unknown", mirrored.line)


def test_a_left_handed_document_is_read_in_the_plane_that_laps_are_judged_in():
    driven = drive(circuit() * [1, -1], handedness="unknown")
    driven = replace(driven, pose=replace(driven.pose, is_mirrored=True))  # so it was found to lie on a known road
    beginning = begun(driven)
    made = map_in(beginning.lesson)
    assert (made.frame.handedness, made.direction, beginning.reference.direction) == ("left", "ccw", "ccw")
    assert np.hypot(*(beginning.reference.xy[0] - circuit()[0])) < 0.02
    again = learn(line_after(beginning, others=1), beginning.reference, made, driven, is_published=True)
    line = map_in(again).line  # nothing new was seen: the line lies where it lay
    assert np.abs(np.subtract((line.x, line.y), (made.line.x, made.line.y))).max() < 0.1


def test_a_second_driver_confirms_the_map_and_the_first_alone_does_not(known: Beginning):
    published = map_in(known.lesson)
    alone = learn(line_after(known), known.reference, published, drive(circuit()), is_published=True)
    assert (alone.document, alone.laps) == (None, 1)
    line = line_after(known, others=1)
    second = learn(line, known.reference, published, drive(circuit(), ANOTHER), is_published=True)
    made = map_in(second)
    assert (made.version, made.status, made.quality.laps, made.quality.users) == (2, "confirmed", 2, 2)
    assert second.trial is not None
    assert (second.trial.version, second.trial.supporter) == (1, ANOTHER)


def test_a_map_is_confirmed_once(known: Beginning):
    published = map_in(known.lesson)
    line = line_after(known, is_confirmed=True)
    again = confirmed(line, published, NOON)
    assert again is not None
    made = document.read(again.compressed)
    assert (made.version, made.status, made.line) == (2, "confirmed", published.line)
    assert confirmed(line, made, NOON) is None


def test_the_laps_of_one_driver_end_to_teach_and_integrated_ones_teach_no_line_of_a_game(known: Beginning):
    published = map_in(known.lesson)
    for line, lap in (
        (line_after(known, supporters=(Supporter(DRIVER, 20),)), drive(circuit())),
        (line_after(known), drive(circuit(), coordinates="integrated")),
    ):
        lesson = learn(line, known.reference, published, lap, is_published=True)
        assert (lesson.laps, lesson.trial, lesson.document) == (0, None, None)
        assert lesson.evidence == known.lesson.evidence


def test_a_contender_learns_and_is_not_published(known: Beginning):
    line = line_after(known, version=0, last_version=7, published_path=None, others=1)
    lap = drive(circuit(), ANOTHER)
    aside = learn(line, known.reference, map_in(known.lesson), lap, is_published=False)
    assert (aside.document, aside.laps, aside.trial) == (None, 1, None)
    won = map_in(learn(line, known.reference, map_in(known.lesson), lap, is_published=True))
    assert (won.version, won.status) == (8, "confirmed")


def test_corners_that_somebody_edited_are_carried_over(known: Beginning):
    published = map_in(known.lesson)
    named = msgspec.structs.replace(published.corners[0], name="Hairpin")
    published = msgspec.structs.replace(published, corners=(named,))
    line = line_after(known, others=1, edited='{"corners": true}')
    lesson = learn(line, known.reference, published, drive(circuit() * 1.002, ANOTHER), is_published=True)
    assert [corner.name for corner in map_in(lesson).corners] == ["Hairpin"]


def test_a_line_from_before_evidence_was_kept_begins_with_its_first_lap(known: Beginning):
    published = map_in(known.lesson)
    lesson = learn(
        line_after(known, evidence=None), known.reference, published, drive(circuit(), ANOTHER), is_published=True
    )
    kept = learn(line_after(known), known.reference, published, drive(circuit(), ANOTHER), is_published=True)
    assert lesson.evidence == kept.evidence


def test_the_largest_lap_that_is_taken_begins_a_line():
    assert map_in(begun(drive(circuit(20_000, scale=12))).lesson).version == 1


def test_what_was_said_of_the_lap_is_read_without_its_points():
    said: Upload = drive(circuit(), sector_starts_m=(0.0, 900.0)).upload
    assert (said.points, said.sector_starts_m) == ((), (0.0, 900.0))
