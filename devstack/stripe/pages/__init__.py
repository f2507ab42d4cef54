"""The pages that a browser is sent to: one look, no script, and nothing loaded from anywhere."""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from devstack.stripe.cards import CARDS

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text()
_TEMPLATES = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=FileSystemLoader(_FOLDER)
)  # fmt: skip
_TEMPLATES.globals |= {"style": Markup(_STYLE), "cards": list(CARDS.values())}
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Without form-action: a browser applies it to where a form's answer redirects to, and that is the way back.
_HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def page(template: str, status: int = 200, **values: Any) -> web.Response:
    """The page of that template."""
    body = _TEMPLATES.get_template(template).render(day=day, **values)
    return web.Response(text=body, status=status, content_type="text/html", headers=_HEADERS)


def says(title: str, sentence: str, status: int = 200) -> web.Response:
    """A page that only says something."""
    return page("said.html", status, title=title, sentence=sentence)


def day(moment: int) -> str:
    """Seconds since 1970 as 3 March 2027."""
    at = datetime.fromtimestamp(moment, UTC)
    return f"{at.day} {at:%B %Y}"
