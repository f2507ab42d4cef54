"""What the client is told: a file that a human can read, and the environment, which wins."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import platformdirs

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.source import GameSettings

FILE_NAME: Final = "client.toml"

ENVIRONMENT: Final = {
    "RACEOVERLAY_GATEWAY": "gateway",
    "RACEOVERLAY_CA": "ca",
    "RACEOVERLAY_EMAIL": "email",
    "RACEOVERLAY_PASSWORD": "password",
    "RACEOVERLAY_TELEMETRY_PORT": "telemetry_port",
    "RACEOVERLAY_CLOCK_HZ": "clock_hz",
    "RACEOVERLAY_UPLOAD_MAPS": "upload_maps",
}


MUST_BE: Final = {
    "gateway": "an address that begins with https://",
    "ca": "the path of a PEM file",
    "email": "text",
    "password": "text",
    "telemetry_port": "a port from 1 to 65535",
    "clock_hz": "15, 20, 30 or 60",
    "upload_maps": "true or false",
    "games": "a table for each game, such as [games.f1]",
}
MUST_BE_OF_A_GAME: Final = {
    "enabled": "true or false",
    "port": MUST_BE["telemetry_port"],
    "host": "the name or address of the computer or console that runs the game",
    "password": MUST_BE["password"],
}
FIRST_GAME: Final = "f1"


class WrongSetting(Exception):
    """A value that cannot be used; the message is one sentence that names it."""


class ClientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state` is the folder for everything the client keeps. Without a `gateway` it works offline and stays silent.

    `email` and `password` sign in at the start, for demonstrations; a driver signs in once in a window instead.
    `games` holds what is said about single games; see `games_to_hear` for all of them.
    """

    state: Path
    gateway: Annotated[str, msgspec.Meta(pattern=r"^(https://\S+)?$")] = ""
    ca: Path | None = None
    email: str = ""
    password: str = ""
    telemetry_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 20777
    clock_hz: Literal[15, 20, 30, 60] | None = None  # None: as is chosen in the settings window
    upload_maps: bool = True
    games: dict[str, GameSettings] = {}

    def __repr__(self) -> str:
        return f"ClientSettings(state={self.state}, gateway={self.gateway!r})"  # never the password

    def games_to_hear(self) -> dict[str, GameSettings]:
        """What holds for every game there is; `telemetry_port` is that of the first."""
        told = {game: self.games.get(game, GameSettings()) for game in GAMES}
        first = told[FIRST_GAME]
        return {**told, FIRST_GAME: msgspec.structs.replace(first, port=self.telemetry_port)}


FIELDS: Final = {field.name: field.type for field in msgspec.structs.fields(ClientSettings) if field.name != "state"}
FIELDS_OF_A_GAME: Final = {field.name: field.type for field in msgspec.structs.fields(GameSettings)}


def load(environment: Mapping[str, str] = os.environ) -> ClientSettings:
    """The settings of this driver: `client.toml` in the state folder, then the environment.

    Raises:
        WrongSetting: with one sentence naming the variable, or the field and its file.
    """
    chosen = environment.get("RACEOVERLAY_CLIENT_STATE")
    state = Path(chosen).expanduser() if chosen else platformdirs.user_data_path("RaceOverlay", appauthor=False)
    file = state.absolute() / FILE_NAME
    told = {f"`{name}` in {file}": (name, value) for name, value in _read(file).items()}
    told |= {variable: (name, value) for variable, name in ENVIRONMENT.items() if (value := environment.get(variable))}
    values = dict(_understood(source, name, value, file) for source, (name, value) in told.items())
    if (port := _port_of_first_game(values)) and "RACEOVERLAY_TELEMETRY_PORT" not in told:
        values["telemetry_port"] = port
    return ClientSettings(**{**values, "state": state.absolute()})


def _port_of_first_game(values: Mapping[str, Any]) -> int | None:
    """What its own table says, which is more particular than `telemetry_port` beside it."""
    games = values.get("games", {})
    return games[FIRST_GAME].port if FIRST_GAME in games else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSetting(f"{file} cannot be read: {error}.") from None


def _understood(source: str, name: str, value: object, file: Path) -> tuple[str, Any]:
    if name == "games":
        return name, _games(source, value, file)
    return name, _converted(source, name, value, FIELDS, MUST_BE, "a setting")


def _games(source: str, value: object, file: Path) -> dict[str, GameSettings]:
    if not isinstance(value, dict):
        raise WrongSetting(f"{source} must be {MUST_BE['games']}.")
    games: dict[str, GameSettings] = {}
    for game, table in value.items():
        if game not in GAMES:
            raise WrongSetting(f"`games.{game}` in {file} is not a game; there are {', '.join(sorted(GAMES))}.")
        if not isinstance(table, dict):
            raise WrongSetting(f"`games.{game}` in {file} must be a table: [games.{game}].")
        told = {
            name: _converted(
                f"`games.{game}.{name}` in {file}", name, said, FIELDS_OF_A_GAME, MUST_BE_OF_A_GAME, "a game's setting"
            )
            for name, said in table.items()
        }
        games[game] = GameSettings(**told)
    return games


def _converted(
    source: str, name: str, value: object, fields: Mapping[str, Any], must_be: Mapping[str, str], what: str
) -> Any:
    """The value of one field. Raises WrongSetting, which names `source`."""
    field = fields.get(name)
    if field is None:
        raise WrongSetting(f"{source} is not {what}; there are {', '.join(sorted(fields))}.")
    try:
        return msgspec.convert(value, field, strict=False, dec_hook=lambda kind, text: kind(text))
    except (msgspec.ValidationError, TypeError):
        raise WrongSetting(f"{source} must be {must_be[name]}.") from None
