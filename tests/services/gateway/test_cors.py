"""Pages in a browser: nobody's may ask unless it is in the list, and then it may as much as any client."""

from __future__ import annotations

import pytest
from gateway_rig import Behind, Running, Start

from chassis.settings import MissingSettings, load
from services.gateway.settings import GatewaySettings

PAGE = "https://pages.example"
ASKS = {"origin": PAGE, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}


def _spoken(headers) -> set[str]:
    return {name.lower() for name in headers if name.lower().startswith("access-control") or name.lower() == "vary"}


async def test_without_a_list_no_answer_speaks_of_it(gateway: Running) -> None:
    for method, path in (("GET", "/versions"), ("OPTIONS", "/auth/login"), ("GET", "/nothing")):
        assert _spoken((await gateway.ask(method, path, headers=ASKS)).headers) == set(), path


@pytest.fixture
async def open_to_pages(start: Start) -> Running:
    return await start(cors_origins=f"{PAGE}, http://localhost:5173")


async def test_a_page_of_the_list_is_told_what_it_may(open_to_pages: Running, behind: Behind) -> None:
    got = await open_to_pages.ask("OPTIONS", "/auth/login", headers=ASKS)
    assert got.status == 204
    assert got.headers["access-control-allow-origin"] == PAGE
    assert got.headers["access-control-allow-methods"] == got.headers["allow"] == "OPTIONS, POST"
    assert {"Authorization", "Content-Type", "Idempotency-Key", "If-None-Match"} <= set(
        got.headers["access-control-allow-headers"].split(", ")
    )
    assert got.headers["access-control-max-age"] == "600"
    assert "access-control-allow-credentials" not in got.headers  # the token is in a header, there are no cookies
    assert behind.arrived == []


@pytest.mark.parametrize("path", ["/versions", "/auth/me", "/nothing"])
async def test_every_answer_can_be_read_by_it_a_refusal_too(open_to_pages: Running, path: str) -> None:
    got = await open_to_pages.ask("GET", path, headers={"origin": PAGE})
    assert got.headers["access-control-allow-origin"] == PAGE
    assert {"ETag", "RateLimit", "Retry-After", "X-Request-Id"} <= set(
        got.headers["access-control-expose-headers"].split(", ")
    )
    assert "Origin" in got.headers.getall("vary")


FOREIGN = (
    "https://evil.example",
    "https://pages.example.evil.example",
    "http://pages.example",
    "null",
    "*",
    PAGE + ":444",
)


@pytest.mark.parametrize("origin", FOREIGN)
async def test_a_page_that_is_not_in_the_list_is_told_nothing(open_to_pages: Running, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        got = await open_to_pages.ask(method, "/auth/verify", headers=ASKS | {"origin": origin})
        assert _spoken(got.headers) == {"vary"}


@pytest.mark.parametrize(
    "wrong", ["*", "null", "pages.example", "https://pages.example/", "https://*.example", "ftp://a.b"]
)
def test_a_list_with_something_else_in_it_is_refused_at_the_start(wrong: str) -> None:
    needed = dict.fromkeys(("NATS_URL", "JWKS_URL", "TOKEN_ISSUER"), "x") | {"PORT": "1"}
    needed |= dict.fromkeys(("AUTH_URL", "LICENSE_URL", "TRACKS_URL", "VERSIONS_URL"), "http://x")
    assert load(GatewaySettings, needed | {"CORS_ORIGINS": f"{PAGE},http://localhost:1,http://[::1]:8"})
    with pytest.raises(MissingSettings, match=r"CORS_ORIGINS is wrong: .* is no origin"):
        load(GatewaySettings, needed | {"CORS_ORIGINS": f"{PAGE}, {wrong}"})
