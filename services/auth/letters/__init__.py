"""What we write to people: each letter is a pair of templates beside this file, `<name>.txt` and `<name>.html`.

The first line of the text is the subject. The HTML says the same once more; it loads nothing, so that opening a letter
tells nobody anything. A new letter is two files.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@dataclass(frozen=True)
class Letter:
    """`subject` is a single line; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


def write(name: str, **facts: object) -> Letter:
    """The letter `name` with `facts` filled in. A fact that the templates name and nobody gave is an error.

    Facts are what a person may read about themselves, never a secret beside the code that the letter is about.
    """
    subject, _, text = _TEMPLATES.get_template(f"{name}.txt").render(facts).partition("\n")
    html = _TEMPLATES.get_template(f"{name}.html").render(facts, subject=subject)
    return Letter(subject.strip(), text.strip() + "\n", html)


def moment(at: datetime) -> str:
    """A time as letters say it: 26 November 2026, 03:10 UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def _one_line(value: object) -> object:
    """A fact cannot bring lines of its own: it would write letters of its own, or headers."""
    if not isinstance(value, str) or isinstance(value, Markup):  # markup comes from our own templates alone
        return value
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in value)


_MONTHS = (  # not those of the machine's language
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=lambda name: name is not None and name.endswith(".html"),
    undefined=StrictUndefined,
    finalize=_one_line,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
