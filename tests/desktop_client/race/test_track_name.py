from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.tracks import Slug
from desktop_client.race.track_name import names, slug


@pytest.mark.parametrize("name", ["26", "ks_monza66", "a", "Road-Atlanta.2", "x" * 64])
def test_a_name_that_is_a_slug_stays_as_it_is(name: str) -> None:
    assert slug(name) == name


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Brands Hatch/Indy", "Brands-Hatch-Indy-148d4826"),
        ("Nürburgring – Nordschleife", "Nurburgring-Nordschleife-"),
        ("Autódromo José Carlos Pace", "Autodromo-Jose-Carlos-Pace-"),
        ("Großer Ring", "Grosser-Ring-"),
        ("富士スピードウェイ", "track-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("x" * 65, "x" * 55 + "-"),
    ],
)
def test_any_other_name_is_readable_and_carries_a_mark(name: str, given: str) -> None:
    said = slug(name)
    assert said is not None
    assert said.startswith(given)
    assert len(said) == len(given) + (0 if given.endswith("148d4826") else 8)


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\x00\x01"])
def test_what_is_no_name_has_no_slug(name: str) -> None:
    assert slug(name) is None


@given(st.text(max_size=90), st.text(max_size=90))
@settings(max_examples=150, deadline=None)
def test_every_slug_is_one_of_the_contract_and_two_names_never_share_it(one: str, other: str) -> None:
    first, second = slug(one), slug(other)
    if first is not None:
        msgspec.convert(first, Slug)
        assert slug(first) == first
        if first == second:
            assert _told(one) == _told(other)


def test_names_that_look_alike_are_told_apart_and_one_that_is_spelt_in_two_ways_is_one() -> None:
    alike = ["A B/C", "A/B C", "A-B-C", "A B C", "Ä B C"]
    assert len({slug(name) for name in alike}) == len(alike)
    assert slug("Nu\u0308rburgring") == slug("N\u00fcrburgring")
    assert slug(" Brands  Hatch/Indy ") == slug("Brands Hatch/Indy")


@pytest.mark.parametrize(
    ("track", "layout", "told"),
    [
        ("Brands Hatch Indy", "Indy", ("Brands Hatch", "Indy")),
        ("Brands Hatch Circuit, Indy", "Indy", ("Brands Hatch Circuit", "Indy")),
        ("Ks Brands Hatch", "indy", ("Ks Brands Hatch", "indy")),
        ("Monza", None, ("Monza", None)),
        ("Indy", "Indy", ("Indy", "Indy")),
        (None, " ", (None, None)),
    ],
)
def test_the_track_is_named_without_its_layout_where_a_game_says_both(
    track: str | None, layout: str | None, told: tuple[str | None, str | None]
) -> None:
    assert names(track, layout) == told


def _told(text: str) -> str:
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text).split())
