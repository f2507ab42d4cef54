"""The document of the REST API is whole, and says what the code says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from http import HTTPStatus

import pytest

from devstack import openapi
from services.gateway.policy import RULES


@pytest.fixture(scope="module")
def document() -> dict:
    return openapi.document()


def test_the_document_is_up_to_date() -> None:
    """If this fails: `python -m devstack.openapi`, and read what changed before committing it."""
    assert openapi.FILE.read_text() == openapi.text()


def test_another_process_writes_the_very_same_document() -> None:
    command = [sys.executable, "-c", "from devstack import openapi; print(openapi.text(), end='')"]
    environment = os.environ | {"PYTHONHASHSEED": "1234"}
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == openapi.text()


def test_it_has_the_calls_of_the_policy_and_no_others(document: dict) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    let_in = {(rule.method, rule.path) for rule in RULES}
    assert described <= let_in
    assert let_in - described == {
        ("GET", "/auth/verify"),
        ("GET", "/auth/password/reset"),
        ("GET", "/auth/email/confirm"),
        ("GET", "/license/checkout/done"),
        ("GET", "/license/checkout/cancelled"),
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/docs/page.js"),
        ("GET", "/docs/page.css"),
    }


def test_every_reference_leads_somewhere_and_every_schema_is_used(document: dict) -> None:
    referred = set(re.findall(r'"#/components/(\w+/\w+)"', json.dumps(document)))
    there = {f"{kind}/{name}" for kind in ("schemas", "responses") for name in document["components"][kind]}
    assert referred == there


def test_every_refusal_is_a_problem(document: dict) -> None:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            for code, response in call["responses"].items():
                if "$ref" in response:
                    response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
                if int(code) >= HTTPStatus.BAD_REQUEST and path != "/readyz":
                    assert list(response["content"]) == ["application/problem+json"], (method, path, code)


def test_no_field_of_a_body_is_called_like_what_a_route_is_given() -> None:
    """The framework takes a mistake in such a field for its own, and answers 500."""
    for upstream, service in openapi._services():
        given = set(service.app.dependencies)
        bodies = openapi._bodies(service.app.openapi_schema.to_schema()["components"]["schemas"])
        closed = [body for body in bodies.values() if body.get("additionalProperties") is False]
        assert not {field for body in closed for field in body["properties"]} & given, upstream
