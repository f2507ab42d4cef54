"""What the client is told: a file that a human can read, and the environment, which wins."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import platformdirs

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
}


class WrongSetting(Exception):
    """A value that cannot be used; the message is one sentence that names it."""


class ClientSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state` is the folder for everything the client keeps. Without a `gateway` it works offline and stays silent.

    `email` and `password` sign in at the start, for demonstrations; a driver signs in once in a window instead.
    """

    state: Path
    gateway: Annotated[str, msgspec.Meta(pattern=r"^(https://\S+)?$")] = ""
    ca: Path | None = None
    email: str = ""
    password: str = ""
    telemetry_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 20777
    clock_hz: Literal[15, 20, 30, 60] = 30
    upload_maps: bool = True

    def __repr__(self) -> str:
        return f"ClientSettings(state={self.state}, gateway={self.gateway!r})"  # never the password


FIELDS: Final = {field.name: field.type for field in msgspec.structs.fields(ClientSettings) if field.name != "state"}


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
    values = dict(_understood(source, name, value) for source, (name, value) in told.items())
    return ClientSettings(**{**values, "state": state.absolute()})


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongSetting(f"{file} cannot be read: {error}.") from None


def _understood(source: str, name: str, value: object) -> tuple[str, Any]:
    field = FIELDS.get(name)
    if field is None:
        raise WrongSetting(f"{source} is not a setting; there are {', '.join(sorted(FIELDS))}.")
    try:
        return name, msgspec.convert(value, field, strict=False, dec_hook=lambda kind, text: kind(text))
    except (msgspec.ValidationError, TypeError):
        raise WrongSetting(f"{source} must be {MUST_BE[name]}.") from None
