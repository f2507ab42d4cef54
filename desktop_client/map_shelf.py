"""Track maps kept on this computer: there at once, also without a network, and never trusted when damaged."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import msgspec

from contracts.tracks import TrackMap
from desktop_client.files import remove_drafts, write_atomically
from desktop_client.race.known_road import Road, Roads
from desktop_client.race.sound_map import objection
from desktop_client.race.track_shape import ground_of

log = logging.getLogger(__name__)

MOST_KEPT = 300  # about 30 MB; the map that was put here longest ago goes first
LARGEST_BYTES = 3_000_000  # ten times the Nordschleife; reading it stops everything else for some milliseconds


class KeptMap(msgspec.Struct, frozen=True):
    """A map as the gateway gave it, and the version tag to ask with whether it is still current."""

    etag: str
    map: TrackMap


class MapShelf:
    """One file per track. Game and track ids are slugs of the contract, so they are safe as file names.

    Everything here reads or writes files, and is for a thread.
    """

    def __init__(self, folder: Path, most: int = MOST_KEPT) -> None:
        self._folder, self._most = folder, most
        self._roads: tuple[object, Roads] = (None, Roads.of(()))

    def get(self, game: str, track_id: str) -> KeptMap | None:
        """The kept map of that track; None, and the file gone, where it cannot be read or makes no sense."""
        file = self._file(game, track_id)
        try:
            kept = _read(file)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s is fetched anew: %s", file, error)
            self.remove(game, track_id)
            return None
        # Some file systems take "Spa" and "spa" for one name.
        return kept if (kept.map.game, kept.map.track_id) == (game, track_id) else None

    def put(self, kept: KeptMap) -> None:
        """Keep the map in place of an older one. Raises OSError."""
        write_atomically(self._file(kept.map.game, kept.map.track_id), msgspec.json.encode(kept))
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[: -self._most]:
            file.unlink(missing_ok=True)

    def remove(self, game: str, track_id: str) -> None:
        """There is no such map any more. A file that cannot be removed is left."""
        try:
            self._file(game, track_id).unlink(missing_ok=True)
        except OSError as error:
            log.warning("the map of %s cannot be removed: %s", track_id, error)

    def roads(self, game: str) -> Roads:
        """The roads of a game that are on the shelf, one for each layout; read anew only when a file has changed."""
        files = sorted(self._folder.glob(f"{game}~*.json"))
        listing = (game, *((file, _changed_at(file)) for file in files))
        if listing != self._roads[0]:
            self._roads = (listing, Roads.of(_roads(files)))
        return self._roads[1]

    def tidy(self) -> None:
        """Remove what a program that was killed in the middle of writing has left."""
        remove_drafts(self._folder)

    def _file(self, game: str, track_id: str) -> Path:
        return self._folder / f"{game}~{track_id}.json"


def _changed_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0  # another program has removed it just now


def _roads(files: Iterable[Path]) -> list[Road]:
    """One for each layout, as its newest map has it."""
    found: dict[UUID, tuple[int, Road]] = {}
    for file in files:
        try:
            track_map = _read(file).map
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s is passed over: %s", file, error)
            continue
        if track_map.layout_id not in found or found[track_map.layout_id][0] < track_map.version:
            found[track_map.layout_id] = (track_map.version, Road(track_map.track_id, *ground_of(track_map)))
    return [road for _, road in found.values()]


def _read(file: Path) -> KeptMap:
    """Raises OSError, msgspec.DecodeError: also where the map is too large or makes no sense."""
    if file.stat().st_size > LARGEST_BYTES:
        raise msgspec.DecodeError("it is too large")
    kept = msgspec.json.decode(file.read_bytes(), type=KeptMap)
    if (wrong := objection(kept.map)) is not None:
        raise msgspec.DecodeError(wrong)
    return kept
