"""Open a recording: is it one, and of which game?"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Final

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.game_file import GameFile
from desktop_client.telemetry.replay import NotATape, Recording
from desktop_client.telemetry.source import GameSettings

PACKETS_TO_TRY: Final = 500


class CannotReplay(Exception):
    """The file cannot be played; the message is a sentence."""


def open_recording(path: Path, game: str | None = None) -> tuple[Recording, str]:
    """The recording and the game it is of, which must be `game` unless that is None. Raises CannotReplay."""
    try:
        own = _file_of_a_game(path, game)
        if own is not None:
            return own
        recording = Recording(path)
    except FileNotFoundError as problem:
        raise CannotReplay(f"There is no file {path}.") from problem
    except OSError as problem:
        raise CannotReplay(f"{path} cannot be read: {problem.strerror}.") from problem
    except NotATape as problem:
        raise CannotReplay(str(problem)) from problem
    if recording.game in GAMES and game not in (None, recording.game):
        raise CannotReplay(f"{path} is a recording of {recording.game}, not of {game}.")
    found = game or game_of(recording)
    if found is None:
        raise CannotReplay(f"{path} is of no game that is known here.")
    return recording, found


def _file_of_a_game(path: Path, game: str | None) -> tuple[Recording, str] | None:
    """The file as a recording, where a game has written it itself. Raises OSError."""
    for key, known in GAMES.items():
        contents = known.contents_of(path) if known.contents_of is not None and game in (None, key) else None
        if contents is not None:
            return GameFile(path, key, contents), key
    return None


def game_of(recording: Recording) -> str | None:
    """The key of the game that the recording names, or whose adapter is the first to understand a packet of it."""
    if recording.game in GAMES:
        return recording.game
    sources = {key: game.make(GameSettings()) for key, game in GAMES.items()}
    for heard in islice(recording, PACKETS_TO_TRY):
        for key, source in sources.items():
            source.feed(heard.packet, heard.offset)
            if source.health.decoded:
                return key
    return None
