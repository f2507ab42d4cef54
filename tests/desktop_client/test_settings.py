from __future__ import annotations

from pathlib import Path

import pytest

from desktop_client.settings import WrongSetting, load


def told(state: Path, **environment: str) -> dict[str, str]:
    return {"RACEOVERLAY_CLIENT_STATE": str(state), **environment}


def test_with_nothing_said_the_client_works_offline(tmp_path: Path) -> None:
    settings = load(told(tmp_path))
    assert (settings.gateway, settings.telemetry_port, settings.clock_hz, settings.upload_maps) == ("", 20777, 30, True)
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


def test_the_password_is_not_shown(tmp_path: Path) -> None:
    settings = load(told(tmp_path, RACEOVERLAY_PASSWORD="hush"))
    assert settings.password == "hush"
    assert "hush" not in repr(settings)
