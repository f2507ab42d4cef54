"""Sending laps: each until the gateway has said something clear about it, however often the network goes away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final
from uuid import UUID

import msgspec

from contracts.tracks import TrackRejected, Upload, UploadStatus
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused
from desktop_client.patience import Pauses
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import NotSignedIn, Session
from desktop_client.upload_queue import UploadQueue, as_upload

log = logging.getLogger(__name__)

WAIT_FOR_VERDICT_S: Final = 10
UPLOAD_TIMEOUT_S: Final = 30.0
WORTH_WAITING: Final = frozenset({401, 408, 409, 425, 429})  # and all that is not a 4xx

Track = tuple[str, str]


class LapDelivery:
    """`judged(lap id, status)` is called once for every lap: with the cloud's verdict, or a sentence on why there
    is none."""

    def __init__(
        self,
        queue: UploadQueue,
        cloud: tuple[Gateway, Session] | None,
        judged: Callable[[UUID, UploadStatus | str], object],
        *,
        first_pause_s: float = 2.0,
    ) -> None:
        self._queue, self._cloud, self._judged = queue, cloud, judged
        self._pauses = Pauses(first_pause_s, 300.0)
        self._now = asyncio.Event()
        self._now.set()  # laps of an earlier run may be waiting
        self._tracks: dict[UUID, Track] = {}  # of the laps that wait, as far as they were looked at
        self._unjudged: dict[UUID, tuple[UUID, Track]] = {}  # upload id to lap id, of laps the cloud has and ponders

    @property
    def waiting(self) -> int:
        return len(self._tracks)

    def has(self, track: Track | None) -> bool:
        """Whether a lap of that track is on its way or being judged."""
        return track in self._tracks.values() or any(track == of for _, of in self._unjudged.values())

    async def put(self, lap: CapturedLap) -> None:
        try:
            upload = await asyncio.to_thread(as_upload, lap)
            lap_id = await asyncio.to_thread(self._queue.put, upload)
        except (msgspec.ValidationError, OSError) as error:
            log.warning("the lap cannot be kept: %s", error)
            return
        self._tracks[lap_id] = (upload.game, upload.track_id)
        self.wake()

    def wake(self) -> None:
        self._pauses.reset()
        self._now.set()

    def rejected(self, event: TrackRejected) -> None:
        """The verdict on one of our laps came as an event."""
        self._settle(event.upload_id, UploadStatus(event.upload_id, "rejected", event.reasons))

    async def run(self) -> None:
        """For ever: send what waits; after a failure again, with growing pauses."""
        while True:
            self._now.clear()
            wish = await self._send_all()
            if wish is None:
                self._pauses.reset()
                await self._now.wait()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._now.wait(), self._pauses.next(at_least_s=wish))

    async def _send_all(self) -> float | None:
        """None when nothing is left that could be sent now, else how long to wait at least, in seconds."""
        if self._cloud is None:
            return None
        gateway, session = self._cloud
        try:
            for lap_id in await asyncio.to_thread(self._queue.waiting):
                await self._send(gateway, session, lap_id)
            for upload_id in tuple(self._unjudged):
                await self._ask(gateway, session, upload_id)
        except NotSignedIn:
            return None
        except GatewayRefused as refusal:
            log.info("laps wait: %s", refusal.sentence)
            return float(refusal.retry_after or 0)
        except GatewayFailure as failure:
            log.info("laps wait: %s", failure.sentence)
            return 0.0
        return 0.0 if self._unjudged else None

    async def _send(self, gateway: Gateway, session: Session, lap_id: UUID) -> None:
        upload = await asyncio.to_thread(self._queue.get, lap_id)
        if upload is None:
            self._tracks.pop(lap_id, None)
            self._judged(lap_id, "The lap's file was damaged.")
            return
        track = self._tracks[lap_id] = (upload.game, upload.track_id)
        try:
            status = await session.authorised(lambda token: self._post(gateway, token, lap_id, upload))
        except GatewayRefused as refusal:
            if refusal.status in WORTH_WAITING or refusal.status >= 500:
                raise
            await self._done(lap_id)
            self._judged(lap_id, refusal.sentence)
            return
        await self._done(lap_id)
        if status.status == "received":
            self._unjudged[status.upload_id] = (lap_id, track)
        else:
            self._judged(lap_id, status)

    async def _post(self, gateway: Gateway, token: str, lap_id: UUID, upload: Upload) -> UploadStatus:
        return await gateway.call(
            "POST",
            "/tracks/upload",
            UploadStatus,
            body=upload,
            token=token,
            headers={"idempotency-key": str(lap_id), "prefer": f"wait={WAIT_FOR_VERDICT_S}"},
            idempotent=True,
            timeout_s=UPLOAD_TIMEOUT_S,
        )

    async def _ask(self, gateway: Gateway, session: Session, upload_id: UUID) -> None:
        try:
            status = await session.authorised(
                lambda token: gateway.call("GET", f"/tracks/uploads/{upload_id}", UploadStatus, token=token)
            )
        except GatewayRefused as refusal:
            if refusal.status != 404:
                raise
            status = UploadStatus(upload_id, "rejected")
        if status.status != "received":
            self._settle(upload_id, status)

    def _settle(self, upload_id: UUID, status: UploadStatus) -> None:
        known = self._unjudged.pop(upload_id, None)
        if known is not None:
            self._judged(known[0], status)

    async def _done(self, lap_id: UUID) -> None:
        await asyncio.to_thread(self._queue.remove, lap_id)
        self._tracks.pop(lap_id, None)
