"""Sending laps: each until the gateway has said something clear about it, however often the network goes away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from contracts.tracks import TrackRejected, UploadStatus
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused
from desktop_client.lap_upload import as_upload
from desktop_client.patience import Pauses
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import NotSignedIn, Session
from desktop_client.upload_queue import UploadQueue

log = logging.getLogger(__name__)

WAIT_FOR_VERDICT_S: Final = 10
UPLOAD_TIMEOUT_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 25_000  # a large lap takes longer, and is not begun anew for that
WORTH_WAITING: Final = frozenset({401, 408, 409, 425, 429})  # and all that is not a 4xx

Track = tuple[str, str | None]


class CannotKeepLap(Exception):
    """The lap cannot be kept on this computer; the message is a sentence."""


class Lap(NamedTuple):
    """A lap under the id that it was kept and sent with. `track` is None until its file was looked at."""

    id: UUID
    track: Track | None = None


class LapDelivery:
    """`judged(lap, status)` is called once for every lap: with the cloud's verdict, or a sentence on why there is none.

    While laps are not shared they stay where they are.
    """

    def __init__(
        self,
        queue: UploadQueue,
        cloud: tuple[Gateway, Session] | None,
        judged: Callable[[Lap, UploadStatus | str], object],
        *,
        shares: bool = True,
        first_pause_s: float = 2.0,
    ) -> None:
        self._queue, self._cloud, self._judged = queue, cloud, judged
        self._shares = shares
        self._pauses = Pauses(first_pause_s, 300.0)
        self._now = asyncio.Event()
        self._now.set()  # laps of an earlier run may be waiting
        self._waiting: dict[UUID, Lap] = {}
        self._unjudged: dict[UUID, Lap] = {}  # by upload id, laps that the cloud has and ponders

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def has(self, track: tuple[str, str] | None) -> bool:
        """Whether a lap of that track is on its way or being judged."""
        return track is not None and any(lap.track == track for lap in self._pending())

    def has_any_of(self, laps: set[UUID]) -> bool:
        """Whether one of these laps is on its way or being judged."""
        return any(lap.id in laps for lap in self._pending())

    async def put(self, lap: CapturedLap) -> UUID:
        """Keep the lap, and send it when that is possible. Raises CannotKeepLap."""
        try:
            written = await asyncio.to_thread(as_upload, lap)
            lap_id = await asyncio.to_thread(self._queue.put, written.body)
        except msgspec.ValidationError as error:
            raise CannotKeepLap(f"The lap is none that could be sent: {error}.") from error
        except OSError as error:
            raise CannotKeepLap(f"The lap cannot be kept on this computer: {error.strerror or error}.") from error
        self._waiting[lap_id] = Lap(lap_id, (written.game, written.track_id))
        self.wake()
        return lap_id

    def share(self, on: bool) -> None:
        """Whether laps are sent from now on."""
        self._shares = on
        self.wake()

    async def discard(self) -> None:
        """Delete every lap that waits here."""
        for lap_id in await asyncio.to_thread(self._queue.waiting):
            await self._done(lap_id)

    def wake(self) -> None:
        self._pauses.reset()
        self._now.set()

    def rejected(self, event: TrackRejected) -> None:
        """The verdict on one of our laps came as an event."""
        self._settle(event.upload_id, UploadStatus(event.upload_id, "rejected", event.reasons))

    async def count(self) -> None:
        """See which laps of an earlier run wait."""
        await asyncio.to_thread(self._queue.tidy)
        for lap_id in await asyncio.to_thread(self._queue.waiting):
            self._waiting.setdefault(lap_id, Lap(lap_id))

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
                    async with asyncio.timeout(self._pauses.next(at_least_s=wish)):
                        await self._now.wait()

    def _pending(self) -> tuple[Lap, ...]:
        return (*self._waiting.values(), *self._unjudged.values())

    async def _send_all(self) -> float | None:
        """None when nothing is left that could be sent now, else how long to wait at least, in seconds."""
        if self._cloud is None:
            return None
        gateway, session = self._cloud
        try:
            for lap_id in await asyncio.to_thread(self._queue.waiting):
                if not self._shares:
                    break
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
        found = await asyncio.to_thread(self._queue.get, lap_id)
        if found is None:
            if self._waiting.pop(lap_id, None) is not None:
                self._judged(Lap(lap_id), "The lap's file was damaged.")
            return
        kept, body = found
        lap = self._waiting[lap_id] = Lap(lap_id, (kept.game, kept.track_id))
        try:
            status = await session.authorised(lambda token: self._post(gateway, token, lap_id, body))
        except GatewayRefused as refusal:
            if refusal.status in WORTH_WAITING or refusal.status >= 500:
                raise
            await self._done(lap_id)
            self._judged(lap, refusal.sentence)
            return
        if status.status == "received":
            self._unjudged[status.upload_id] = lap
        await self._done(lap_id)
        if status.status != "received":
            self._judged(lap, status)

    async def _post(self, gateway: Gateway, token: str, lap_id: UUID, body: bytes) -> UploadStatus:
        return await gateway.call(
            "POST",
            "/tracks/upload",
            UploadStatus,
            body=msgspec.Raw(body),
            token=token,
            headers={"idempotency-key": str(lap_id), "prefer": f"wait={WAIT_FOR_VERDICT_S}"},
            idempotent=True,
            timeout_s=UPLOAD_TIMEOUT_S + len(body) / SLOWEST_BYTES_PER_S,
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
        lap = self._unjudged.pop(upload_id, None)
        if lap is not None:
            self._judged(lap, status)

    async def _done(self, lap_id: UUID) -> None:
        await asyncio.to_thread(self._queue.remove, lap_id)
        self._waiting.pop(lap_id, None)
