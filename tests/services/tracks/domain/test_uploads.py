"""What is refused at the door, and how long a caller may wait."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from laps import circuit, upload_of

from contracts.problem import InvalidRequest
from contracts.tracks import Upload
from services.tracks.domain.uploads import check_form, encoded, fingerprint, wait_asked_for


def fields_refused(upload: Upload) -> list[str]:
    with pytest.raises(InvalidRequest) as refusal:
        check_form(upload)
    return [error.field for error in refusal.value.errors]


def test_a_lap_of_good_form_may_enter_however_bad_it_is():
    check_form(upload_of(circuit(), flags=(3,) * 600))
    check_form(upload_of(np.zeros((1, 2)), lap_valid=False))


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("game", {"game": "uploads"}),
        ("track_name", {"track_name": "Spa\x00"}),
        ("layout_name", {"layout_name": "Grand\nPrix"}),
        ("flags", {"flags": (0,) * 599}),
        ("flags[7]", {"flags": (0,) * 7 + (-1,) * 593}),
        ("flags[0]", {"flags": (10**30,) * 600}),
    ],
)
def test_what_types_cannot_say_is_refused_by_the_name_of_its_field(field: str, said: dict[str, object]):
    assert fields_refused(upload_of(circuit(), **said)) == [field]


@pytest.mark.parametrize("absurd", [1e308, -2e7, float("inf"), float("nan")])
def test_a_number_that_is_no_place_is_refused_by_its_index(absurd: float):
    xy = circuit()
    xy[17, 1] = absurd
    assert fields_refused(upload_of(xy)) == ["points[17]"]


def test_points_of_two_kinds_are_refused():
    mixed = msgspec.structs.replace(upload_of(circuit()), points=((0.0, 0.0), (1.0, 1.0), (2.0, 2.0, 2.0)))
    assert fields_refused(mixed) == ["points[2]"]


def test_all_that_is_wrong_is_said_at_once():
    assert fields_refused(upload_of(circuit(), game="upload", flags=(1,))) == ["game", "flags"]


def test_the_fingerprint_is_of_what_was_said_and_not_of_its_spelling():
    compact = msgspec.json.encode(upload_of(circuit(), lap_time_s=60.0))
    spaced = msgspec.json.format(compact, indent=2).replace(b"60.0", b"6e1")
    same, other = (msgspec.json.decode(body, type=Upload) for body in (compact, spaced))
    assert fingerprint(encoded(same)) == fingerprint(encoded(other))
    assert fingerprint(encoded(same)) != fingerprint(encoded(upload_of(circuit(), lap_time_s=61.0)))


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        (None, None),
        ("", None),
        ("respond-async", None),
        ("wait=3", 3.0),
        ("wait = 3", 3.0),
        ('WAIT="4"', 4.0),
        ("respond-async, wait=5", 5.0),
        ("wait=2; foo=bar", 2.0),
        ("wait=999999", 10.0),
        ("wait=0", 0.0),
        ("wait=-1", None),
        ("await=3", None),
        ("wait=3x", None),
    ],
)
def test_a_caller_may_ask_to_wait_for_ten_seconds_at_most(prefer: str | None, seconds: float | None):
    assert wait_asked_for(prefer) == seconds
