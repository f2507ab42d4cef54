"""Laps on their way to the cloud: one file each, until the gateway has given a clear answer."""

from __future__ import annotations

import logging
from pathlib import Path
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


class UploadQueue:
    """A lap's id is its file's name, the order of the ids is the order of the laps, and the id is what makes sending
    it twice harmless (the `Idempotency-Key`)."""

    def __init__(self, folder: Path, most: int = MOST_WAITING) -> None:
        self._folder, self._most = folder, most

    def put(self, body: bytes) -> UUID:
        """Keep the lap, an `Upload` as JSON, until it is removed; with too many waiting the oldest is given up.

        Raises OSError.
        """
        lap_id = new_id()
        write_atomically(self._file(lap_id), body)
        for oldest in self.waiting()[: -self._most]:
            log.warning("lap %s is given up: %d newer ones wait", oldest, self._most)
            self.remove(oldest)
        return lap_id

    def waiting(self) -> list[UUID]:
        """The laps that wait, oldest first."""
        found: list[UUID] = []
        for file in self._folder.glob("*.json"):
            try:
                found.append(UUID(file.stem))
            except ValueError:
                log.warning("%s is none of ours", file)
        return sorted(found)

    def get(self, lap_id: UUID) -> tuple[WaitingLap, bytes] | None:
        """The lap, and the body to send it with; None, and it waits no longer, where its file is damaged."""
        try:
            body = self._file(lap_id).read_bytes()
            return msgspec.json.decode(body, type=WaitingLap), body
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("lap %s is given up: %s", lap_id, error)
            self.remove(lap_id)
            return None

    def remove(self, lap_id: UUID) -> None:
        self._file(lap_id).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a program that was killed in the middle of writing has left."""
        remove_drafts(self._folder)

    def _file(self, lap_id: UUID) -> Path:
        return self._folder / f"{lap_id}.json"
