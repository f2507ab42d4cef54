"""The client as a program: started as people start it, on a simulated race, without a screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PyQt6.QtGui import QImage

PROJECT = Path(__file__).parents[2]


def _start(state: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_client", *arguments],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "RACEOVERLAY_CLIENT_STATE": str(state), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_picture_of_a_simulated_race_is_saved_and_the_client_ends(tmp_path: Path):
    picture = tmp_path / "overlay.png"
    client = _start(tmp_path, "--demo", "--offscreen", "--screenshot", str(picture), "--after", "6")
    said, _ = client.communicate(timeout=60)
    assert client.returncode == 0, said
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1920, 1080)
    panel = image.pixelColor(40, 1040)  # inside the relative, which stands at the lower left
    assert panel.lightness() < 60, "nothing was drawn over the track"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_its_race_at_once(tmp_path: Path, number: signal.Signals):
    client = _start(tmp_path, "--demo", "--offscreen")
    assert client.stdout is not None
    assert any("Kestrel Park" in line for line in client.stdout)  # the race has begun
    race = psutil.Process(client.pid).children()
    assert race
    began = time.monotonic()
    client.send_signal(number)
    assert client.wait(20) == 0
    assert time.monotonic() - began < 10
    assert not psutil.wait_procs(race, timeout=0)[1], "the race goes on without anybody to see it"


def test_a_wrong_setting_is_one_sentence(tmp_path: Path):
    client = _start(tmp_path, "--offscreen", RACEOVERLAY_GATEWAY="http://127.0.0.1:1")
    said, _ = client.communicate(timeout=30)
    assert (client.returncode, said.strip()) == (
        2,
        "RACEOVERLAY_GATEWAY must be an address that begins with https://.",
    )


def test_a_picture_later_needs_a_place(tmp_path: Path):
    client = _start(tmp_path, "--offscreen", "--after", "3")
    said, _ = client.communicate(timeout=30)
    assert client.returncode == 2
    assert "--after says when to take the picture, so it needs --screenshot FILE" in said


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_it_says_what_can_be_done(tmp_path: Path):
    client = _start(tmp_path, "--demo")
    said, _ = client.communicate(timeout=30)
    assert (client.returncode, said.strip()) == (
        1,
        "There is no display. To draw into a picture: --offscreen --screenshot FILE.",
    )
