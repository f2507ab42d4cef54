"""Writing what the driver says about games into `client.toml`, and leaving everything else in it as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from desktop_client.files import write_atomically
from desktop_client.settings import FILE_NAME
from desktop_client.telemetry.source import GameSettings

HEADER: Final = re.compile(r"^\s*\[\[?\s*([^\]\s.]+)[^\]]*\]")


class CannotKeep(Exception):
    """The file is one that is better changed by hand; the message is one sentence."""


def keep_games(state: Path, games: Mapping[str, GameSettings]) -> None:
    """Write the games into the settings file of the folder `state`.

    Raises:
        CannotKeep: the file cannot be read or written, or says its games in a way that this does not understand.
    """
    file = state / FILE_NAME
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        write_atomically(file, with_games(before, games).encode())
    except (OSError, UnicodeDecodeError) as error:
        raise CannotKeep(f"{file} cannot be changed: {getattr(error, 'strerror', None) or error}.") from None
    except tomllib.TOMLDecodeError:
        raise CannotKeep(f"{file} is written in a way of its own; change its games by hand.") from None


def with_games(text: str, games: Mapping[str, GameSettings]) -> str:
    """The file's text with these games instead of its own; one of which nothing is said is left out.

    Raises TOMLDecodeError where the text would not mean exactly that afterwards.
    """
    said = {game: told for game, settings in games.items() if (told := _told(settings))}
    tables = [
        f"[games.{game}]\n" + "".join(f"{k} = {_value(v)}\n" for k, v in told.items()) for game, told in said.items()
    ]
    rest = _without_games(text).rstrip()
    after = "\n".join([*([rest + "\n"] if rest else []), *tables])
    wanted = {**tomllib.loads(text), "games": said}
    if tomllib.loads(after).get("games", {}) != said or {**tomllib.loads(after), "games": said} != wanted:
        raise tomllib.TOMLDecodeError("the games are not in tables of their own")
    return after


def _told(settings: GameSettings) -> dict[str, Any]:
    """The fields that are not as usual."""
    usual = GameSettings()
    return {
        name: value
        for name, value in msgspec.structs.asdict(settings).items()
        if value is not None and value != getattr(usual, name)
    }


def _without_games(text: str) -> str:
    """The lines outside of the tables of games. Comments right above another table stay with it."""
    kept: list[str] = []
    above: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        header = HEADER.match(line)
        if header is not None:
            inside = header[1].strip("\"'") == "games"
            kept += [] if inside else above
            above = []
        if not inside:
            kept.append(line)
        elif not line.strip() or line.lstrip().startswith("#"):
            above.append(line)
        else:
            above = []
    return "".join(kept)


def _value(value: bool | int | str) -> str:
    """As TOML writes it; of its strings JSON's are a part."""
    return json.dumps(value, ensure_ascii=False)
