"""Maps in other formats than their own: made beside the event loop, and kept while there is room for them.

Most are asked for once: the gateway keeps what it was given. What is kept here is for several gateways, and for those
who come right after one another.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict

from services.tracks.domain import document
from services.tracks.domain.formats import FORMATS, Name, tag
from services.tracks.objects import Objects
from services.tracks.store.maps import PublishedMap

MOST_BYTES_KEPT = 16 << 20  # under gzip a picture is 8 kB, a table 30, GeoJSON 50


class Renditions:
    def __init__(self, objects: Objects, most_bytes: int = MOST_BYTES_KEPT) -> None:
        self._objects = objects
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._one_at_a_time = asyncio.Lock()  # 20 ms of work: a queue is fairer than threads that starve the loop

    async def of(self, found: PublishedMap, name: Name) -> bytes:
        """The map in that format, under gzip.

        Raises:
            ObjectMissing: storage has lost its document.
            Unavailable: storage does not answer.
        """
        if FORMATS[name].made is None:
            return await self._objects.get(found.storage_path)
        key = tag(found.etag, name)
        if key not in self._kept:
            stored = await self._objects.get(found.storage_path)
            async with self._one_at_a_time:
                if key not in self._kept:  # whoever waited for the same one finds it
                    self._keep(key, await asyncio.to_thread(_made, stored, name))
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: str, made: bytes) -> None:
        self._kept[key] = made
        self._bytes += len(made)
        while self._bytes > self._most_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest)


def _made(stored: bytes, name: Name) -> bytes:
    make = FORMATS[name].made
    assert make is not None
    return gzip.compress(make(document.read(stored)), 6, mtime=0)
