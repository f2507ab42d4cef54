"""What the gateway answers itself, beside events. Who may ask is decided before, by admission."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.status_codes import HTTP_304_NOT_MODIFIED

import contracts
from services.gateway.memory_rules import Wish

Asked = Request[Any, Any, Any]

_DOCS = Path(__file__).parent / "docs"
_PAGE_MAY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi(request: Asked) -> Response[bytes]:
    return _file(request, Path(contracts.__file__).parent / "openapi.json", MediaType.JSON)


@get("/docs", include_in_schema=False, sync_to_thread=False)
def page(request: Asked) -> Response[bytes]:
    return _file(request, _DOCS / "page.html", MediaType.HTML)


@get("/docs/page.js", include_in_schema=False, sync_to_thread=False)
def script(request: Asked) -> Response[bytes]:
    return _file(request, _DOCS / "page.js", "text/javascript")


@get("/docs/page.css", include_in_schema=False, sync_to_thread=False)
def style(request: Asked) -> Response[bytes]:
    return _file(request, _DOCS / "page.css", MediaType.CSS)


ROUTES = [openapi, page, script, style]


def _file(request: Asked, path: Path, media_type: str) -> Response[bytes]:
    body, etag = _read(path)
    headers = {"cache-control": "public, max-age=300", "content-security-policy": _PAGE_MAY, "etag": etag.decode()}
    if Wish.of(request.scope["headers"]).is_met_by(etag):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


@cache
def _read(path: Path) -> tuple[bytes, bytes]:
    """The file, which does not change while we live, and its entity tag."""
    body = path.read_bytes()
    return body, b'"%b"' % hashlib.sha256(body).hexdigest()[:32].encode()
