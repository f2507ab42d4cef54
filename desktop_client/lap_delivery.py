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
from desktop_client.breakable import Breakable
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused
from desktop_client.lap_upload import as_upload
from desktop_client.patience import Pauses
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import NotSignedIn, Session
from desktop_client.upload_queue import DamagedLap, UploadQueue

log = logging.getLogger(__name__)

WAIT_FOR_VERDICT_S: Final = 10
UPLOAD_TIMEOUT_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 25_000  # a large lap takes longer, and is not begun anew for that
OF_THE_LAP_ITSELF: Final = frozenset({400, 413, 415, 422})  # any other refusal may be another one tomorrow
KEY_IS_TAKEN: Final = "idempotency_key_reused"

Track = tuple[str, str | None]


class CannotKeepLap(Exception):
    """The lap cannot be kept on this computer; the message is a sentence."""


class Lap(NamedTuple):
    """A lap under the id that it was kept and sent with. `track` is None until its file was looked at, `driver` until
    it is sent."""

    id: UUID
    track: Track | None = None
    driver: UUID | None = None


class LapDelivery:
    """`judged(lap, status)` is called once for every lap: with the cloud's verdict, or a sentence on why there is none;
    `counted` when it may be other laps that wait.

    While laps are not shared they stay where they are, and so do those of another driver than is signed in.
    """

    def __init__(
        self,
        queue: UploadQueue,
        cloud: tuple[Gateway, Session] | None,
        judged: Callable[[Lap, UploadStatus | str], object],
        counted: Callable[[], object],
        *,
        shares: bool = True,
        first_pause_s: float = 2.0,
    ) -> None:
        self._queue, self._cloud, self._judged, self._counted = queue, cloud, judged, counted
        self._shares = shares
        self._pauses = Pauses(first_pause_s, 300.0)
        self._now = asyncio.Event()
        self._now.set()  # laps of an earlier run may be waiting
        self._waiting: dict[UUID, Lap] = {}
        self._unjudged: dict[UUID, Lap] = {}  # by upload id, laps that the cloud has and ponders
        self._answered: set[UUID] = set()  # laps whose files could not be removed yet
        self._one_listing = asyncio.Lock()  # what is being deleted must not be found waiting
        self._sending = Breakable()

    @property
    def driver(self) -> UUID | None:
        """Who is signed in, as far as is known."""
        user = self._cloud[1].state.user if self._cloud is not None else None
        return None if user is None else user.id

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
        driver = self.driver
        try:
            written = await asyncio.to_thread(as_upload, lap)
            lap_id = await asyncio.to_thread(self._queue.put, written.body, driver)
        except msgspec.ValidationError as error:
            raise CannotKeepLap(f"The lap is none that could be sent: {error}.") from error
        except OSError as error:
            raise CannotKeepLap(f"The lap cannot be kept on this computer: {error.strerror or error}.") from error
        self._waiting[lap_id] = Lap(lap_id, (written.game, written.track_id))
        self.wake()
        return lap_id

    def share(self, on: bool) -> None:
        """Whether laps are sent from now on; the one that is being sent goes no further."""
        self._shares = on
        if not on:
            self._sending.break_off()
        self.wake()

    async def discard(self) -> None:
        """Delete every lap that waits here; one that is being sent may have arrived already. Raises OSError."""
        self._sending.break_off()
        async with self._one_listing:
            for lap_id in await asyncio.to_thread(self._queue.waiting, self.driver):
                await asyncio.to_thread(self._queue.remove, lap_id)
                self._waiting.pop(lap_id, None)

    def wake(self) -> None:
        self._pauses.reset()
        self._now.set()

    def rejected(self, event: TrackRejected) -> None:
        """There is a verdict on one of our laps; the event does not say all of it."""
        if event.upload_id in self._unjudged:
            self.wake()

    async def count(self) -> None:
        """See which laps of an earlier run wait."""
        await asyncio.to_thread(self._queue.tidy)
        await self._listed(self.driver)

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

    async def _listed(self, driver: UUID | None) -> list[UUID]:
        """The laps that wait; what is remembered of them becomes what is there: another program may send them, too."""
        async with self._one_listing:
            before = set(self._waiting)
            listed = await asyncio.to_thread(self._queue.waiting, driver)
            for gone in before.difference(listed):
                self._waiting.pop(gone, None)
            for lap_id in listed:
                if lap_id not in self._answered:
                    self._waiting.setdefault(lap_id, Lap(lap_id))
        self._counted()
        return listed

    async def _send_all(self) -> float | None:
        """None when nothing is left that could be sent now, else how long to wait at least, in seconds."""
        if self._cloud is None:
            return None
        gateway, session = self._cloud
        again: float | None = None
        try:
            driver = self.driver
            for lap_id in await self._listed(driver):
                if not self._shares:
                    break
                try:
                    await self._send(gateway, session, driver, lap_id)
                except OSError as error:  # another program may have the file open, such as one that looks for viruses
                    log.warning("lap %s has to wait: %s", lap_id, error)
                    again = 0.0
                except GatewayRefused as refusal:
                    if refusal.status != 500:
                        raise
                    log.warning("lap %s has to wait: %s", lap_id, refusal.sentence)  # it fails at this one
                    again = 0.0
            for upload_id, lap in tuple(self._unjudged.items()):
                if lap.driver != driver:
                    del self._unjudged[upload_id]  # nobody who could ask for it is signed in
                    continue
                await self._ask(gateway, session, upload_id)
        except NotSignedIn:
            return None
        except GatewayRefused as refusal:
            log.info("laps wait: %s", refusal.sentence)
            return float(refusal.retry_after or 0)
        except GatewayFailure as failure:
            log.info("laps wait: %s", failure.sentence)
            return 0.0
        return 0.0 if self._unjudged else again

    async def _send(self, gateway: Gateway, session: Session, driver: UUID | None, lap_id: UUID) -> None:
        if lap_id in self._answered:
            await self._done(lap_id)
            return
        try:
            found = await asyncio.to_thread(self._queue.get, lap_id)
        except DamagedLap as damage:
            log.warning("lap %s is given up: %s", lap_id, damage)
            self._waiting.pop(lap_id, None)
            self._judged(Lap(lap_id), "The lap's file was damaged.")
            return
        if found is None or lap_id not in self._waiting:  # deleted just now, or sent by another program
            self._waiting.pop(lap_id, None)
            return
        if not self._shares:
            return
        kept, body = found
        lap = self._waiting[lap_id] = Lap(lap_id, (kept.game, kept.track_id), driver)
        try:
            async with self._sending.work():
                status = await session.authorised(lambda token: self._post(gateway, token, lap, body))
        except TimeoutError:
            return  # it is not to be sent any more
        except GatewayRefused as refusal:
            if refusal.status not in OF_THE_LAP_ITSELF and refusal.code != KEY_IS_TAKEN:
                raise
            await self._done(lap_id)
            self._judged(lap, refusal.sentence)
            return
        if status.status == "received":
            self._unjudged[status.upload_id] = lap
        await self._done(lap_id)
        if status.status != "received":
            self._judged(lap, status)

    async def _post(self, gateway: Gateway, token: str, lap: Lap, body: bytes) -> UploadStatus:
        if lap.driver != self.driver:
            raise NotSignedIn("Somebody else is signed in by now.")
        return await gateway.call(
            "POST",
            "/tracks/upload",
            UploadStatus,
            body=msgspec.Raw(body),
            token=token,
            headers={"idempotency-key": str(lap.id), "prefer": f"wait={WAIT_FOR_VERDICT_S}"},
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
        """The cloud has answered, and the lap waits no longer. A file that cannot be removed is removed later."""
        try:
            await asyncio.to_thread(self._queue.remove, lap_id)
        except OSError as error:
            log.warning("lap %s cannot be removed: %s", lap_id, error)
            self._answered.add(lap_id)
        else:
            self._answered.discard(lap_id)
        self._waiting.pop(lap_id, None)
