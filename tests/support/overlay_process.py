"""The real desktop client, without a screen and without a race, and what it says while it runs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cloud_stack import CloudStack
from waiting import eventually

PROJECT = Path(__file__).parents[2]


class OverlayProcess:
    def __init__(self) -> None:
        self.lines: list[tuple[float, str]] = []

    async def says(self, words: str, *, since: float = 0.0, within: float = 20.0) -> float:
        """Wait until it has said so; the moment, of the loop's clock."""

        def said() -> float | None:
            return next((at for at, line in self.lines if at >= since and words in line), None)

        try:
            return await eventually(said, within=within)
        except AssertionError as error:
            raise AssertionError(f"the overlay has not said {words!r} but {self.lines[-10:]}") from error

    async def read(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.lines.append((asyncio.get_running_loop().time(), line.decode().rstrip()))


@asynccontextmanager
async def overlay_of(cloud: CloudStack, email: str, password: str, state: Path) -> AsyncIterator[OverlayProcess]:
    """The client of that driver, from its start until it is asked to end, which it does without a word of failure."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop_client", "--offscreen"),
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "RACEOVERLAY_GATEWAY": cloud.gateway,
            "RACEOVERLAY_CA": str(cloud.ca),
            "RACEOVERLAY_EMAIL": email,
            "RACEOVERLAY_PASSWORD": password,
            "RACEOVERLAY_CLIENT_STATE": str(state),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    overlay = OverlayProcess()
    reading = asyncio.create_task(overlay.read(process.stdout))
    try:
        yield overlay
    finally:
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), 30)
        await reading
    assert code == 0, overlay.lines[-10:]
