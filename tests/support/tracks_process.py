"""Tracks in a process of its own, as it is deployed: what it takes of the machine can be seen from outside."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from issuer import Issuer
from tracks_service import Tracks

from devstack.child import Child
from devstack.environment import clean
from services.tracks.settings import TracksSettings

_TOLD = (
    *("nats_url", "jwks_url", "token_issuer", "token_audience", "database_url"),
    *("s3_endpoint", "s3_access_key", "s3_secret_key", "s3_bucket"),
)


@dataclass(kw_only=True)
class TracksProcess(Tracks):
    pid: int

    def megabytes(self, what: str) -> float:
        """VmRSS: what it holds now; VmHWM: the most that it ever held."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) / 1024
        raise AssertionError(f"the system says nothing of {what}")


@contextlib.asynccontextmanager
async def tracks_process(settings: TracksSettings, issuer: Issuer, folder: Path) -> AsyncIterator[TracksProcess]:
    told = {name.upper(): str(getattr(settings, name)) for name in _TOLD}
    environment = clean(**told, PORT=str(settings.port), DRAIN_SECONDS="0", LOG_LEVEL="warning")
    child = Child("tracks", folder, [sys.executable, "-m", "services.tracks"], environment)
    address = f"http://127.0.0.1:{settings.port}"
    async with aiohttp.ClientSession(auto_decompress=False) as http:

        async def is_ready() -> None:
            async with http.get(f"{address}/readyz") as answer:
                assert answer.status == 200

        child.spawn()
        try:
            await child.ready(is_ready, within=60)
            assert child.pid
            yield TracksProcess(address, http, issuer, pid=child.pid)
        finally:
            await child.stop()
