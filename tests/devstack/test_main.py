"""The whole cloud as a person in a terminal has it."""

import asyncio
import json
import os
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from normal_user import NOBODY, python_for

from devstack.child import PROJECT

ROOT = os.geteuid() == 0


class Terminal:
    """`python -m devstack <command>` on a state folder; what it says is read line by line."""

    def __init__(self, folder: Path, command: str, *, python: str = sys.executable, **options: Any) -> None:
        environment = {**os.environ, "RACEOVERLAY_STATE": str(folder), "RACEOVERLAY_PORT": "0"}
        environment |= options.pop("env", {})
        self.said = ""
        self.process = subprocess.Popen(
            [python, "-m", "devstack", command],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def until(self, words: str) -> str:
        """The line that has the words in it. Fails when the process ends without saying them."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return line
        raise AssertionError(f"never said {words!r}, but:\n{self.said}")

    def ends(self) -> int:
        """The exit code, after everything that it still had to say."""
        assert self.process.stdout
        self.said += self.process.stdout.read()
        return self.process.wait()


Open = Callable[..., Terminal]


@pytest.fixture
def terminal(folder: Path) -> Iterator[Open]:
    opened: list[Terminal] = []

    def open_one(command: str, state: Path = folder, **options: Any) -> Terminal:
        opened.append(Terminal(state, command, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.process.kill()
        one.process.wait()
        if one.process.stdout:
            one.process.stdout.close()


def document(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "devstack.json").read_text())


async def sign_in(content: dict[str, Any]) -> int:
    trust = ssl.create_default_context(cafile=content["ca"])
    credentials = {"email": content["demo"]["email"], "password": content["demo"]["password"]}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{content['gateway']}/auth/login", json=credentials, ssl=trust) as answer,
    ):
        return answer.status


def test_a_cloud_lives_from_the_first_line_to_the_last(folder: Path, terminal: Open, running):
    cloud = terminal("cloud")
    cloud.until("Ready after")
    content = document(folder)
    assert stat.S_IMODE((folder / "devstack.json").stat().st_mode) == 0o600
    assert content["pids"]["supervisor"] == cloud.process.pid
    assert all(psutil.pid_exists(pid) for pid in content["pids"].values())
    assert asyncio.run(sign_in(content)) == 200
    assert content["demo"]["password"] in cloud.said

    listening = [c.laddr.ip for p in running() for c in p.net_connections() if c.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}

    for command in ("cloud", "clean"):
        second = terminal(command)
        assert second.ends() == 1
        assert f"process {cloud.process.pid}, gateway {content['gateway']}" in second.said

    os.kill(content["pids"]["nats"], signal.SIGKILL)
    cloud.until("nats ended with exit code -9; it is started again in 0.5 s")
    cloud.until("nats is back")

    cloud.process.send_signal(signal.SIGTERM)
    assert cloud.ends() == 0
    assert not (folder / "devstack.json").exists()
    assert running() == []


def test_a_supervisor_that_is_killed_outright_leaves_nothing_and_the_next_one_finds_everything(
    folder: Path, terminal: Open, running
):
    first = terminal("cloud")
    first.until("Ready after")
    before = document(folder)
    children = running()
    first.process.kill()
    first.ends()
    # The store puts its data away first, and on a busy machine it takes its time.
    _, alive = psutil.wait_procs(children, timeout=40)
    assert not alive

    second = terminal("cloud")
    second.until("Ready after")
    after = document(folder)
    assert {**after, "pids": None} == {**before, "pids": None}
    assert asyncio.run(sign_in(after)) == 200

    second.process.send_signal(signal.SIGINT)
    second.until("Stopping")
    second.process.send_signal(signal.SIGINT)
    assert second.ends() in (0, 130)  # 0 when everything had stopped before the second one came
    assert not (folder / "devstack.json").exists()
    psutil.wait_procs(running(), timeout=5)
    assert running() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_start_can_be_stopped_half_way(folder: Path, terminal: Open, running, number: signal.Signals):
    cloud = terminal("cloud")
    cloud.until("postgres is ready")
    cloud.process.send_signal(number)
    assert cloud.ends() == 0
    assert "Ready after" not in cloud.said
    assert running() == []


def test_a_closed_terminal_stops_the_cloud_although_nobody_listens_any_more(folder: Path, terminal: Open, running):
    cloud = terminal("cloud")
    cloud.until("postgres is ready")
    assert cloud.process.stdout
    cloud.process.stdout.close()
    cloud.process.send_signal(signal.SIGHUP)
    assert cloud.process.wait() == 0
    assert running() == []


def test_a_taken_port_is_one_clear_sentence(folder: Path, terminal: Open, running):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        cloud = terminal("cloud", env={"RACEOVERLAY_PORT": str(port)})
        assert cloud.ends() == 1
    assert f"Port {port} of 127.0.0.1 is taken" in cloud.said
    assert "RACEOVERLAY_PORT" in cloud.said
    assert "Traceback" not in cloud.said
    assert running() == []


def test_a_client_without_a_cloud_is_told_how_to_get_one(terminal: Open):
    client = terminal("client")
    assert client.ends() == 1
    assert "Start one with `make cloud`" in client.said


@pytest.mark.parametrize("port", ["https", "-1", "65536"])
def test_a_port_that_is_none_is_one_clear_sentence(terminal: Open, port: str):
    cloud = terminal("cloud", env={"RACEOVERLAY_PORT": port})
    assert cloud.ends() == 1
    assert f"RACEOVERLAY_PORT is '{port}'" in cloud.said
    assert "Traceback" not in cloud.said


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
def test_a_cloud_lives_for_a_normal_user(terminal: Open):
    python = python_for(PROJECT)
    state = Path(tempfile.mkdtemp(prefix="devstack-"))
    try:
        shutil.chown(state, "nobody")
        paths = f"{PROJECT}:{sysconfig.get_path('purelib')}"
        cloud = terminal("cloud", state, python=python, env={"PYTHONPATH": paths, "HOME": str(state)}, **NOBODY)
        cloud.until("Ready after")
        assert psutil.Process(document(state)["pids"]["postgres"]).username() == "nobody"
        cloud.process.send_signal(signal.SIGINT)
        assert cloud.ends() == 0
    finally:
        shutil.rmtree(state)
