"""Whatever is written into a field of whatever call: the real services say yes or no, and none of them falls over."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from attacks import TEXTS
from cloud_stack import CloudStack

import contracts

SAMPLES = Path(__file__).parents[1] / "contracts" / "samples"


def _calls() -> Iterator[tuple[str, str, Any]]:
    """Method, path and a good body of every call that takes one, out of the published document."""
    document = msgspec.json.decode((Path(contracts.__file__).parent / "openapi.json").read_bytes())
    samples = {sample.stem: sample for sample in SAMPLES.glob("*/*.json")}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if schema and "$ref" in schema:
                sample = json.loads(samples[schema["$ref"].rpartition("/")[2]].read_bytes())
                yield method.upper(), re.sub(r"\{\w+\}", "some-id", path), sample


def _each_field(body: Any, text: str) -> Iterator[Any]:
    """`body` again and again, each time with the text in another of its fields."""
    places = body.items() if isinstance(body, dict) else enumerate(body[:2]) if isinstance(body, list) else ()
    for place, value in places:
        for poisoned in [text] if isinstance(value, str) else _each_field(value, text):
            changed = body.copy()
            changed[place] = poisoned
            yield changed


async def test_no_text_in_any_field_makes_a_service_fail(cloud: CloudStack) -> None:
    email, password = await cloud.new_driver("hostile")
    requests = [
        (method, path, body) for method, path, good in _calls() for text in TEXTS for body in _each_field(good, text)
    ]
    assert len(requests) > 200
    at_once = asyncio.Semaphore(6)
    async with cloud.browser() as http:
        async with http.post("/auth/login", json={"email": email, "password": password}) as answer:
            headers = {"authorization": f"Bearer {(await answer.json())['access_token']}"}

        async def ask(method: str, path: str, body: Any) -> tuple[str, int, str | None]:
            async with at_once, http.request(method, path, json=body, headers=headers) as answer:
                raw = await answer.read()
                code = json.loads(raw)["code"] if answer.status >= 400 else None
                assert password not in raw.decode()
                return f"{method} {path}", answer.status, code

        told = await asyncio.gather(*(ask(*request) for request in requests))
    assert [answer for answer in told if answer[1] >= 500 or (answer[1] >= 400 and not answer[2])] == []
    assert Counter(code for _, _, code in told)["invalid_request"] > len(told) / 3
    logs = "".join(log.read_text(errors="replace") for log in (cloud.ca.parent / "logs").glob("*.log"))
    assert "request.failed" not in logs
    assert "Traceback" not in logs
    assert not [text for text in TEXTS if text in logs or json.dumps(text)[1:-1] in logs]
