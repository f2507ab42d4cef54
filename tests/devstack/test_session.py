"""What the desktop's end means for the cloud; the cloud itself is a stand-in here."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from devstack import desktop, libraries, session
from devstack.session import Session


class Cloud:
    """Ready at once."""

    def __init__(self, folder: Path, say: Any) -> None:
        demo = {"email": "demo@raceoverlay.example", "password": "secret"}
        s3 = {"endpoint": "http://127.0.0.1:1", "bucket": "raceoverlay"}
        mail = {"mail_dir": "/mail", "postgres": {}, "nats": "nats://127.0.0.1:1"}
        self.document = {"gateway": "https://127.0.0.1:1", "ca": "/ca.pem", "demo": demo, "s3": s3, **mail}

    async def start(self, port: int) -> None:
        pass

    async def stop(self) -> None:
        pass


class Said(list[str]):
    """What the session says; presses Ctrl-C when it hears certain words."""

    interrupting: str | None = None

    def append(self, line: str) -> None:
        super().append(line)
        if self.interrupting and self.interrupting in line:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """The session has a display and Qt until a test takes them away."""
    lines = Said()
    monkeypatch.setattr(session, "say", lines.append)
    monkeypatch.setattr(session, "Cloud", Cloud)
    monkeypatch.setattr(session, "has_display", lambda: True)
    monkeypatch.setattr(libraries, "provide", lambda _: asyncio.sleep(0))
    return lines


def client(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(desktop, "command", lambda picture: [sys.executable, "-c", code, str(picture)])


async def live_until(folder: Path, said: Said, words: str) -> None:
    """Runs the session, and interrupts it once the words have been said."""
    said.interrupting = words
    await Session(folder, 0, with_desktop=True).live()


async def test_closing_the_desktop_stops_the_cloud(folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch):
    client(monkeypatch, "pass")
    await Session(folder, 0, with_desktop=True).live()
    assert said[-1].startswith("Stopped after")


async def test_a_desktop_that_crashes_leaves_the_cloud_running(
    folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch
):
    client(monkeypatch, "raise SystemExit(3)")
    await live_until(folder, said, "The cloud goes on")
    assert f"The desktop has ended; {folder}/logs/desktop.log says why. The cloud goes on." in said
    assert said[-1].startswith("Stopped after")


async def test_without_a_display_the_picture_is_named_once_it_is_there_and_the_desktop_stops_with_the_cloud(
    folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch, running
):
    monkeypatch.setattr(session, "has_display", lambda: False)
    client(monkeypatch, "import pathlib, signal, sys; pathlib.Path(sys.argv[1]).touch(); signal.pause()")
    await live_until(folder, said, f"The overlay's picture: {folder}/overlay.png")
    assert said[-1].startswith("Stopped after")
    assert [process.pid for process in running() if process.pid != os.getpid()] == []


async def test_without_qt_there_is_a_cloud_and_a_reason(folder: Path, said: Said, monkeypatch: pytest.MonkeyPatch):
    async def missing(_: Path) -> None:
        raise libraries.Missing("Qt cannot be loaded (libGL.so.1).")

    monkeypatch.setattr(libraries, "provide", missing)
    await live_until(folder, said, "The cloud goes on")
    assert "There is no desktop: Qt cannot be loaded (libGL.so.1).\nThe cloud goes on." in said


def test_one_wish_that_arrives_twice_is_one_and_a_second_wish_ends_everything(folder: Path, monkeypatch, capsys):
    now = [100.0]
    ended: list[int] = []
    monkeypatch.setattr(session.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(session, "kill_all", lambda: None)
    monkeypatch.setattr(session.os, "_exit", ended.append)
    running = session.Session(folder, 0, with_desktop=False)
    running._on_signal()
    now[0] += 0.1
    running._on_signal()
    assert (capsys.readouterr().out, ended) == ("Stopping\n", [])
    now[0] += 1
    running._on_signal()
    assert ended == [130]
