"""Every refusal leaves as problem+json: ours by their class, the framework's translated at this door."""

from __future__ import annotations

import re
import traceback
from http import HTTPStatus
from typing import Any, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.serialization import decode_json

from chassis.observability import log
from contracts.problem import (
    BadRequest,
    BodyTooLarge,
    FieldError,
    Forbidden,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Problem,
    ProblemDetails,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        BadRequest,
        Unauthenticated,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        BodyTooLarge,
        TooManyRequests,
        Unavailable,
    )
}
_NAMED_FIELD = re.compile(r"field `([^`]+)`")


def answer(problem: Problem, *, instance: str | None, request_id: str | None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a refusal, for those who speak plain ASGI."""
    headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    retry_after = problem.retry_after
    if retry_after is None and problem.status in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ):
        retry_after = 1
    if retry_after is not None:
        headers["retry-after"] = str(retry_after)
    return (
        problem.status,
        headers,
        msgspec.json.encode(problem.body(instance=instance, request_id=request_id)),
    )


def on_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    request_id = request.state.get("request_id")
    status, headers, body = answer(problem, instance=_address(request), request_id=request_id)
    media_type = headers.pop("content-type")
    return Response(body, status_code=status, headers=headers, media_type=media_type)


def on_framework_refusal(request: Request[Any, Any, Any], refusal: HTTPException) -> Response[bytes]:
    problem = _translated(refusal)
    if isinstance(problem, InternalError):
        log.error("request.failed", path=_address(request), exc_info=refusal)
    return on_problem(request, problem)


def on_surprise(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    if isinstance(error, RecursionError):
        return on_problem(request, BadRequest("The body is nested too deeply."))
    if isinstance(error, UnicodeDecodeError) and _is_of_the_body(error):
        return on_problem(request, BadRequest("JSON is malformed: a text is not UTF-8."))
    if isinstance(error, ExceptionGroup):
        # What a transaction raises as it ends (its connection broke) the framework hands on in a group.
        group = cast("ExceptionGroup[Exception]", error)
        if len(group.exceptions) == 1 and isinstance(group.exceptions[0], Problem):
            return on_problem(request, group.exceptions[0])
    log.error("request.failed", path=_address(request), exc_info=error)
    return on_problem(request, InternalError())


def _is_of_the_body(error: UnicodeDecodeError) -> bool:
    """Whether the framework met it as it read the body: anywhere else it is our own mistake."""
    return any(frame.f_code is decode_json.__code__ for frame, _ in traceback.walk_tb(error.__traceback__))


def _address(request: Request[Any, Any, Any]) -> str:
    """The path as it was sent: `path` itself loses what a mount takes away from it."""
    return request.scope["raw_path"].decode("ascii", "replace")


def _translated(refusal: HTTPException) -> Problem:
    if isinstance(refusal, ValidationException):
        extras = refusal.extra if isinstance(refusal.extra, list) else []
        return InvalidRequest(errors=tuple(_field_error(extra) for extra in extras))
    kind = _BY_STATUS.get(refusal.status_code)
    if kind is None:
        kind = InternalError if refusal.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else BadRequest
    return kind(refusal.detail if kind in (BadRequest, BodyTooLarge) else None)


def _field_error(extra: dict[str, Any]) -> FieldError:
    """The framework's account of one mistake, with the path of the field: `device.name`, `query.version`."""
    message, source = str(extra.get("message", "")), extra.get("source")
    source = str(getattr(source, "value", source or "body"))
    path = [str(extra.get("key", ""))]
    if source != "body":
        path.insert(0, source)
    elif path == ["data"]:
        path = []
    if named := _NAMED_FIELD.search(message):
        path.append(named.group(1))
    message = "A JSON body is required" if message == "'data'" else message
    return FieldError(field=".".join(path) or "body", message=message)


def documented(*kinds: type[Problem]) -> dict[int, Any]:
    """`responses=` of a route: which refusals it may answer, for the OpenAPI document."""
    from litestar.openapi.datastructures import ResponseSpec

    by_status: dict[int, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: ResponseSpec(
            data_container=ProblemDetails,
            description=" · ".join(f"`{kind.code()}`: {kind.title()}" for kind in group),
            media_type=MEDIA_TYPE,
            generate_examples=False,
        )
        for status, group in by_status.items()
    }
