"""Writing into `client.toml` whether the driver shares laps, and leaving everything else in it as it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from desktop_client.files import write_atomically
from desktop_client.games_file import HEADER, CannotKeep
from desktop_client.settings import FILE_NAME

NAME: Final = "upload_maps"
SAID: Final = re.compile(rf"^\s*{NAME}\s*=")


def keep_sharing(state: Path, on: bool) -> None:
    """Write it into the settings file of the folder `state`.

    Raises:
        CannotKeep: the file cannot be read or written, or is written in a way that this does not understand.
    """
    file = state / FILE_NAME
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        write_atomically(file, with_sharing(before, on).encode())
    except (OSError, UnicodeDecodeError) as error:
        raise CannotKeep(f"{file} cannot be changed: {getattr(error, 'strerror', None) or error}.") from None
    except tomllib.TOMLDecodeError:
        raise CannotKeep(f"{file} is written in a way of its own; change `{NAME}` in it by hand.") from None


def with_sharing(text: str, on: bool) -> str:
    """The file's text with this said in it, before its first table.

    Raises TOMLDecodeError where the text would not mean exactly that afterwards.
    """
    lines = text.splitlines(keepends=True)
    first_table = next((number for number, line in enumerate(lines) if HEADER.match(line)), len(lines))
    told = f"{NAME} = {'true' if on else 'false'}\n"
    said = next((number for number, line in enumerate(lines[:first_table]) if SAID.match(line)), None)
    if said is not None:
        lines[said] = told
    else:
        keys = [number for number, line in enumerate(lines[:first_table]) if line.strip() and line.lstrip()[0] != "#"]
        after = keys[-1] + 1 if keys else 0
        if after and not lines[after - 1].endswith("\n"):
            lines[after - 1] += "\n"
        lines.insert(after, told)
    changed = "".join(lines)
    if tomllib.loads(changed) != {**tomllib.loads(text), NAME: on}:
        raise tomllib.TOMLDecodeError(f"{NAME} is not in a line of its own")
    return changed
