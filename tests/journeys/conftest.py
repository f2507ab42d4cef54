"""The whole cloud, as `make cloud` brings it up: real servers, real processes, one for all journeys."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cloud_stack import CloudStack

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudStack]:
    state = tmp_path_factory.mktemp("cloud")
    log = (state / "supervisor.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "devstack", "cloud"],
        cwd=PROJECT,
        env={**os.environ, "RACEOVERLAY_STATE": str(state / "var"), "RACEOVERLAY_PORT": "0"},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    document = state / "var" / "devstack.json"
    try:
        _wait_for(document, process, Path(log.name))
        yield msgspec.json.decode(document.read_bytes(), type=CloudStack, dec_hook=lambda kind, text: kind(text))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _wait_for(document: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while not document.exists():
        assert process.poll() is None, f"the cloud ended while starting:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"the cloud was not ready within two minutes:\n{log.read_text()}"
        time.sleep(0.02)
