"""Is it alive, is it ready. Alive is the event loop alone: a database that is away is no reason to be killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from litestar import Response, get
from litestar.datastructures import State
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contracts.problem import Problem

Check = Callable[[], Awaitable[None]]
CHECK_SECONDS = 2.0


class Readiness:
    """What must answer before traffic may come. It falls first when the service stops, before any socket closes."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self.draining = False

    async def ask(self) -> dict[str, str]:
        """`{"database": "ok", "bus": "The event bus is not connected."}`: each check and what it said."""
        if self.draining:
            return {"service": "draining"}
        said = await asyncio.gather(*(self._one(check) for check in self._checks.values()))
        return dict(zip(self._checks, said, strict=True))

    async def _one(self, check: Check) -> str:
        try:
            await asyncio.wait_for(check(), CHECK_SECONDS)
        except Problem as problem:
            return str(problem)
        except Exception as error:
            return type(error).__name__
        return "ok"


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@get("/readyz", include_in_schema=False)
async def readyz(state: State) -> Response[dict[str, object]]:
    said = await state.readiness.ask()
    ready = all(word == "ok" for word in said.values())
    return Response({"ready": ready, "checks": said}, status_code=200 if ready else 503)


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def metrics() -> Response[bytes]:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
