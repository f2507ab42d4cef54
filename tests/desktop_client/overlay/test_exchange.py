"""A profile as one file."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_client.overlay.exchange import LARGEST, CannotImport, free_name, packed, tidy_name, unpacked
from desktop_client.overlay.layout import Placement
from desktop_client.overlay.profiles import Profile, Wanted, WidgetSettings
from desktop_client.overlay.widgets.standings import StandingsSettings
from desktop_client.race.situation import Situation
from desktop_client.telemetry.frame import SessionKind

MINE = Profile(
    preset="Endurance",
    widgets=WidgetSettings(standings=StandingsSettings(rows=24, gap="leader")),
    layout={"relative": Placement(0.25, 0.5, scale=1.5, hidden_in=frozenset({Situation.PIT, Situation.REPLAY}))},
    theme="colour_blind",
    wanted=Wanted("iracing", "GT3", SessionKind.RACE),
)


def changed(*path: str, to: object) -> bytes:
    """The file with one field in another way."""
    whole = json.loads(packed("Mine", MINE))
    place = whole
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return json.dumps(whole).encode()


def test_a_profile_comes_back_as_it_was():
    assert unpacked(packed("Le Mans, 24 h", MINE)) == ("Le Mans, 24 h", MINE)


def test_fields_that_are_not_known_are_left_out():
    newer = changed("profile", "widgets", "standings", "hologram", to=True)
    assert unpacked(newer)[1] == MINE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not json", "not a profile of RaceOverlay"),
        (b"[]", "not a profile of RaceOverlay"),
        (b'{"clock_hz": 30}', "not a profile of RaceOverlay"),
        (b" " * (LARGEST + 1), "too large"),
        (changed("raceoverlay_profile", to=2), "made by a newer RaceOverlay"),
        (changed("profile", "widgets", "standings", "rows", to=900), r"`widgets\.standings\.rows` expected .* <= 60"),
        (changed("profile", "theme", to="pink"), r"`theme` invalid enum value 'pink'"),
        (changed("name", to=7), r"`name` expected `str`, got `int`"),
        (changed("profile", "layout", to={"dash": {"x": 0.5}}), "`layout.*` object missing required field `y`"),
        (b'{"raceoverlay_profile": 1, "name": "x"}', "missing required field `profile`"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_the_field(content, sentence):
    with pytest.raises(CannotImport, match=sentence) as refused:
        unpacked(content)
    assert str(refused.value).endswith(".")


@given(st.binary(max_size=300))
def test_no_file_does_anything_but_be_refused(content):
    with pytest.raises(CannotImport):
        unpacked(content)


@given(st.text())
def test_a_name_is_one_line_of_a_bearable_length(name):
    tidy = tidy_name(name)
    assert len(tidy) <= 40
    assert tidy == tidy.strip()
    assert not any(character in "\n\r\t\x00" for character in tidy)


def test_a_file_with_an_empty_name_still_has_one():
    assert unpacked(packed(" \n ", Profile()))[0] == "Profile"


def test_a_name_that_is_taken_gets_a_number():
    assert free_name("Race", {}) == "Race"
    assert free_name("Race", {"Race"}) == "Race 2"
    assert free_name("Race", {"Race", "Race 2", "Race 3"}) == "Race 4"


def test_the_file_can_be_read_by_a_human():
    assert packed("Mine", MINE).count(b"\n") > 20
    assert msgspec.json.decode(packed("Mine", MINE))["raceoverlay_profile"] == 1
