"""Everything that the document allows is asked of a running cloud, and much that it does not; and what comes back is
as the document says: no status, header, body or field that it does not name, nothing taken that it forbids.

The same questions every time. `RACEOVERLAY_FUZZ_EXAMPLES=1000` asks for longer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fuzzed_cloud import Callers, prepared
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case, CheckFunction, GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from whole_cloud import whole_cloud

import contracts
from devstack.openapi import PAGES

EXAMPLES = int(os.environ.get("RACEOVERLAY_FUZZ_EXAMPLES", "10"))
DOCUMENT = Path(contracts.__file__).with_name("openapi.json")

schema = schemathesis.openapi.from_path(DOCUMENT)
schema.config.generation.update(modes=list(GenerationMode), deterministic=True)
# What is refused although its form is right: a secret that is wrong, a lap or a version that makes no sense.
NOT_FOR_A_SCHEMA = frozenset({"invalid_code", "wrong_totp_code", "weak_password"})
MORE_THAN_A_FORM = frozenset({"/tracks/upload", "/versions/latest"})
fuzzed = schema.exclude(path="/events")  # an answer without an end has its own tests


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A cloud of this file's own without limits, for it is asked more than they allow, and somebody of every role."""
    with whole_cloud(tmp_path_factory.mktemp("fuzzed"), RATE_LIMIT_SCALE="0") as running:
        yield asyncio.run(prepared(running.stack))


@pytest.mark.timeout(120 + 10 * EXAMPLES)
@fuzzed.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_the_document_says(case: Case, callers: Callers):
    asked: dict[str, Any] = {"headers": callers.next_for(case), "verify": str(callers.authority)}
    answer = case.call(base_url=callers.gateway, **asked)
    case.validate_response(
        answer, headers=asked["headers"], transport_kwargs=asked, excluded_checks=[*left_out(case, answer)]
    )


def left_out(case: Case, answer: schemathesis.Response) -> Iterator[CheckFunction]:
    """The checks that know less than the document can say."""
    is_refused = answer.status_code >= 400 and b"code" in answer.content
    if case.path in MORE_THAN_A_FORM or (is_refused and answer.json()["code"] in NOT_FOR_A_SCHEMA):
        yield positive_data_acceptance
    if any(isinstance(value, list) for value in (case.query or {}).values()):
        yield negative_data_rejection  # of a parameter that is there twice the last one counts
    if case.path in PAGES:
        yield from (allow_header_conformance, unsupported_method)
