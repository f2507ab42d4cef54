"""The client as a program: started as people start it, on a simulated race, without a screen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication
from waiting import eventually

from desktop_client.app import App
from desktop_client.listening import Listening
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings

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


async def test_a_race_that_was_recorded_is_shown_again(tmp_path: Path):
    tape, picture = tmp_path / "race.rotape", tmp_path / "overlay.png"
    client = _start(tmp_path, "--demo", "--record", str(tape), "--offscreen")
    await eventually(lambda: tape.exists() and tape.stat().st_size > 500_000, within=60)
    client.send_signal(signal.SIGINT)
    said, _ = client.communicate(timeout=60)
    assert client.returncode == 0, said
    assert f"packets to {tape}." in said
    recording = Recording(tape)
    assert len(list(recording)) > 300
    assert (recording.game, recording.damage) == ("f1", None)

    shot = ("--offscreen", "--screenshot", str(picture), "--after", "4")
    client = _start(tmp_path, "--replay", str(tape), "--replay-speed", "0.5", *shot)
    said, _ = client.communicate(timeout=60)
    assert client.returncode == 0, said
    panel = QImage(str(picture)).pixelColor(40, 1040)  # inside the relative, which stands at the lower left
    assert panel.lightness() < 60, "nothing was drawn over the track"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--replay", "there-is-none.rotape"], "There is no file there-is-none.rotape."),
        (["--replay", __file__], "is not a recording of telemetry."),
        (["--record", __file__], "exists already; a recording does not overwrite one."),
        (["--replay", "x", "--demo"], "--replay shows what is recorded already"),
        (["--replay-speed", "2"], "--replay-speed goes with --replay FILE"),
        (["--replay", "x", "--replay-speed", "0"], "'0' is not a speed above 0"),
    ],
)
def test_a_recording_that_cannot_be_had_is_one_sentence(tmp_path: Path, arguments: list[str], words: str):
    client = _start(tmp_path, "--offscreen", *arguments)
    said, _ = client.communicate(timeout=30)
    assert client.returncode == 2
    assert words in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_and_the_client_goes_on(tmp_path: Path):
    picture = tmp_path / "overlay.png"
    others = (f"[games.{game}]\nenabled = false\n" for game in GAMES if game != "f1")  # no test asks the network
    (tmp_path / "client.toml").write_text("".join(others))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        shot = ("--offscreen", "--screenshot", str(picture), "--after", "1")
        client = _start(tmp_path, *shot, RACEOVERLAY_TELEMETRY_PORT=str(port))
        said, _ = client.communicate(timeout=60)
    assert client.returncode == 0, said
    assert f"UDP port {port} is already in use by another program" in said
    assert picture.exists()


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


async def test_games_that_are_changed_in_the_settings_are_heard_at_once(qapp: QApplication, tmp_path: Path):
    silent = dict.fromkeys(GAMES, GameSettings(enabled=False))
    client = App(ClientSettings(tmp_path, games=silent))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for number in (port, port, None, port):  # faster than ports are opened: the last word counts
        games = {**silent, "forza": GameSettings(enabled=number is not None, port=number)}
        client._hear(ClientSettings(tmp_path, games=games))
    assert client._rehearing is not None
    await client._rehearing
    assert isinstance(client.listening, Listening)
    assert client.listening.port_of("forza") == port
    client.listening.stop()
    client.overlay.close()
