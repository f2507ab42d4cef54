"""One line for each request, or only for those that somebody should look at."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from waiting import eventually

from chassis.access_log import AccessLog, AccessLogging

_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_line_has_the_names_that_the_rest_of_the_log_has(capsys: pytest.CaptureFixture[str]) -> None:
    log = AccessLog("garage")
    log.write("request-1", _TRACE, "GET", "/laps/{id}", 200, 0.01234)
    written: list[str] = []

    def is_written() -> bool:
        written.append(capsys.readouterr().out)
        return any(written)

    await eventually(is_written)
    line = json.loads("".join(written))
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line == {
        "event": "request",
        "level": "info",
        "service": "garage",
        "request_id": "request-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": "b7ad6b7169203331",
        "method": "GET",
        "route": "/laps/{id}",
        "status": 200,
        "ms": 12.34,
    }


@pytest.mark.parametrize(("which", "expected"), [("all", [1, 2, 3]), ("slow", [2, 3]), ("none", [])])
async def test_slow_means_above_a_second_or_failed_by_us(
    capsys: pytest.CaptureFixture[str], which: AccessLogging, expected: list[int]
) -> None:
    log = AccessLog("garage", which)
    for number, status, seconds in ((1, 404, 0.01), (2, 200, 1.5), (3, 503, 0.01)):
        log.write(str(number), _TRACE, "GET", "/laps", status, seconds)
    log.flush()
    assert [int(json.loads(line)["request_id"]) for line in capsys.readouterr().out.splitlines()] == expected
