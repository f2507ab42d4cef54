"""How many laps each driver has given to each map: a map counts so many of one driver, and more are not sent."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from desktop_client.files import write_atomically

log = logging.getLogger(__name__)

FILE_NAME: Final = "given_laps.json"
MOST_KEPT: Final = 2000  # the map that was given to longest ago is forgotten first


class GivenLaps:
    """`load` and `save` read and write a file, and are for a thread; nothing is lost that matters if they cannot."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME
        self._counts: dict[str, int] = {}
        self.is_saved = True

    def load(self) -> None:
        """Read what was saved; of a file that makes no sense nothing is believed."""
        try:
            self._counts = msgspec.json.decode(self._file.read_bytes(), type=dict[str, int]) | self._counts
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s is not used: %s", self._file, error)

    def save(self) -> None:
        self.is_saved = True
        try:
            write_atomically(self._file, msgspec.json.encode(dict(self._counts)))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._file, error)

    def count(self, driver: str, game: str, layout: str) -> int:
        return self._counts.get(_key(driver, game, layout), 0)

    def add(self, driver: str, game: str, layout: str) -> None:
        """One more lap that counted."""
        key = _key(driver, game, layout)
        self._counts[key] = self._counts.pop(key, 0) + 1  # it goes to the end: the first one is the oldest
        while len(self._counts) > MOST_KEPT:
            del self._counts[next(iter(self._counts))]
        self.is_saved = False


def _key(driver: str, game: str, layout: str) -> str:
    return f"{driver}/{game}/{layout}"
