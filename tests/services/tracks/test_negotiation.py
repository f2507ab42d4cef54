"""What a reader has already, and what it can read."""

from __future__ import annotations

import pytest

from services.tracks.negotiation import has_already, takes_gzip


@pytest.mark.parametrize(
    ("if_none_match", "has_it"),
    [
        (None, False),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"xyz", W/"abc"', True),
        ("*", True),
        ('"abcd"', False),
        ("abc", False),
        ('"', False),
    ],
)
def test_a_reader_that_names_the_content_has_it(if_none_match: str | None, has_it: bool):
    assert has_already(if_none_match, "abc") is has_it


@pytest.mark.parametrize(
    ("accept_encoding", "takes_it"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("gzipped", False),
        ("x-gzip", True),
    ],
)
def test_gzip_goes_to_those_who_take_it(accept_encoding: str | None, takes_it: bool):
    assert takes_gzip(accept_encoding) is takes_it
