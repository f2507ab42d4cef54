"""A running tracks service, and short ways to ask it things."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid4

import aiohttp
import msgspec
import numpy as np
from issuer import Issuer
from laps import circuit, upload_of

from chassis.bodies import Sealed
from chassis.database import Database
from chassis.service import Service
from contracts.event import Event, subject_of
from contracts.tracks import TrackUploaded, Upload, UploadStatus
from services.tracks.forgetting import Forgetting
from services.tracks.judging import Judging
from services.tracks.library import Library
from services.tracks.objects import Objects
from services.tracks.reception import Reception
from services.tracks.settings import TracksSettings
from services.tracks.waiting_room import WaitingRoom

E = TypeVar("E", bound=Event)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict:
        return msgspec.json.decode(self.raw)

    @property
    def upload(self) -> UploadStatus:
        assert self.status in (200, 202), self.raw
        return msgspec.json.decode(self.raw, type=UploadStatus)


@dataclass
class Tracks:
    address: str
    http: aiohttp.ClientSession
    issuer: Issuer
    service: Service | None = None
    driver: UUID = field(default_factory=uuid4)

    async def ask(self, method: str, path: str, *, driver: UUID | None = None, **more: object) -> Answer:
        headers = {"accept-encoding": "identity"} | self.issuer.bearer(driver or self.driver)
        headers |= more.pop("headers", {})  # type: ignore[arg-type]
        async with self.http.request(method, self.address + path, headers=headers, **more) as answer:  # type: ignore[arg-type]
            return Answer(
                answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()
            )

    async def get(self, path: str, *, driver: UUID | None = None, **headers: str) -> Answer:
        return await self.ask("GET", path, driver=driver, headers=_headers(headers))

    async def send(
        self,
        xy: np.ndarray | None = None,
        *,
        driver: UUID | None = None,
        headers: dict[str, str] | None = None,
        **said: object,
    ) -> Answer:
        """Upload a lap (the synthetic circuit unless said) and wait for the verdict."""
        body = msgspec.json.encode(upload_of(circuit() if xy is None else xy, **said))
        headers = {"content-type": "application/json", "prefer": "wait=10"} | (headers or {})
        return await self.ask("POST", "/tracks/upload", driver=driver, data=body, headers=headers)

    async def send_raw(self, body: bytes) -> Answer:
        return await self.ask("POST", "/tracks/upload", data=body, headers={"content-type": "application/json"})


def sealed(upload: Upload) -> Sealed[Upload]:
    """As it comes in at the door."""
    return Sealed(msgspec.json.encode(upload), Upload)


def _headers(named: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}


@dataclass
class Parts:
    """The inside of tracks without its bus: events stay in the outbox, and reactions happen when a test says so."""

    database: Database
    objects: Objects
    room: WaitingRoom
    reception: Reception
    judging: Judging
    forgetting: Forgetting
    library: Library

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: TracksSettings) -> AsyncIterator[Parts]:
        database, objects, room = Database(settings.database_url), Objects(settings), WaitingRoom()
        await database.open()
        await objects.open()
        try:
            yield cls(
                database,
                objects,
                room,
                Reception(database, objects, room),
                Judging(database, objects, room),
                Forgetting(database, objects),
                Library(database, objects),
            )
        finally:
            await objects.close()
            await database.close()

    async def receive(self, upload: Upload, driver: UUID, key: str | None = None) -> TrackUploaded:
        """Take a lap in; returns the event that waits to be reacted to."""
        upload_id = await self.reception.receive(sealed(upload), driver, key)
        return next(event for event in await self.recorded(TrackUploaded) if event.upload_id == upload_id)

    async def judge(self, uploaded: TrackUploaded) -> UploadStatus:
        """Do what the reaction does, and return the verdict."""
        heard = await self.judging.work(uploaded)
        async with self.database.transaction() as tx:
            await self.judging.then(uploaded, tx, heard)
        return await self.reception.status(uploaded.upload_id, uploaded.user_id)

    async def recorded(self, kind: type[E]) -> list[E]:
        """The events of that kind in the outbox, oldest first."""
        async with self.database.transaction() as tx:
            rows = await tx.rows("SELECT body FROM outbox WHERE subject = $1 ORDER BY position", subject_of(kind))
        return [msgspec.json.decode(row["body"], type=kind) for row in rows]
