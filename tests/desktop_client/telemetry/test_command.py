"""The command a driver or another program reads telemetry with."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_client.telemetry.command import main
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording

AS_A_PROGRAM = "import sys; from desktop_client.telemetry.command import main; sys.exit(main(sys.argv[1:]))"
WAIT_S = 20


@pytest.fixture
def tape(tmp_path: Path, small_race) -> Path:
    """Sixty frames of five cars."""
    path, race = tmp_path / "race.rotape", small_race()
    with Recorder(path, "f1", started_at=0.0, at=0.0) as recorder:
        for packet in race.opening():
            recorder.write(packet, 0.0)
        for frame in range(1, 61):
            for packet in race.instant(frame):
                recorder.write(packet, frame / 60)
    return path


@pytest.fixture
def start():
    """Start the command as a program of its own; whatever still runs afterwards is ended."""
    programs: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, **pipes: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", AS_A_PROGRAM, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes
        programs.append(subprocess.Popen(command, text=True, **pipes))
        return programs[-1]

    yield begin
    for program in programs:
        program.kill()
        program.communicate()


def test_a_recording_comes_out_as_one_json_object_a_line(tape: Path, capfd):
    assert main(["--game", "f1", "--file", str(tape), "--json"]) == 0
    printed = capfd.readouterr()

    frames = [json.loads(line) for line in printed.out.splitlines()]
    assert len(frames) == 60
    frame = frames[-1]
    assert set(frame) == {"at", "session_time_s", "session", "player", "player_row", "capabilities", "cars"}
    assert frame["at"] == pytest.approx(1.0)
    assert frame["session"]["track_name"] == "Kestrel Park"
    assert [car["position"] for car in frame["cars"]] == [1, 2, 3, 4, 5]
    assert frame["cars"][0]["name"] == "Driver 0"
    assert frame["cars"][0]["best_lap_s"] is None  # not-a-number has no place in JSON
    assert frame["player"]["throttle"] == 0.75
    assert "gaps" in frame["capabilities"]

    health = json.loads(printed.err.splitlines()[-1])
    assert (health["decoded"], health["frames"], health["refused"]) == (242, 60, {})
    assert health["format"] == "F1 2025"


def test_without_json_a_line_is_for_reading(tape: Path, capfd):
    assert main(["--game", "f1", "--file", str(tape)]) == 0
    line = capfd.readouterr().out.splitlines()[-1]
    for words in ("1.000 s", "Kestrel Park", "5 cars", "P2", "216 km/h", "gear 6"):
        assert words in line


def test_a_real_capture_comes_out_whole(melbourne_file: Path, capfd):
    assert main(["--game", "f1", "--file", str(melbourne_file), "--json"]) == 0
    printed = capfd.readouterr()
    health = json.loads(printed.err.splitlines()[-1])
    assert health["decoded"] == 7124
    assert len(printed.out.splitlines()) == health["frames"]


def test_a_recording_cut_off_is_played_as_far_as_it_goes_and_that_is_said(tape: Path, capfd):
    tape.write_bytes(tape.read_bytes()[:-700])
    assert main(["--game", "f1", "--file", str(tape), "--json"]) == 0
    printed = capfd.readouterr()
    assert len(printed.out.splitlines()) == 60  # only the last status packet is gone
    assert "cut off or damaged" in printed.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--game"),
        (["--game", "pong"], "'pong'"),
        (["--game", "f1", "--port", "0"], "'0' is not a port"),
        (["--game", "f1", "--port", "70000"], "'70000' is not a port"),
        (["--game", "f1", "--file", "there-is-none.bin"], "There is no file there-is-none.bin."),
        (["--game", "f1", "--file", __file__], "is not a recording"),
        (["--game", "f1", "--file", "."], "cannot be read"),
        (["--game", "f1", "--file", "x", "--port", "20777"], "not allowed with"),
        (["--game", "f1", "--file", "x", "--record", "y"], "--record"),
        (["--game", "f1", "--speed", "2"], "--speed goes with --file"),
        (["--game", "f1", "--file", "x", "--speed", "0"], "'0' is not a speed"),
        (["--game", "f1", "--record", __file__], "exists already"),
        (["--game", "f1", "--record", "/no/such/folder/x"], "cannot be written"),
        (["--game", "f1", "--loud"], "--loud"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_one_sentence(arguments: list[str], words: str, capfd):
    assert main(arguments) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert words in printed.err


def test_a_port_in_use_is_one_sentence_and_a_failure(capfd):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        assert main(["--game", "f1", "--port", str(port)]) == 1
    assert f"UDP port {port} is already in use" in capfd.readouterr().err


def test_it_prints_what_a_game_sends_records_it_and_ends_quietly_on_ctrl_c(
    start, small_race, free_udp_port: Callable[[], int], tmp_path: Path
):
    port, recorded = free_udp_port(), tmp_path / "heard.rotape"
    program = start("--game", "f1", "--port", port, "--json", "--record", recorded)
    assert str(port) in _line(program.stderr)
    race = small_race()
    sent = race.opening() + race.instant(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as game:
        for packet in sent:
            game.sendto(packet, ("127.0.0.1", port))

    frame = json.loads(_line(program.stdout))
    program.send_signal(signal.SIGINT)
    rest, said = program.communicate(timeout=WAIT_S)

    assert frame["cars"][4]["name"] == "Driver 4"
    assert (rest, program.returncode) == ("", 0)
    assert "Traceback" not in said
    assert [heard.packet for heard in Recording(recorded)][:5] == sent[:5]
    assert json.loads(said.splitlines()[-1])["frames"] == 1


def test_a_reader_that_goes_away_ends_it_quietly(start, tape: Path):
    reading, writing = os.pipe()
    program = start("--game", "f1", "--file", tape, "--json", stdout=writing)
    os.close(writing)
    os.close(reading)
    _, said = program.communicate(timeout=WAIT_S)
    assert program.returncode == 0
    assert len(said.splitlines()) == 1
    assert json.loads(said)["frames"] < 60


@pytest.fixture
def free_udp_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


def _line(stream) -> str:
    ready, _, _ = select.select([stream], [], [], WAIT_S)
    assert ready, "nothing was printed"
    return stream.readline()
