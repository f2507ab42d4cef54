"""Taking laps in, and telling how they stand."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from uuid import UUID

from msgspec import structs

from chassis.bodies import Sealed
from chassis.database import Database
from contracts.event import new_id
from contracts.problem import Unauthenticated, Unavailable
from contracts.tracks import Upload, UploadStatus
from services.tracks.domain.uploads import (
    MAX_WAITING_UPLOADS,
    IdempotencyKeyReused,
    TooManyUploadsWaiting,
    UploadUnknown,
    check_form,
    encoded,
    fingerprint,
)
from services.tracks.objects import Objects
from services.tracks.store.uploads import EarlierUpload, UploadStore
from services.tracks.waiting_room import WaitingRoom

OTHER_REPLICAS_POLL_S = 0.5


class Reception:
    def __init__(self, database: Database, objects: Objects, room: WaitingRoom) -> None:
        self._database = database
        self._objects = objects
        self._room = room
        # One after the other: 5 MB of points are 40 MB for as long as they are looked at.
        self._opening = asyncio.Lock()

    async def receive(self, sealed: Sealed[Upload], user_id: UUID, key: str | None) -> UUID:
        """Store a lap and announce it; the same key and body give the same upload again, whoever came first.

        Raises:
            InvalidRequest, BadRequest: no lap can have that form.
            IdempotencyKeyReused: the key stands for another body.
            Unauthenticated: this driver was erased, although their token still lives.
            TooManyUploadsWaiting: this driver's earlier laps must be judged first.
            Unavailable: storage or database is away; nothing happened.
        """
        async with self._opening:
            upload, document, mark = await asyncio.to_thread(_opened, sealed)
        async with self._database.transaction() as tx:
            uploads = UploadStore(tx)
            _stays(await uploads.is_forgotten(user_id))
            earlier = await uploads.under_key(user_id, key) if key else None
            waiting = await uploads.waiting_of(user_id)
        if earlier:
            return _same(earlier, mark)
        if waiting >= MAX_WAITING_UPLOADS:
            raise TooManyUploadsWaiting(retry_after=5)
        upload_id = new_id()
        path = f"raw/{upload_id}.json.gz"
        # The object first: one without a row is harmless, a row without its object could never be judged.
        await self._objects.put(path, await asyncio.to_thread(gzip.compress, document, 6, mtime=0))
        async with self._database.transaction() as tx:
            uploads = UploadStore(tx)
            is_forgotten = await uploads.is_forgotten(user_id)
            if not is_forgotten and await uploads.receive(upload_id, user_id, upload, path, mark, key):
                return upload_id
            earlier = await uploads.under_key(user_id, key or "")
        with contextlib.suppress(Unavailable):
            await self._objects.delete(path)
        _stays(is_forgotten)
        if earlier is None:
            raise Unavailable("The upload under this key was removed at this very moment.")
        return _same(earlier, mark)

    async def status(self, upload_id: UUID, user_id: UUID) -> UploadStatus:
        """
        Raises:
            UploadUnknown: this driver has no such upload.
        """
        async with self._database.transaction() as tx:
            status = await UploadStore(tx).status_of(upload_id, user_id)
        if status is None:
            raise UploadUnknown
        return status

    async def verdict(self, upload_id: UUID, user_id: UUID, within_s: float) -> UploadStatus:
        """The verdict if it is reached within that time, else how the upload stands then."""
        loop = asyncio.get_running_loop()
        until = loop.time() + within_s
        with self._room.enter(upload_id) as called:
            status = await self.status(upload_id, user_id)
            while called and status.status == "received" and (left := until - loop.time()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(called.wait(), min(left, OTHER_REPLICAS_POLL_S))
                called.clear()
                status = await self.status(upload_id, user_id)
        return status


def _opened(sealed: Sealed[Upload]) -> tuple[Upload, bytes, bytes]:
    """What was said of the lap, without its points; the whole of it as it is stored; and its fingerprint.

    Raises:
        InvalidRequest, BadRequest: no lap can have that form.
    """
    upload = sealed.open()
    check_form(upload)
    document = encoded(upload)
    said = structs.replace(upload, points=(), flags=(), pit=None, other_cars=())
    return said, document, fingerprint(document)


def _stays(is_forgotten: bool) -> None:
    if is_forgotten:
        raise Unauthenticated("This account does not exist any more.")


def _same(earlier: EarlierUpload, mark: bytes) -> UUID:
    if earlier.fingerprint != mark:
        raise IdempotencyKeyReused
    return earlier.id
