"""The whole client on a real X11 server, and somebody at the keyboard."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import eventually

MISSING = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def display():
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.fixture
def client(display, tmp_path):
    """The client on a simulated race, and the file of what it says."""
    environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "RACEOVERLAY_CLIENT_STATE": str(tmp_path)}
    said = tmp_path / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "desktop_client", "--demo"],
            cwd=PROJECT,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield process, said
    process.kill()
    process.wait()


async def test_a_chord_changes_the_profile_of_the_client_that_runs(client, display, tmp_path):
    process, said = client
    settings = tmp_path / "overlay.json"

    def is_changed():
        if process.poll() is not None and "xcb" in said.read_text():
            pytest.skip(f"Qt has no X11 here: {said.read_text()[:200]}")
        assert process.poll() is None, said.read_text()
        subprocess.run(["xdotool", "key", "ctrl+alt+p"], env={**os.environ, "DISPLAY": display}, check=True)
        return settings.exists() and json.loads(settings.read_text())["active"] != "Race"

    await eventually(is_changed, within=40)
    process.terminate()
    assert process.wait(20) == 0, said.read_text()
