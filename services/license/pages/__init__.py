"""Where Stripe leads a driver back to. These pages grant nothing: only Stripe's own word does, and that comes to us."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from litestar import MediaType, Response


@dataclass(frozen=True)
class Page:
    title: str
    text: str
    hint: str


DONE = Page(
    "All set",
    "Thank you. You can close this page.",
    "The overlay shows what you bought or changed within seconds, as soon as it is confirmed.",
)
CANCELLED = Page(
    "Nothing was bought",
    "You left before paying, and nothing was charged. You can close this page.",
    "The overlay goes on as it was. You can choose a plan again at any time.",
)

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "page.css").read_text()
_TEMPLATE = Template((_FOLDER / "page.html").read_text())  # every word on these pages is ours: nothing to escape
_RENDERED = {page: _TEMPLATE.substitute(asdict(page), style=_STYLE) for page in (DONE, CANCELLED)}
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASH}';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


def shown(page: Page) -> Response[str]:
    """The answer that is this page."""
    return Response(_RENDERED[page], headers=_HEADERS, media_type=MediaType.HTML)
