from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError, meta

from services.auth import letters
from services.auth.letters import write

FOLDER = Path(letters.__file__).parent
LETTERS = sorted(path.stem for path in FOLDER.glob("*.txt"))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_the_same_as_text_and_as_html_and_loads_nothing(name: str):
    facts = {fact: f"<{fact}>" for fact in _facts_of(f"{name}.txt")}
    letter = write(name, **facts)
    assert letter.subject
    assert len(letter.text.splitlines()) > 1
    for fact in facts:
        assert f"<{fact}>" in letter.subject + letter.text
        assert f"&lt;{fact}&gt;" in letter.html
        assert f"<{fact}>" not in letter.html
    for loading in ("<img", "<link", "<script", "src=", "url(", "@import"):
        assert loading not in letter.html


def test_every_letter_has_both_forms():
    bare = {path.stem for path in FOLDER.glob("*.html")} - {"layout", "parts"}
    assert sorted(bare) == LETTERS


def test_a_fact_cannot_bring_markup_or_lines_of_its_own():
    letter = write("verify", code="1\r\nBcc: x@y.example\n\u2028<b>&", link="https://raceoverlay.test")
    assert letter.subject == "1  Bcc: x@y.example  <b>& is your RaceOverlay code"
    assert "\nBcc" not in letter.text
    assert "<b>" not in letter.html
    assert "&lt;b&gt;&amp;" in letter.html


def test_a_letter_with_a_missing_fact_is_not_written():
    with pytest.raises(UndefinedError, match="link"):
        write("verify", code="12345678")


def _facts_of(template: str) -> set[str]:
    return meta.find_undeclared_variables(Environment().parse((FOLDER / template).read_text()))
