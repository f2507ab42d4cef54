"""A whole cloud in a folder of its own, as `make cloud` brings it up, and what may happen to its processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
from cloud_stack import CloudStack

PROJECT = Path(__file__).parents[2]


class WholeCloud:
    """`folder` is its state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def document(self) -> Path:
        return self.folder / "devstack.json"

    @property
    def stack(self) -> CloudStack:
        """What the document says now: a server that was started again has another pid."""
        return msgspec.json.decode(self.document.read_bytes(), type=CloudStack, dec_hook=lambda kind, text: kind(text))

    def is_running(self, name: str) -> bool:
        """Not while it waits to be started again."""
        pid = self.stack.pids[name]
        return pid is not None and psutil.pid_exists(pid)

    def kill(self, *names: str) -> None:
        """End them as a crash would; the supervisor starts them again."""
        for name in names:
            self._send(name, signal.SIGKILL)

    @contextlib.contextmanager
    def hung(self, *names: str) -> Iterator[None]:
        """They are there, and do nothing: connections are accepted by the system, and nobody answers."""
        pids = {name: self.stack.pids[name] for name in names}
        try:
            for name in names:
                self._send(name, signal.SIGSTOP)
            yield
        finally:
            for name in names:
                if self.stack.pids[name] == pids[name]:
                    self._send(name, signal.SIGCONT)

    def _send(self, name: str, sign: signal.Signals) -> None:
        pid = self.stack.pids[name]
        assert pid is not None, f"{name} is not running"
        server = psutil.Process(pid)
        for process in (server, *server.children(recursive=True)):  # PostgreSQL answers by its children
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(sign)


@contextlib.contextmanager
def whole_cloud(folder: Path, **environment: str) -> Iterator[WholeCloud]:
    """A cloud that is ready; `environment` is what its supervisor is told beside."""
    cloud, log = WholeCloud(folder / "var"), folder / "supervisor.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "devstack", "cloud"],
            cwd=PROJECT,
            env={**os.environ, "RACEOVERLAY_STATE": str(cloud.folder), "RACEOVERLAY_PORT": "0", **environment},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(cloud.document, process, log)
        yield cloud
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_for(document: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while not document.exists():
        assert process.poll() is None, f"the cloud ended while starting:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"the cloud was not ready within two minutes:\n{log.read_text()}"
        time.sleep(0.02)
