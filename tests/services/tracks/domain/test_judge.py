"""The verdict on a stored lap, and the document of a new map."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import numpy as np
import pytest
from laps import circuit, upload_of

from contracts.tracks import TrackMap, Upload
from services.tracks.domain.document import Document, read
from services.tracks.domain.judge import Judgement, judge

UPLOAD = UUID("01980000-0000-7000-8000-000000000001")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def judged(upload: Upload, published: bytes | None = None) -> Judgement:
    return judge(gzip.compress(msgspec.json.encode(upload)), published, upload_id=UPLOAD, now=NOON)


def document_of(judgement: Judgement) -> Document:
    assert judgement.document is not None
    return judgement.document


@pytest.fixture(scope="module")
def known() -> Document:
    return document_of(judged(upload_of(circuit())))


def test_a_first_lap_is_the_first_version_of_a_provisional_map():
    upload = upload_of(
        np.column_stack((circuit(), circuit()[:, 0] / 50)), track_name="Testring", layout_name="Grand Prix"
    )
    judgement = judged(upload)
    made = read(document_of(judgement).compressed)
    assert judgement.status == "accepted"
    assert (made.game, made.track_id, made.version, made.status) == ("f1", "testring", 1, "provisional")
    assert (made.track_name, made.layout_name, made.created_at) == ("Testring", "Grand Prix", NOON)
    assert (made.quality.laps, made.quality.users, made.direction) == (1, 1, "ccw")
    assert len(made.line.x) == len(made.line.y) == len(made.line.z)
    assert made.line.step_m * len(made.line.x) == pytest.approx(made.length_m, abs=0.01)
    assert (made.line.x[0], made.line.y[0]) == tuple(np.round(circuit()[0], 2))


def test_the_document_is_named_by_its_content_and_made_again_byte_for_byte(known: Document):
    body = gzip.decompress(known.compressed)
    assert known.etag == hashlib.sha256(body).hexdigest()
    assert known.storage_path == f"maps/{known.etag}.json.gz"
    assert document_of(judged(upload_of(circuit()))) == known
    assert msgspec.json.decode(body, type=TrackMap).line.x == tuple(round(x, 2) for x in read(known.compressed).line.x)


def test_a_left_handed_lap_makes_a_right_handed_map(known: Document):
    mirrored = read(document_of(judged(upload_of(circuit() * [1, -1], handedness="left"))).compressed)
    assert mirrored.frame.handedness == "right"
    assert mirrored.line == read(known.compressed).line


def test_the_same_lap_again_is_a_duplicate(known: Document):
    judgement = judged(upload_of(circuit()), known.compressed)
    assert judgement.status == "duplicate"
    assert judgement.document is None
    assert judgement.deviation is not None
    assert judgement.deviation.max < 0.1
    assert [reason.code for reason in judgement.reasons] == ["duplicate"]


def test_another_shape_under_the_same_name_is_refused_with_the_metres(known: Document):
    judgement = judged(upload_of(circuit(wobble=150)), known.compressed)
    assert judgement.status == "rejected"
    assert judgement.deviation is not None
    assert judgement.deviation.max > 25
    (reason,) = judgement.reasons
    assert reason.code == "differs_from_published"
    assert f"{judgement.deviation.max:.0f} m" in reason.message
    assert reason.at is not None


def test_a_bad_lap_is_not_compared_at_all(known: Document):
    judgement = judged(upload_of(circuit(), lap_valid=False), known.compressed)
    assert (judgement.status, judgement.deviation) == ("rejected", None)


def test_the_largest_lap_that_is_taken_is_judged():
    assert judged(upload_of(circuit(20_000, scale=12))).status == "accepted"
