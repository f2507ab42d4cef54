"""The map of the track being driven: from the shelf at once, from the cloud when there is a newer one, and, where
nobody has one yet, from this driver's own lap."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from contracts.tracks import Slug, TrackMap, TrackRejected, UploadStatus
from desktop_client.gateway import Fetched, Gateway, GatewayFailure, GatewayRefused, GatewayUnreachable
from desktop_client.lap_delivery import LapDelivery
from desktop_client.map_shelf import KeptMap, MapShelf
from desktop_client.patience import Pauses
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.session import NotSignedIn, Session
from desktop_client.upload_queue import UploadQueue

log = logging.getLogger(__name__)

NO_MORE_TODAY: Final = "map_allowance_used_up"  # until midnight, or until another plan: asked again now and then
LAPS_A_SESSION: Final = 3  # a track whose laps are refused again and again is not going to become a map today


class MapNews(msgspec.Struct, frozen=True):
    """What the client reads of `track.published`; who uploaded the lap is not told to others."""

    game: str
    track_id: str


class MapStage(enum.StrEnum):
    NO_TRACK = "no_track"  # the game does not say which track this is
    ASKING = "asking"
    KNOWN = "known"
    UNKNOWN = "unknown"  # the cloud has no map of it: a lap is wanted
    NOT_ASKED = "not_asked"  # and none on the shelf: `problem` says why, if there is something to say


@dataclass(frozen=True, slots=True)
class MapState:
    """`problem` is a sentence; `waiting` counts laps on their way; `verdict` is what became of the last one sent."""

    stage: MapStage = MapStage.NO_TRACK
    game: str | None = None
    track_id: str | None = None
    version: int | None = None
    problem: str | None = None
    waiting: int = 0
    verdict: str | None = None


class Maps:
    """Runs on the loop's own time: `drive` and `take` return at once, `look` and `deliver` are its two tasks."""

    def __init__(
        self,
        folder: Path,
        cloud: tuple[Gateway, Session] | None,
        on_map: Callable[[TrackMap], object],
        on_change: Callable[[MapState], object],
        *,
        uploads: bool = True,
        first_pause_s: float = 2.0,
    ) -> None:
        """`folder` is the client's state; without a `cloud` there is the shelf, and laps wait for better days."""
        self._shelf = MapShelf(folder / "maps")
        self._cloud, self._on_map, self._on_change, self._uploads = cloud, on_map, on_change, uploads
        self._pauses = Pauses(first_pause_s, 120.0)
        self._look_now = asyncio.Event()
        self._track: tuple[str, str] | None = None
        self._shown: str | None = None  # the etag of the map that was given to `on_map` for this track
        self._laps_taken = 0
        self.state = MapState()
        self.delivery = LapDelivery(UploadQueue(folder / "laps"), cloud, self._judged, first_pause_s=first_pause_s)

    def drive(self, game: str, track_id: str | None) -> None:
        """A session on that track begins."""
        self._track, self._shown, self._laps_taken = None, None, 0
        problem = None
        if track_id is not None:
            try:
                self._track = (msgspec.convert(game, Slug), msgspec.convert(track_id, Slug))
            except msgspec.ValidationError:
                problem = "The game's name for this track cannot be used."
        stage = MapStage.ASKING if self._track else MapStage.NO_TRACK
        self._become(replace(self.state, stage=stage, game=game, track_id=track_id, version=None, problem=problem))
        self._look_now.set()

    @property
    def lap_is_wanted(self) -> bool:
        """Whether a lap of the track being driven would be of use now."""
        return (
            self._uploads
            and self._cloud is not None
            and self.state.stage in (MapStage.UNKNOWN, MapStage.NOT_ASKED)
            and self._laps_taken < LAPS_A_SESSION
            and not self.delivery.has(self._track)
        )

    async def take(self, lap: CapturedLap) -> None:
        """Keep the lap, and send it as soon as somebody takes it."""
        self._laps_taken += 1
        await self.delivery.put(lap)
        self._become(replace(self.state, waiting=self.delivery.waiting))

    def wake(self) -> None:
        """There may be somebody to ask now: signed in, or the stream of events is open again."""
        self._pauses.reset()
        self._look_now.set()
        self.delivery.wake()

    def published(self, news: MapNews) -> None:
        """A map version is live."""
        if (news.game, news.track_id) == self._track:
            self._look_now.set()

    def rejected(self, event: TrackRejected) -> None:
        self.delivery.rejected(event)

    async def look(self) -> None:
        """For ever: ask whenever there is a reason to, and again after a failure, with growing pauses."""
        while True:
            await self._look_now.wait()
            while True:
                self._look_now.clear()
                if await self._look_once():
                    self._pauses.reset()
                    break
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._look_now.wait(), self._pauses.next())

    async def deliver(self) -> None:
        """For ever: send the laps that wait."""
        await self.delivery.run()

    async def _look_once(self) -> bool:
        """Whether it is known now how things stand with the track being driven."""
        track = self._track
        if track is None:
            return True
        kept = await asyncio.to_thread(self._shelf.get, *track)
        self._show(track, kept)
        try:
            fetched = await self._ask(track, kept)
            if fetched is not None:
                self._show(track, await self._put(track, fetched))
        except GatewayRefused as refusal:
            if refusal.code != "track_unknown":
                is_final = 400 <= refusal.status < 429 and refusal.code != NO_MORE_TODAY
                return self._not_asked(track, kept, refusal.sentence, final=is_final)
            if kept is None:
                self._settle(track, MapStage.UNKNOWN)
        except NotSignedIn:
            return self._not_asked(track, kept, None, final=True)
        except GatewayFailure as failure:
            return self._not_asked(track, kept, failure.sentence, final=False)
        return True

    async def _ask(self, track: tuple[str, str], kept: KeptMap | None) -> Fetched | None:
        if self._cloud is None:
            raise NotSignedIn("There is no cloud to ask.")
        gateway, session = self._cloud
        path, etag = "/tracks/{}/{}".format(*track), kept.etag if kept else None
        return await session.authorised(lambda token: gateway.fetch(path, etag=etag, token=token))

    async def _put(self, track: tuple[str, str], fetched: Fetched) -> KeptMap:
        try:
            kept = KeptMap(fetched.etag, msgspec.json.decode(fetched.body, type=TrackMap))
        except msgspec.DecodeError as error:
            raise GatewayUnreachable(f"The map makes no sense: {error}") from error
        # A track that is the same road as another one is answered with that one's map, under the name asked for.
        kept = msgspec.structs.replace(kept, map=msgspec.structs.replace(kept.map, game=track[0], track_id=track[1]))
        try:
            await asyncio.to_thread(self._shelf.put, kept)
        except OSError as error:
            log.warning("the map of %s cannot be kept: %s", track, error)
        return kept

    def _show(self, track: tuple[str, str], kept: KeptMap | None) -> None:
        if kept is None or track != self._track:
            return
        self._become(replace(self.state, stage=MapStage.KNOWN, version=kept.map.version, problem=None))
        if kept.etag != self._shown:
            self._shown = kept.etag
            self._on_map(kept.map)

    def _not_asked(self, track: tuple[str, str], kept: KeptMap | None, problem: str | None, *, final: bool) -> bool:
        self._settle(track, MapStage.KNOWN if kept else MapStage.NOT_ASKED, problem)
        return final

    def _settle(self, track: tuple[str, str], stage: MapStage, problem: str | None = None) -> None:
        if track == self._track:
            self._become(replace(self.state, stage=stage, problem=problem))

    def _judged(self, lap_id: UUID, status: UploadStatus | str) -> None:
        """The cloud's verdict on a lap, or why it could not be sent at all."""
        if isinstance(status, str):
            verdict = status
        else:
            verdict = ", ".join((status.status, *(reason.code for reason in status.reasons)))
            if status.status in ("accepted", "duplicate"):
                self._look_now.set()
        log.info("lap %s: %s", lap_id, verdict)
        self._become(replace(self.state, verdict=verdict, waiting=self.delivery.waiting))

    def _become(self, state: MapState) -> None:
        if state != self.state:
            self.state = state
            self._on_change(state)
