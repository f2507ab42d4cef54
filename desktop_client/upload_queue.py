"""Laps on their way to the cloud: one file each, until the gateway has given a clear answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec

from contracts.event import new_id
from contracts.tracks import Slug, Upload
from desktop_client.files import remove_drafts, write_atomically

log = logging.getLogger(__name__)

MOST_WAITING = 20
PIECE = 500  # points that are written without a pause, in which the loop that paints would stand still


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

    def put(self, upload: Upload) -> UUID:
        """Keep the lap until it is removed; with too many waiting the oldest is given up. Raises OSError."""
        lap_id = new_id()
        write_atomically(self._file(lap_id), encoded(upload))
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


def encoded(upload: Upload) -> bytes:
    """The lap as JSON, written in small pieces: whoever writes in a thread does not stop the others meanwhile."""
    fields = (
        b"%b:%b" % (msgspec.json.encode(name), b"".join(_pieces(value)))
        for name in upload.__struct_fields__
        if (value := getattr(upload, name)) not in (None, ())
    )
    return b"{" + b",".join(fields) + b"}"


def _pieces(value: object) -> Iterator[bytes]:
    if not isinstance(value, tuple):
        yield msgspec.json.encode(value)
        return
    yield b"["
    for begin in range(0, len(value), PIECE):
        piece = value[begin : begin + PIECE]
        is_of_passages = isinstance(piece[0], tuple) and isinstance(piece[0][0], tuple)
        texts = (b"".join(_pieces(each)) for each in piece) if is_of_passages else (msgspec.json.encode(piece)[1:-1],)
        yield (b"," if begin else b"") + b",".join(texts)
    yield b"]"
