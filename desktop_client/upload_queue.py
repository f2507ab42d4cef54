"""Laps on their way to the cloud: one file each, until the gateway has given a clear answer."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np

from contracts.event import new_id
from contracts.tracks import Title, Upload
from desktop_client.files import write_atomically
from desktop_client.race.recorded_lap import CapturedLap

log = logging.getLogger(__name__)

MOST_WAITING = 20


class UploadQueue:
    """A lap's id is its file's name, the order of the ids is the order of the laps, and the id is what makes sending
    it twice harmless (the `Idempotency-Key`)."""

    def __init__(self, folder: Path, most: int = MOST_WAITING) -> None:
        self._folder, self._most = folder, most

    def put(self, upload: Upload) -> UUID:
        """Keep the lap until it is removed; with too many waiting the oldest is given up. Raises OSError."""
        lap_id = new_id()
        write_atomically(self._file(lap_id), msgspec.json.encode(upload))
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

    def get(self, lap_id: UUID) -> Upload | None:
        """The lap; None, and it waits no longer, where its file is damaged."""
        try:
            return msgspec.json.decode(self._file(lap_id).read_bytes(), type=Upload)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("lap %s is given up: %s", lap_id, error)
            self.remove(lap_id)
            return None

    def remove(self, lap_id: UUID) -> None:
        self._file(lap_id).unlink(missing_ok=True)

    def _file(self, lap_id: UUID) -> Path:
        return self._folder / f"{lap_id}.json"


def as_upload(lap: CapturedLap) -> Upload:
    """The lap in the form of the contract, to the centimetre; without heights where the game does not say them.

    Raises:
        msgspec.ValidationError: the game's ids or the lap's measures are not what the contract takes.
    """
    columns = 3 if np.isfinite(lap.points[:, 2]).all() else 2
    told = {
        "game": lap.game,
        "track_id": lap.track_id,
        "track_name": _title(lap.track_name),
        "lap_valid": True,
        "points": np.round(lap.points[:, :columns], 2).tolist(),
        "handedness": "right",
        "rate_hz": round(lap.rate_hz, 3),
        "lap_time_s": round(lap.lap_time_s, 3),
        "flags": lap.flags.tolist(),
    }
    return msgspec.convert(told, Upload)


def _title(name: str | None) -> Title | None:
    return (name or "").strip()[:96] or None
