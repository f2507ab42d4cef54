"""The pages behind the links in our mails, of one look. Opening one uses nothing up: only its button sends the code.

A page is one file that loads nothing. Its script and its style are named to the browser by their hashes, and nothing
else runs.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from litestar import MediaType, Response
from markupsafe import Markup


@dataclass(frozen=True)
class Page:
    """`path` is where the button posts `email`, `code` and, if it `asks_password`, `new_password`."""

    path: str
    title: str
    question: str
    button: str
    done: str
    asks_password: bool = False


VERIFY = Page(
    "/auth/verify",
    title="Confirm your address",
    question="Is this your address, and did you sign up at RaceOverlay? Then confirm it.",
    button="Confirm my address",
    done="Done. You can sign in now.",
)
RESET_PASSWORD = Page(
    "/auth/password/reset",
    title="Choose a new password",
    question="You will be signed out everywhere, and sign in with the new one.",
    button="Use this password",
    done="Done. You can sign in with it now.",
    asks_password=True,
)
CONFIRM_EMAIL = Page(
    "/auth/email/confirm",
    title="Use this address",
    question="From now on you sign in with this address, and we write to it.",
    button="Use this address",
    done="Done. Sign in with this address from now on.",
)

_FOLDER = Path(__file__).parent
_SCRIPT = (_FOLDER / "page.js").read_text()
_STYLE = (_FOLDER / "page.css").read_text()
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    (_FOLDER / "page.html").read_text()
)


def shown(page: Page) -> Response[str]:
    """The answer that is this page."""
    return Response(_RENDERED[page], headers=_HEADERS, media_type=MediaType.HTML)


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


_RENDERED = {
    page: _TEMPLATE.render(page=page, script=Markup(_SCRIPT), style=Markup(_STYLE))
    for page in (VERIFY, RESET_PASSWORD, CONFIRM_EMAIL)
}
_HEADERS = {
    "content-security-policy": f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)};"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
