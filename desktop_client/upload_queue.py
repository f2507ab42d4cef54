"""Laps on their way to the cloud: one file each, until the gateway has given a clear answer."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.event import new_id
from contracts.tracks import Slug
from desktop_client.files import remove_drafts, write_atomically

log = logging.getLogger(__name__)

MOST_WAITING = 20


class WaitingLap(msgspec.Struct, frozen=True):
    """What is read of a lap that was kept, by this version or an older one; the gateway judges the rest."""

    game: Slug
    points: msgspec.Raw
    track_id: Slug | None = None


class DamagedLap(Exception):
    """What was kept of a lap cannot be read any more; it has been given up."""


class _File(NamedTuple):
    lap_id: UUID
    driver: UUID | None
    path: Path


class UploadQueue:
    """The order of the laps' ids is the order of the laps, and its id is what makes sending one twice harmless (the
    `Idempotency-Key`).

    A file's name is the lap's id, and that of the driver who was signed in: a lap that is sent as somebody else's
    could count as the word of two drivers.
    """

    def __init__(self, folder: Path, most: int = MOST_WAITING) -> None:
        self._folder, self._most = folder, most

    def put(self, body: bytes, driver: UUID | None = None) -> UUID:
        """Keep the lap, an `Upload` as JSON, until it is removed; with too many waiting the oldest is given up.

        Raises OSError.
        """
        lap_id = new_id()
        name = f"{lap_id}.json" if driver is None else f"{lap_id}~{driver}.json"
        write_atomically(self._folder / name, body)
        for oldest in self._files()[: -self._most]:
            log.warning("lap %s is given up: %d newer ones wait", oldest.lap_id, self._most)
            oldest.path.unlink(missing_ok=True)
        return lap_id

    def waiting(self, driver: UUID | None = None) -> list[UUID]:
        """The laps that wait, oldest first: those of this driver and of nobody; without a driver all there are."""
        return [file.lap_id for file in self._files() if driver is None or file.driver in (None, driver)]

    def get(self, lap_id: UUID) -> tuple[WaitingLap, bytes] | None:
        """The lap, and the body to send it with; None where it waits no longer.

        Raises OSError; DamagedLap, and it waits no longer.
        """
        path = self._path(lap_id)
        try:
            body = path.read_bytes()
            return msgspec.json.decode(body, type=WaitingLap), body
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            self.remove(lap_id)
            raise DamagedLap(f"{path}: {error}") from error

    def remove(self, lap_id: UUID) -> None:
        """Raises OSError."""
        self._path(lap_id).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a program that was killed in the middle of writing has left."""
        remove_drafts(self._folder)

    def _path(self, lap_id: UUID) -> Path:
        return next((file.path for file in self._files() if file.lap_id == lap_id), self._folder / f"{lap_id}.json")

    def _files(self) -> list[_File]:
        found: list[_File] = []
        for path in self._folder.glob("*.json"):
            lap_id, _, driver = path.stem.partition("~")
            try:
                found.append(_File(UUID(lap_id), UUID(driver) if driver else None, path))
            except ValueError:
                log.warning("%s is none of ours", path)
        return sorted(found, key=lambda file: file.lap_id)
