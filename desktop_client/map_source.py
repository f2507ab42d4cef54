"""Where maps come from: the shelf on this computer, and the gateway, whose answers are believed if they make sense."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from contracts.tracks import TrackMap
from desktop_client.gateway import Gateway, GatewayFailure, GatewayUnreachable
from desktop_client.map_shelf import LARGEST_BYTES, KeptMap, MapShelf
from desktop_client.race.sound_map import objection
from desktop_client.session import NotSignedIn, Session

log = logging.getLogger(__name__)

Track = tuple[str, str]


class UnusableMap(GatewayFailure):
    """The gateway gave a map that cannot be used; asking again would bring the same."""


class MapSource:
    """Files are read and written in threads. Without a cloud nobody is signed in."""

    def __init__(self, shelf: MapShelf, cloud: tuple[Gateway, Session] | None) -> None:
        self._shelf, self._cloud = shelf, cloud

    async def kept(self, track: Track) -> KeptMap | None:
        return await asyncio.to_thread(self._shelf.get, *track)

    async def newer(self, track: Track, kept: KeptMap | None) -> KeptMap | None:
        """The map as it is now, put on the shelf; None while the one that is kept is still current.

        Raises:
            NotSignedIn, CannotKeep, GatewayRefused, GatewayUnreachable, UnusableMap.
        """
        if self._cloud is None:
            raise NotSignedIn("There is no cloud to ask.")
        gateway, session = self._cloud
        path, etag = "/tracks/{}/{}".format(*track), kept.etag if kept else None
        fetched = await session.authorised(lambda token: gateway.fetch(path, etag=etag, token=token))
        if fetched is None:
            return None
        new = KeptMap(fetched.etag, await asyncio.to_thread(_read, fetched.body, track))
        try:
            await asyncio.to_thread(self._shelf.put, new)
        except OSError as error:
            log.warning("the map of %s cannot be kept: %s", track, error)
        return new

    async def forget(self, track: Track) -> None:
        """There is no such map any more."""
        await asyncio.to_thread(self._shelf.remove, *track)


def _read(body: bytes, track: Track) -> TrackMap:
    if len(body) > LARGEST_BYTES:
        raise UnusableMap("The map is too large to be one.")
    try:
        track_map = msgspec.json.decode(body, type=TrackMap)
    except msgspec.DecodeError as error:
        raise GatewayUnreachable(f"The map makes no sense: {error}") from error
    if (wrong := objection(track_map)) is not None:
        raise UnusableMap(wrong)
    # A track that is the same road as another one is answered with that one's map, under the name asked for.
    return msgspec.structs.replace(track_map, game=track[0], track_id=track[1])
