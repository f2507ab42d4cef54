"""Track maps kept on this computer: there at once, also without a network, and never trusted when damaged."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from contracts.tracks import TrackMap
from desktop_client.files import write_atomically

log = logging.getLogger(__name__)

MOST_KEPT = 300  # about 30 MB; the map that was put here longest ago goes first


class KeptMap(msgspec.Struct, frozen=True):
    """A map as the gateway gave it, and the version tag to ask with whether it is still current."""

    etag: str
    map: TrackMap


class MapShelf:
    """One file per track. Game and track ids are slugs of the contract, so they are safe as file names."""

    def __init__(self, folder: Path, most: int = MOST_KEPT) -> None:
        self._folder, self._most = folder, most

    def get(self, game: str, track_id: str) -> KeptMap | None:
        """The kept map of that track; None, and the file gone, where it cannot be read."""
        file = self._file(game, track_id)
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=KeptMap)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s is fetched anew: %s", file, error)
            file.unlink(missing_ok=True)
            return None
        # Some file systems take "Spa" and "spa" for one name.
        return kept if (kept.map.game, kept.map.track_id) == (game, track_id) else None

    def put(self, kept: KeptMap) -> None:
        """Keep the map in place of an older one. Raises OSError."""
        write_atomically(self._file(kept.map.game, kept.map.track_id), msgspec.json.encode(kept))
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[: -self._most]:
            file.unlink(missing_ok=True)

    def _file(self, game: str, track_id: str) -> Path:
        return self._folder / f"{game}~{track_id}.json"
