import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from devstack import orphans


@pytest.fixture
def stranger():
    process = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    yield process
    process.kill()
    process.wait()


def test_a_recorded_process_that_still_runs_is_ended_and_crossed_out(folder: Path, stranger: subprocess.Popen):
    orphans.record(folder, "nats", stranger.pid, signal.SIGTERM)
    assert orphans.recorded(folder) == ["nats"]
    assert orphans.end(folder, "nats") is True
    assert not psutil.pid_exists(stranger.pid)
    assert orphans.recorded(folder) == []


def test_a_number_that_was_given_to_somebody_else_is_never_touched(folder: Path, stranger: subprocess.Popen):
    orphans.record(folder, "nats", stranger.pid, signal.SIGTERM)
    note = folder / "run" / "nats.json"
    note.write_text(json.dumps(json.loads(note.read_text()) | {"started": "another boot:12345"}))
    assert orphans.end(folder, "nats") is False
    assert stranger.poll() is None


def test_a_process_that_is_long_gone_is_only_crossed_out(folder: Path, stranger: subprocess.Popen):
    orphans.record(folder, "nats", stranger.pid, signal.SIGTERM)
    stranger.kill()
    stranger.wait()
    assert orphans.end(folder, "nats") is False
    assert orphans.recorded(folder) == []


def test_nothing_recorded_is_nothing_to_end(folder: Path):
    assert orphans.end(folder, "nats") is False
