import itertools
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_client.demo.__main__ import arguments, send
from desktop_client.demo.broadcast import Broadcast
from desktop_client.demo.race import Race
from desktop_client.telemetry.games.f1_wire import read_header


@pytest.mark.parametrize("host", ["192.168.1.5", "0.0.0.0", "example.org", "::"])
def test_only_this_computer_can_be_sent_to(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(["--host", host])
    assert "not a loopback address" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--format", "2022"],
        ["--port", "70000"],
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--laps", "0"],
        ["--laps", "100"],
    ],
)
def test_arguments_that_make_no_race_are_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(wrong)


def test_sending_goes_on_when_nobody_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    broadcast = Broadcast(Race(seed=1, laps=1), 2025)
    asked = itertools.count()
    send(broadcast, ("127.0.0.1", port), speed=1000, once=False, stopped=lambda: next(asked) >= 30)
    assert broadcast.race.now == pytest.approx(0.5)


def test_the_command_sends_a_race_until_it_is_asked_to_stop() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(30)
        port = str(listener.getsockname()[1])
        command = [sys.executable, "-m", "desktop_client.demo", "--port", port, "--from-grid", "--format", "2024"]
        root = Path(__file__).parents[3]
        with subprocess.Popen(command, cwd=root, env=os.environ, stdout=subprocess.PIPE, text=True) as process:
            headers = [read_header(listener.recv(2048)) for _ in range(40)]
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=30)
    assert {header.packet_format for header in headers} == {2024}
    assert len({header.session_uid for header in headers}) == 1
    assert [header.overall_frame_identifier for header in headers] == sorted(
        header.overall_frame_identifier for header in headers
    )
    assert process.returncode == 0
    assert said.startswith("Kestrel Park")
