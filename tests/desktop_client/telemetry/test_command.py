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
from small_game import catalogued, said_by

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.command import main
from desktop_client.telemetry.record import Recorder
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.shared_memory import WholeBlock
from desktop_client.telemetry.source import MemoryInlet

AS_A_PROGRAM = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs tests in the background ignores it
sys.path.insert(0, "tests/support")
from small_game import catalogued
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.shared_memory import WholeBlock
from desktop_client.telemetry.source import MemoryInlet, UdpInlet
from desktop_client.telemetry.command import main

only_small = sys.argv[1] == "small"
if only_small:
    for game in [*GAMES]:
        if game != "f1":
            del GAMES[game]
    GAMES["dog"] = catalogued("dog", lambda told: (MemoryInlet("dog_block", 64, WholeBlock),))
    GAMES["fox"] = catalogued("fox", lambda told: (UdpInlet(0, peer=(told.host or "127.0.0.1", told.port or 9)),))
sys.exit(main(sys.argv[1 + only_small:]))
"""
PROJECT = Path(__file__).parents[3]
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
def start(tmp_path: Path, free_udp_port: Callable[[], int]):
    """Start the command as a program of its own; whatever still runs afterwards is ended.

    After "small" there are two games beside F1: dog in a file of the test's folder, and fox, which has to be asked.
    """
    programs: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, **pipes: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", AS_A_PROGRAM, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | pipes
        environment = os.environ | {
            "RACEOVERLAY_SHARED_MEMORY": str(tmp_path),
            "RACEOVERLAY_CLIENT_STATE": str(tmp_path),
            "RACEOVERLAY_TELEMETRY_PORT": str(free_udp_port()),
        }
        programs.append(subprocess.Popen(command, text=True, cwd=PROJECT, env=environment, **pipes))
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
        (["--game", "f1", "--start", "5"], "--start goes with --file"),
        (["--game", "f1", "--anonymous", "x"], "--anonymous goes with --file"),
        (["--game", "f1", "--file", "x", "--start", "-1"], "'-1' is not a time"),
        (["--game", "f1", "--file", "x", "--start", "nan"], "'nan' is not a time"),
        (["--game", "f1", "--file", "x", "--host", "y"], "--host is for what is heard"),
        (["--game", "f1", "--file", "x", "--anonymous", "y", "--speed", "2"], "without --speed"),
        (["--game", "auto", "--port", "1"], "go with one game"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_one_sentence(arguments: list[str], words: str, capfd):
    assert main(arguments) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert words in printed.err


def test_a_recording_may_be_read_from_a_time_on(tape: Path, capfd):
    assert main(["--game", "f1", "--file", str(tape), "--json", "--start", "0.5"]) == 0
    frames = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert frames[0]["at"] == pytest.approx(0.5, abs=0.05)
    assert frames[-1]["at"] == pytest.approx(1.0)
    assert frames[0]["cars"][0]["name"] == "Driver 0", "what was said before is known"


def test_the_game_of_a_recording_need_not_be_told(tape: Path, capfd):
    assert main(["--game", "auto", "--file", str(tape), "--json"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 60


def test_the_game_of_a_raw_capture_is_found_by_what_it_holds(melbourne_file: Path, capfd):
    assert main(["--game", "auto", "--file", str(melbourne_file), "--start", "15"]) == 0
    assert "Melbourne" in capfd.readouterr().out


def test_a_recording_of_no_known_game_is_one_sentence(tmp_path: Path, capfd):
    with Recorder(tmp_path / "pong.rotape", "pong", started_at=0.0, at=0.0) as recorder:
        recorder.write(b"ping", 0.0)
    assert main(["--game", "auto", "--file", str(tmp_path / "pong.rotape")]) == 2
    assert "is of no game that is known here" in capfd.readouterr().err


def test_a_recording_of_another_game_is_one_sentence(tape: Path, capfd, monkeypatch):
    monkeypatch.setitem(GAMES, "bee", catalogued("bee", lambda told: ()))
    assert main(["--game", "bee", "--file", str(tape)]) == 2
    assert f"{tape} is a recording of f1, not of bee." in capfd.readouterr().err


def test_a_recording_is_written_anew_without_names(small_race, tmp_path: Path, capfd):
    named, nameless = tmp_path / "named.rotape", tmp_path / "nameless.rotape"
    with Recorder(named, "f1", started_at=0.0, at=0.0) as recorder:
        recorder.write(small_race().participants(names=[b"Sekret"] * 5), 0.0)
        recorder.write(b"noise", 0.0)
    assert main(["--game", "f1", "--file", str(named), "--anonymous", str(nameless)]) == 0
    assert capfd.readouterr().err.splitlines() == [
        f"Wrote 1 packets without names to {nameless}. 1 packets might hold names and were left out."
    ]
    assert b"Driver 4" in nameless.read_bytes()
    assert b"Sekret" not in nameless.read_bytes()
    assert main(["--game", "f1", "--file", str(named), "--anonymous", str(nameless)]) == 2
    assert "exists already" in capfd.readouterr().err


def test_names_that_cannot_be_taken_out_yet_are_not_pretended_to_be(tmp_path: Path, capfd, monkeypatch):
    monkeypatch.setitem(GAMES, "bee", catalogued("bee", lambda told: ()))
    with Recorder(tmp_path / "bee.rotape", "bee", started_at=0.0, at=0.0) as recorder:
        recorder.write(said_by("bee", 1), 0.0)
    asked = ["--game", "bee", "--file", str(tmp_path / "bee.rotape"), "--anonymous", str(tmp_path / "x.rotape")]
    assert main(asked) == 1
    assert "names in a recording of The game bee cannot be taken out yet" in capfd.readouterr().err
    assert not (tmp_path / "x.rotape").exists()


def test_a_port_for_a_game_in_memory_is_one_sentence(capfd, monkeypatch):
    monkeypatch.setitem(GAMES, "dog", catalogued("dog", lambda told: (MemoryInlet("dog_block", 64, WholeBlock),)))
    assert main(["--game", "dog", "--port", "5"]) == 2
    assert capfd.readouterr().err == "dog is not heard over UDP, so it has no port.\n"


def test_a_game_in_shared_memory_is_heard_and_recorded(start, tmp_path: Path):
    recorded = tmp_path / "heard.rotape"
    program = start("small", "--game", "dog", "--json", "--record", recorded)
    assert _line(program.stderr) == "Listening for dog on shared memory dog_block.\n"
    (tmp_path / "dog_block").write_bytes(said_by("dog", 7))
    assert json.loads(_line(program.stdout))["session_time_s"] == 7
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=WAIT_S)
    assert json.loads(said.splitlines()[-1])["frames"] == 1
    assert [heard.packet for heard in Recording(recorded)] == [said_by("dog", 7)]
    assert Recording(recorded).game == "dog"


def test_a_game_that_has_to_be_asked_is_asked_where_it_runs(start):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as console:
        console.bind(("127.0.0.1", 0))
        console.settimeout(WAIT_S)
        port = console.getsockname()[1]
        program = start("small", "--game", "fox", "--host", "127.0.0.1", "--port", port, "--json")
        question, sender = console.recvfrom(100)
        assert question == b"speak, fox"
        console.sendto(said_by("fox", 3), sender)
        assert json.loads(_line(program.stdout))["session"]["game"] == "fox"


def test_auto_listens_to_all_and_says_whom_it_hears(start, tmp_path: Path):
    recorded = tmp_path / "heard.rotape"
    program = start("small", "--game", "auto", "--json", "--record", recorded)
    assert [_line(program.stderr).split()[2] for _ in range(3)] == ["f1", "dog", "fox"]
    (tmp_path / "dog_block").write_bytes(said_by("dog", 7))
    assert json.loads(_line(program.stdout))["session"]["game"] == "dog"
    assert _line(program.stderr) == "Hearing dog: The game dog.\n"
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=WAIT_S)
    assert f"Recorded 1 packets to {recorded}." in said
    health = json.loads(said.splitlines()[-1])
    assert (list(health), health["dog"]["frames"]) == (["dog"], 1)
    assert Recording(recorded).game == "dog"


def test_auto_follows_the_clients_own_settings(start, tmp_path: Path):
    (tmp_path / "client.toml").write_text("[games.f1]\nenabled = false\n[games.fox]\nenabled = false\n")
    program = start("small", "--game", "auto", "--json")
    assert _line(program.stderr) == "Listening for dog on shared memory dog_block.\n"
    (tmp_path / "client.toml").write_text("[games.f1]\nport = 0\n")
    program = start("small", "--game", "auto", "--json")
    assert "`games.f1.port` in" in _line(program.stderr)
    assert program.wait(WAIT_S) == 2


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
    """The next line, read past the stream's own buffer, in which `select` would not see the lines after it."""
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stream], [], [], WAIT_S)
        assert ready, "nothing was printed"
        byte = os.read(stream.fileno(), 1)
        assert byte, f"it ended after {line!r}"
        line += byte
    return line.decode()
