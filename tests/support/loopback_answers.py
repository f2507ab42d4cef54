"""What a gateway on loopback answers: refusals, and the misbehaviours that a test asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from contracts.problem import FieldError, ProblemDetails

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Trouble = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

EMAIL, PASSWORD = "driver@raceoverlay.test", "a long enough password"


def refusal(
    status: int,
    code: str,
    *,
    retry_after: int | None = None,
    title: str = "No.",
    errors: tuple[FieldError, ...] = (),
) -> web.Response:
    body = ProblemDetails(f"urn:x:{code}", title, status, code, retry_after=retry_after, errors=errors)
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/problem+json")


def refuses(
    status: int,
    code: str,
    *,
    retry_after: int | None = None,
    title: str = "No.",
    errors: tuple[FieldError, ...] = (),
) -> Trouble:
    async def trouble(_request: web.Request, _handler: Handler) -> web.StreamResponse:
        return refusal(status, code, retry_after=retry_after, title=title, errors=errors)

    return trouble


def answers(body: bytes, content_type: str = "application/json", status: int = 200) -> Trouble:
    async def trouble(_request: web.Request, _handler: Handler) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type=content_type)

    return trouble


async def loses_the_answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Does what it is asked, and the network takes the answer."""
    await handler(request)
    return await hangs_up(request, handler)


async def hangs_up(request: web.Request, _handler: Handler) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def as_json(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    content = msgspec.json.encode(body)
    return web.Response(body=content, status=status, content_type="application/json", headers=headers)
