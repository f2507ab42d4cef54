"""One supervised process: its own session and log file, a stop with a deadline, a note for the next run.

Nothing here is bound to an event loop: a child started under one `asyncio.run` may be stopped under the next.
"""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack import orphans
from devstack.files import PRIVATE
from devstack.refusal import Refusal

_POLL_S = 0.02
_ROTATE_AT = 8_000_000  # bytes
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

PROJECT = Path(__file__).resolve().parent.parent

_spawned: set["Child"] = set()


def kill_all() -> None:
    """Ends every child of this process, at once and in no order."""
    for child in list(_spawned):
        child.kill()


class ChildFailed(Refusal):
    """A process ended, or was not ready in time, while it was being started."""

    def __init__(self, name: str, what: str, log: Path, last_words: str) -> None:
        self.name, self.what, self.log, self.last_words = name, what, log, last_words
        super().__init__(f"{name} {what}. The end of {log}:\n{last_words}")


@dataclass(eq=False)
class Child:
    """A process called `name`, run with exactly `environment`; it may be spawned again after it ended."""

    name: str
    folder: Path
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it, on Linux, when we die without having stopped it. What has data to put away asks
    for less than SIGKILL; what has none may not linger."""
    account: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """`user`, `group`, `extra_groups` for subprocess.Popen, where it is not to run as we do."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "logs" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def exit_code(self) -> int | None:
        """None while it runs (or was never spawned); minus the signal's number when a signal ended it."""
        return self._process.poll() if self._process else None

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def spawn(self) -> None:
        """Starts the process. Call it from the main thread: on Linux a child dies with the thread that made it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _ROTATE_AT:
            self.log.replace(self.log.with_suffix(".log.1"))
        signal_at_death = int(self.death_signal)
        parent = os.getpid()

        def die_with_parent() -> None:
            # A supervisor that is killed outright cannot stop anybody: the kernel then does it.
            assert _LIBC is not None
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal_at_death, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        try:
            process = subprocess.Popen[bytes](
                [str(part) for part in self.command],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd=PROJECT,
                env=dict(self.environment),
                # Its own session: Ctrl-C in the terminal reaches the supervisor alone, which stops in order.
                start_new_session=True,
                preexec_fn=die_with_parent if _LIBC else None,
                **self.account,
            )
        finally:
            os.close(descriptor)
        self._process = process
        _spawned.add(self)
        orphans.record(self.folder, self.name, process.pid, self.stop_signal)

    async def ready(
        self, question: Callable[[], Awaitable[object]], *, within: float = 30.0, every: float = _POLL_S
    ) -> None:
        """Asks `question` every so many seconds, until it no longer raises.

        ChildFailed when the process ends before that, or when `within` seconds have passed.
        """
        deadline = time.monotonic() + within
        while True:
            try:
                await question()
                return
            except Exception as error:
                if (code := self.exit_code()) is not None:
                    raise self.failed(f"ended with exit code {code} while starting") from error
                if time.monotonic() > deadline:
                    raise self.failed(f"was not ready after {within:.0f} s ({error!r})") from error
            await asyncio.sleep(every)

    async def wait(self, *, every: float = _POLL_S) -> int:
        """The exit code, looked for `every` so many seconds."""
        # Asked for again and again, because a future would belong to one event loop.
        while (code := self.exit_code()) is None:  # noqa: ASYNC110
            await asyncio.sleep(every)
        return code

    async def stop(self, *, within: float = 5.0) -> None:
        """Asks it to stop; after `within` seconds, ends it and all that it started."""
        if self._process is None:
            return
        if self.running():
            self._process.send_signal(self.stop_signal)
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self.wait()
        self.kill()

    def kill(self) -> None:
        """Ends the process and everything left in its group, at once."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        _spawned.discard(self)
        orphans.forget(self.folder, self.name)

    def failed(self, what: str) -> ChildFailed:
        return ChildFailed(self.name, what, self.log, self.last_words())

    def last_words(self, lines: int = 15) -> str:
        """The last lines of its log."""
        with suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return "(it wrote nothing)"
