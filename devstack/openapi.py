"""The whole REST API as one document: `python -m devstack.openapi` writes contracts/openapi.json (OpenAPI 3.1).

Each service describes its own calls; here they are put together as a driver meets them, through the gateway: only what
its policy lets in, with what it refuses itself. Nothing is started and no environment is read.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

import contracts.auth
import contracts.identity
import contracts.layouts
import contracts.license
import contracts.problem
import contracts.tracks
import contracts.versions
from chassis.service import Service
from chassis.settings import load
from contracts.event import subject_of
from contracts.identity import Role
from contracts.problem import (
    BadRequest,
    BodyTooLarge,
    NotFound,
    Problem,
    ScopeMissing,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    UpstreamTimeout,
)
from services.auth import app as auth
from services.auth.settings import AuthSettings
from services.gateway.policy import ANYONE, FREE, RULES, SIGNED_IN, Rule, Upstream
from services.gateway.proxy import RequestTimeout
from services.gateway.reactions import STREAMED
from services.license import app as license
from services.license.settings import LicenseSettings
from services.tracks import app as tracks
from services.tracks.settings import TracksSettings
from services.versions import app as versions
from services.versions.settings import VersionsSettings

FILE = Path(contracts.__file__).with_name("openapi.json")
PAGES = frozenset(
    {
        "/auth/verify",
        "/auth/password/reset",
        "/auth/email/confirm",
        "/license/checkout/done",
        "/license/checkout/cancelled",
    }
)
"""Addresses that a GET answers with a page for people, which is no part of the API."""

_SEED = base64.b64encode(bytes(32)).decode()
_NOWHERE = {
    "PORT": "0",
    "NATS_URL": "nats://nowhere",
    "JWKS_URL": "http://nowhere",
    "TOKEN_ISSUER": "nobody",
    "DATABASE_URL": "postgresql://nowhere",
    "AUTH_SECRET": _SEED,
    "LEASE_SIGNING_KEY": _SEED,
    "SMTP_URL": "smtp://nowhere:25",
    "PUBLIC_URL": "https://nowhere",
    "S3_ENDPOINT": "http://nowhere",
    "S3_ACCESS_KEY": "none",
    "S3_SECRET_KEY": "none",
    "S3_BUCKET": "none",
}
_MARKS = {  # how the document calls a refusal that many calls share
    "BadRequest": BadRequest,
    "NotSignedIn": Unauthenticated,
    "ScopeMissing": ScopeMissing,
    "NotFound": NotFound,
    "BodyTooLarge": BodyTooLarge,
    "RequestTimeout": RequestTimeout,
    "TooManyRequests": TooManyRequests,
    "Unavailable": Unavailable,
    "UpstreamTimeout": UpstreamTimeout,
}


_CONTRACTS = {
    name: kind
    for module in (
        contracts.auth,
        contracts.identity,
        contracts.layouts,
        contracts.license,
        contracts.problem,
        contracts.tracks,
        contracts.versions,
    )
    for name, kind in vars(module).items()
    if isinstance(kind, type)
}


def document() -> dict[str, Any]:
    """The document. The same code always gives the same one.

    Raises:
        LookupError: the policy lets a call in that its service does not describe, or a body is no struct of contracts.
    """
    described = {upstream: service.app.openapi_schema.to_schema() for upstream, service in _services()}
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {}
    for rule in RULES:
        if rule.upstream is not Upstream.GATEWAY and not (rule.method == "GET" and rule.path in PAGES):
            paths.setdefault(rule.path, {})[rule.method.lower()] = _forwarded(rule, described[rule.upstream])
    paths |= _own()
    for service in described.values():
        schemas |= _bodies(service["components"]["schemas"])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "RaceOverlay",
            "version": "1",
            "summary": "Everything that a driver's client can ask of the cloud.",
            "description": (
                "JSON in snake_case, times in RFC 3339 UTC. Refusals are RFC 9457 problems with a stable `code`; each"
                " answer has an `X-Request-Id`. 429 and 503 say in `Retry-After` when to come again."
            ),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _only_used(paths, schemas),
            "responses": {name: _refusal(kind) for name, kind in _MARKS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _services() -> Iterator[tuple[Upstream, Service]]:
    yield Upstream.AUTH, auth.build(load(AuthSettings, _NOWHERE))
    yield Upstream.LICENSE, license.build(load(LicenseSettings, _NOWHERE))
    yield Upstream.TRACKS, tracks.build(load(TracksSettings, _NOWHERE))
    yield Upstream.VERSIONS, versions.build(load(VersionsSettings, _NOWHERE))


def _forwarded(rule: Rule, service: dict[str, Any]) -> dict[str, Any]:
    """The call as its service describes it, with what the gateway adds to it."""
    try:
        operation = dict(service["paths"][rule.path][rule.method.lower()])
    except KeyError:
        raise LookupError(f"{rule.upstream.value} does not describe {rule.method} {rule.path}") from None
    operation.pop("deprecated", None)
    # The framework writes down its own form of a 400, which never leaves a service of ours.
    responses = {code: said for code, said in operation["responses"].items() if not _is_frameworks_own(said)}
    refusals = [*_refusals(rule), "Unavailable", "UpstreamTimeout"]
    for name in refusals:
        responses.setdefault(str(_MARKS[name].status), {"$ref": f"#/components/responses/{name}"})
    return operation | {
        "tags": [rule.upstream.value],
        "operationId": _operation_id(rule.method, rule.path),
        "security": [] if rule.access is ANYONE else [{"bearer": _roles(rule)}],
        "responses": dict(sorted(responses.items())),
    }


def _bodies(names: Iterable[str]) -> dict[str, Any]:
    """The schemas of bodies, by the one who decodes them: the framework's own know no closed struct and no pair."""
    kinds = [_CONTRACTS[name] for name in names]
    return msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")[1]


def _refusals(rule: Rule) -> Iterator[str]:
    if "{" in rule.path:
        yield "NotFound"
    yield "BadRequest"  # an address, or a header, that could mean two things
    if rule.access is not ANYONE:
        yield "NotSignedIn"
        yield "ScopeMissing"
    if rule.pace is not FREE:
        yield "TooManyRequests"
    if rule.body:
        yield "BodyTooLarge"
        yield "RequestTimeout"


def _roles(rule: Rule) -> list[str]:
    if rule.access is ANYONE or rule.access == SIGNED_IN:
        return []
    return sorted(Role(role).value for role in rule.access or ())


def _own() -> dict[str, Any]:
    subjects = ", ".join(f"`{subject_of(kind)}`" for kind in STREAMED)
    stream = {
        "summary": "Events",
        "description": (
            f"Server-sent events for the driver who is signed in: {subjects}. `id` is the event's id, `event` its"
            " subject, `data` its JSON (see the event catalogue). Send `Last-Event-ID` to go on where a stream broke"
            " off; `stream.reset` then says that something in between is not known any more, so fetch afresh what you"
            " keep. A comment comes every 15 seconds. The stream ends with its access token: come again with a new one."
        ),
        "parameters": [{"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}, "required": False}],
        "responses": {
            "200": {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        }
        | {
            str(_MARKS[name].status): {"$ref": f"#/components/responses/{name}"}
            for name in ("BadRequest", "NotSignedIn", "ScopeMissing", "TooManyRequests", "Unavailable")
        },
    }
    return {
        "/events": {"get": _described("/events", stream, [{"bearer": []}])},
        "/healthz": {"get": _described("/healthz", _state("Alive", "200"), [])},
        "/readyz": {"get": _described("/readyz", _state("Ready for requests", "200", "503"), [])},
    }


def _described(path: str, operation: dict[str, Any], security: list[dict[str, list[str]]]) -> dict[str, Any]:
    return {"tags": ["gateway"], "operationId": _operation_id("get", path), "security": security} | operation


def _state(summary: str, *codes: str) -> dict[str, Any]:
    said = {"application/json": {"schema": {"type": "object"}}}
    words = {"200": "Yes", "503": "No, and which check says so"}
    return {"summary": summary, "responses": {code: {"description": words[code], "content": said} for code in codes}}


def _refusal(kind: type[Problem]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    response: dict[str, Any] = {"description": f"`{kind.code()}`: {kind.title()}", "content": problem}
    if kind in (TooManyRequests, Unavailable):
        seconds = {"description": "seconds", "required": True, "schema": {"type": "integer"}}
        response["headers"] = {"Retry-After": seconds}
    return response


def _is_frameworks_own(response: dict[str, Any]) -> bool:
    return "Validation Exception" in json.dumps(response)


def _operation_id(method: str, path: str) -> str:
    return method.lower() + "_" + "_".join(re.findall(r"\w+", path))


def _only_used(paths: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that the paths lead to, also by way of each other."""
    used: set[str] = set()
    found = {"ProblemDetails"} | _referred(paths)
    while found:
        used |= found
        found = {name for known in found for name in _referred(schemas[known])} - used
    return {name: schemas[name] for name in sorted(used)}


def _referred(part: object) -> set[str]:
    return set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(part)))


if __name__ == "__main__":
    FILE.write_text(text())
    print(f"{FILE.name}: {len(document()['paths'])} paths")
