"""The simulator's almost-YAML, with names in it that break real parsers."""

from pathlib import Path

import pytest
import yaml

from desktop_client.telemetry.games.iracing_yaml import branch, items, number, read, sections, text, whole

NASTY_NAMES = [
    "Plain Name",
    ": colon first",
    "ends with colon:",
    "key: value",
    '"quoted"',
    "it's",
    "# not a comment",
    "- dash",
    "{brace}, [bracket]",
    "%percent @at `tick` &and *star !bang |pipe >more",
    "Žluťoučký kůň",
    "null",
    "0123",
    "tab\tinside",
    '""',
]


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_is_taken_as_it_stands_whatever_is_in_it(name: str):
    body = f' Drivers:\n - CarIdx: 0\n   UserName: {name}\n   CarNumber: "7"\n - CarIdx: 1\n   UserName: Other\n'
    drivers = items(read(body)["Drivers"])
    said = name[1:-1] if name.startswith('"') and name.endswith('"') else name
    assert [text(driver["UserName"]) for driver in drivers] == [said, "Other"]
    assert (text(drivers[0]["CarNumber"]), text(drivers[1]["CarIdx"])) == ("7", "1")


def test_keys_below_keys_below_lists_are_found_again():
    body = (
        " Sessions:\n - SessionNum: 0\n   ResultsPositions:\n   - Position: 1\n     CarIdx: 4\n   - Position: 2\n"
        "     CarIdx: 9\n   ResultsOfficial: 0\n - SessionNum: 1\n   ResultsPositions: \n Options:\n  Deep: yes\n"
    )
    tree = read(body)
    first, second = items(tree["Sessions"])
    assert [whole(place["CarIdx"]) for place in items(first["ResultsPositions"])] == [4, 9]
    assert (text(first["ResultsOfficial"]), text(second["ResultsPositions"])) == ("0", "")
    assert text(branch(tree, "Options")["Deep"]) == "yes"


def test_numbers_are_read_up_to_their_unit():
    assert [number(said) for said in ("5.75 km", "72.00 kph", "unlimited", "", "nan", "1e400")] == [
        5.75, 72.0, None, None, None, None
    ]  # fmt: skip
    assert (whole("64"), whole("none"), whole("99999999999")) == (64, -1, -1)


def test_a_real_text_is_read_as_a_yaml_parser_reads_it(iracing_live: Path):
    content = iracing_live.read_bytes()
    raw = content[112 : 112 + 524288].partition(b"\0")[0].decode("cp1252")
    ours = {name: read(body) for name, body in sections(raw).items()}
    assert ours == yaml.load(raw, Loader=yaml.BaseLoader)


def test_nothing_that_is_not_such_a_text_raises():
    for broken in ("", "\n\n", "- - -", " - a", "x", "A: 1\n     B: 2\n  C: 3\n- D: 4", " K:\n" * 5000, "\0\xff:"):
        assert isinstance(read(broken), dict)
        assert isinstance(sections(broken), dict)
