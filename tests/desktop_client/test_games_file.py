"""Games are written into client.toml, and the rest of it stays."""

import tomllib

import pytest

from desktop_client.games_file import CannotKeep, keep_games, with_games
from desktop_client.settings import FILE_NAME, load
from desktop_client.telemetry.source import GameSettings

MINE = """# mine
gateway = "https://one"

[games.f1]
enabled = false

# what follows is not a game
[stream]
port = 8765  # as OBS has it

[games.gt7]
host = "10.0.0.7"
"""
CONSOLE = GameSettings(host="playstation.home", port=33739)


def test_the_games_are_written_and_everything_else_stays_as_it_was():
    after = with_games(MINE, {"gt7": CONSOLE, "acc": GameSettings(enabled=False, password='a "b" \\ ü')})
    told = tomllib.loads(after)
    assert told["games"] == {
        "gt7": {"host": "playstation.home", "port": 33739},
        "acc": {"enabled": False, "password": 'a "b" \\ ü'},
    }
    for line in ("# mine", 'gateway = "https://one"', "# what follows is not a game", "port = 8765  # as OBS has it"):
        assert line in after
    assert with_games(after, {"gt7": CONSOLE}).count("[games.") == 1


def test_games_of_which_nothing_is_said_are_left_out():
    assert with_games("", {"f1": GameSettings()}) == ""
    assert "games" not in tomllib.loads(with_games(MINE, {}))


def test_what_was_written_is_what_the_client_reads(tmp_path):
    keep_games(tmp_path, {"gt7": CONSOLE, "f1": GameSettings(port=20888), "lmu": GameSettings(enabled=False)})
    read = load({"RACEOVERLAY_CLIENT_STATE": str(tmp_path)})
    assert read.games["gt7"] == CONSOLE
    assert read.telemetry_port == 20888
    assert not read.games_to_hear()["lmu"].enabled


@pytest.mark.parametrize(
    "text",
    ["games = {f1 = {enabled = false}}\n[stream]\nport = 1\n", "games.f1.enabled = false\n", "broken = \n"],
)
def test_a_file_of_another_style_is_left_alone(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(CannotKeep, match=r"client\.toml is written in a way of its own"):
        keep_games(tmp_path, {"f1": GameSettings(port=20888)})
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_line_that_only_looks_like_a_table_is_not_taken_for_one(tmp_path):
    text = 'note = """\n[games.f1]\nthis is text\n"""\n'
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(CannotKeep):
        keep_games(tmp_path, {"f1": GameSettings(port=20888)})
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(CannotKeep, match=r"client\.toml cannot be changed"):
        keep_games(tmp_path / "state", {"f1": GameSettings(port=20888)})
