"""What the gateway answers itself, beside events. Who may ask is decided before, by admission."""

from __future__ import annotations

from pathlib import Path

from litestar import MediaType, Response, get

import contracts

_DOCS = Path(__file__).parent / "docs"
_PAGE_MAY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi() -> Response[bytes]:
    return _file(Path(contracts.__file__).parent / "openapi.json", MediaType.JSON)


@get("/docs", include_in_schema=False, sync_to_thread=False)
def page() -> Response[bytes]:
    return _file(_DOCS / "page.html", MediaType.HTML)


@get("/docs/page.js", include_in_schema=False, sync_to_thread=False)
def script() -> Response[bytes]:
    return _file(_DOCS / "page.js", "text/javascript")


@get("/docs/page.css", include_in_schema=False, sync_to_thread=False)
def style() -> Response[bytes]:
    return _file(_DOCS / "page.css", MediaType.CSS)


ROUTES = [openapi, page, script, style]


def _file(path: Path, media_type: str) -> Response[bytes]:
    headers = {"cache-control": "public, max-age=300", "content-security-policy": _PAGE_MAY}
    return Response(path.read_bytes(), media_type=media_type, headers=headers)
