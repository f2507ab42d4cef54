from __future__ import annotations

from pathlib import Path

import pytest
from small_game import catalogued

from desktop_client.settings import WrongSetting, load
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.source import GameSettings


def told(state: Path, **environment: str) -> dict[str, str]:
    return {"RACEOVERLAY_CLIENT_STATE": str(state), **environment}


def test_with_nothing_said_the_client_works_offline(tmp_path: Path) -> None:
    settings = load(told(tmp_path))
    assert (settings.gateway, settings.telemetry_port, settings.clock_hz, settings.upload_maps) == (
        "",
        20777,
        None,
        True,
    )
    assert settings.state == tmp_path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "client.toml").write_text('telemetry_port = 20888\nclock_hz = 15\ngateway = "https://one"\n')
    settings = load(told(tmp_path, RACEOVERLAY_CLOCK_HZ="60", RACEOVERLAY_UPLOAD_MAPS="false", RACEOVERLAY_CA="/a.pem"))
    assert (settings.telemetry_port, settings.clock_hz, settings.gateway) == (20888, 60, "https://one")
    assert (settings.upload_maps, settings.ca) == (False, Path("/a.pem"))


@pytest.mark.parametrize(
    ("variable", "value", "must_be"),
    [
        ("RACEOVERLAY_GATEWAY", "http://127.0.0.1", "an address that begins with https://"),
        ("RACEOVERLAY_TELEMETRY_PORT", "99999", "a port from 1 to 65535"),
        ("RACEOVERLAY_TELEMETRY_PORT", "game", "a port from 1 to 65535"),
        ("RACEOVERLAY_CLOCK_HZ", "31", "15, 20, 30 or 60"),
        ("RACEOVERLAY_UPLOAD_MAPS", "perhaps", "true or false"),
    ],
)
def test_a_wrong_variable_is_one_sentence(tmp_path: Path, variable: str, value: str, must_be: str) -> None:
    with pytest.raises(WrongSetting) as wrong:
        load(told(tmp_path, **{variable: value}))
    assert str(wrong.value) == f"{variable} must be {must_be}."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clock_hz = 31", "`clock_hz` in .*client.toml must be 15, 20, 30 or 60"),
        ("clock = 30", "`clock` in .*client.toml is not a setting; there are ca, clock_hz"),
        ("clock_hz = ", "client.toml cannot be read"),
        ("password = [1]", "`password` in .*client.toml must be text"),
    ],
)
def test_a_wrong_file_names_the_field(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "client.toml").write_text(text)
    with pytest.raises(WrongSetting, match=words):
        load(told(tmp_path))


def test_each_game_has_a_table_of_its_own(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(GAMES, "bee", catalogued("bee", lambda told: ()))
    (tmp_path / "client.toml").write_text(
        '[games.bee]\nhost = "192.168.1.20"\nport = 9001\npassword = "hush"\n[games.f1]\nenabled = false\n'
    )
    games = load(told(tmp_path)).games_to_hear()
    assert games["bee"] == GameSettings(True, 9001, "192.168.1.20", "hush")
    assert games["f1"] == GameSettings(False, 20777)
    assert set(games) == set(GAMES), "what is not spoken of is there with its defaults"


@pytest.mark.parametrize(
    ("file", "variable", "port"),
    [
        ("", {}, 20777),
        ("telemetry_port = 20888", {}, 20888),
        ("[games.f1]\nport = 20999", {}, 20999),
        ("telemetry_port = 20888\n[games.f1]\nport = 20999", {}, 20999),
        ("[games.f1]\nenabled = true", {"RACEOVERLAY_TELEMETRY_PORT": "21000"}, 21000),
        ("[games.f1]\nport = 20999", {"RACEOVERLAY_TELEMETRY_PORT": "21000"}, 21000),
    ],
)
def test_the_telemetry_port_is_that_of_f1(tmp_path: Path, file: str, variable: dict[str, str], port: int) -> None:
    (tmp_path / "client.toml").write_text(file)
    settings = load(told(tmp_path, **variable))
    assert settings.telemetry_port == port
    assert settings.games_to_hear()["f1"].port == port


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[games.f1]\nport = 0", "`games.f1.port` in .*client.toml must be a port from 1 to 65535."),
        ('[games.f1]\nport = "usual"', "`games.f1.port` in .*client.toml must be a port from 1 to 65535."),
        ("[games.f1]\nenabled = 7", "`games.f1.enabled` in .*client.toml must be true or false."),
        ("[games.f1]\nhost = 7", "`games.f1.host` in .*client.toml must be the name or address of the computer"),
        ("[games.f1]\npassword = [1]", "`games.f1.password` in .*client.toml must be text."),
        (
            "[games.f1]\nhots = 1",
            "`games.f1.hots` in .*toml is not a game's setting; there are enabled, host",
        ),
        ("[games.pong]\nport = 1", "`games.pong` in .*client.toml is not a game; there are .*f1"),
        ("games = 1", "`games` in .*client.toml must be a table for each game, such as"),
        ("[games]\nf1 = 20777", "`games.f1` in .*client.toml must be a table: .games.f1."),
    ],
)
def test_what_is_wrong_about_a_game_names_the_field_and_the_file(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "client.toml").write_text(text)
    with pytest.raises(WrongSetting, match=words):
        load(told(tmp_path))


def test_the_password_is_not_shown(tmp_path: Path) -> None:
    settings = load(told(tmp_path, RACEOVERLAY_PASSWORD="hush"))
    assert settings.password == "hush"
    assert "hush" not in repr(settings)
