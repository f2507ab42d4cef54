"""The map of the track being driven: from the shelf at once, from the cloud when there is a newer one, and, where
nobody has one yet or it can still be improved, from this driver's own laps."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.tracks import TrackMap, TrackRejected, UploadStatus
from desktop_client.breakable import Breakable
from desktop_client.gateway import Gateway, GatewayFailure, GatewayRefused
from desktop_client.given_laps import GivenLaps
from desktop_client.lap_delivery import CannotKeepLap, Lap, LapDelivery
from desktop_client.lap_verdict import verdict_in_words
from desktop_client.map_shelf import KeptMap, MapShelf
from desktop_client.map_source import MapSource, UnusableMap
from desktop_client.map_state import MapStage, MapState
from desktop_client.patience import Pauses
from desktop_client.race.recorded_lap import CapturedLap
from desktop_client.race.track_name import is_slug, slug
from desktop_client.race.wanted_lap import Use, use_of_a_lap
from desktop_client.road_watch import RoadWatch
from desktop_client.session import NotSignedIn, Session
from desktop_client.upload_queue import UploadQueue

log = logging.getLogger(__name__)

NO_MORE_TODAY: Final = "map_allowance_used_up"  # until midnight, or until another plan: asked again now and then
NO_SUCH_MAP: Final = "track_unknown"
LAPS_A_SESSION: Final = 3  # those of one session are much alike, and refused ones are not going to become a map today


class MapNews(msgspec.Struct, frozen=True):
    """What the client reads of `track.published` and `track.withdrawn`; who uploaded the lap is not told to others."""

    game: str
    track_id: str


class Maps:
    """Runs on the loop's own time: `drive`, `see` and `take` return at once, `look` and `deliver` are its two tasks."""

    def __init__(
        self,
        folder: Path,
        cloud: tuple[Gateway, Session] | None,
        on_map: Callable[[TrackMap | None], object],
        on_change: Callable[[MapState], object],
        *,
        shares: bool = True,
        learns: bool = True,
        first_pause_s: float = 2.0,
    ) -> None:
        """`folder` is the client's state; without a `cloud` there is the shelf, and laps wait for better days.

        `shares`: the driver gives laps away; `learns`: what is driven is driven now, and not an old recording.
        """
        self._shelf = MapShelf(folder / "maps")
        self._source, self._watch, self._given = (
            MapSource(self._shelf, cloud),
            RoadWatch(self._shelf),
            GivenLaps(folder),
        )
        self._cloud, self._on_map, self._on_change, self._learns = cloud, on_map, on_change, learns
        self._pauses = Pauses(first_pause_s, 120.0)
        self._look_now, self._asking = asyncio.Event(), Breakable()
        self._nameless: str | None = None  # the game, where it does not name its tracks
        self._track: tuple[str, str] | None = None
        self._known: KeptMap | None = None  # the map that was given to `on_map` for this track
        self._gone: set[tuple[str, str]] = set()
        self._laps_taken, self._laps_of_session = 0, set[UUID]()
        self.state = MapState(shares=shares)
        self.delivery = LapDelivery(
            UploadQueue(folder / "laps"), cloud, self._judged, self._become, shares=shares, first_pause_s=first_pause_s
        )

    def drive(self, game: str, track_id: str | None, *, is_nameless: bool = False) -> None:
        """A session on that track begins. `is_nameless`: this game never says which track it is."""
        self._laps_taken, self._laps_of_session = 0, set()
        self._nameless = game if is_nameless and track_id is None else None
        self._watch.forget()
        if self._nameless is not None:
            self._on_map(None)
        name = None if track_id is None else slug(track_id)
        is_usable = is_slug(game) and (track_id is None or name is not None)
        self._ask_for(None if name is None or not is_usable else (game, name), game, track_id)
        if not is_usable:
            self._become(problem="The game's name for this track cannot be used.")

    def see(self, x: float, y: float) -> None:
        """Where the car is, right-handed metres; of use only where the game does not say which track it is."""
        if self._nameless is not None and self._watch.take(x, y):
            name = self._watch.name
            log.info("the road is that of %s", name or "no map")
            self._ask_for(None if name is None else (self._nameless, name), self._nameless, None)

    @property
    def lap_is_wanted(self) -> bool:
        """Whether a lap of the track being driven would be of use now."""
        if not (self._learns and self.state.shares and self._cloud and self._laps_taken < LAPS_A_SESSION):
            return False
        is_pending = self.delivery.has(self._track) or self.delivery.has_any_of(self._laps_of_session)
        return self.state.use is not None and not is_pending

    async def take(self, lap: CapturedLap) -> None:
        """Keep the lap, and send it as soon as somebody takes it."""
        self._laps_taken += 1
        of_session = self._laps_of_session
        try:
            of_session.add(await self.delivery.put(lap))
        except CannotKeepLap as problem:
            log.warning("%s", problem)
            self._become(verdict=str(problem))
        self._become()

    def share(self, on: bool) -> None:
        """Whether the driver gives laps away from now on; those that wait stay where they are while not."""
        self.delivery.share(on)
        self._become(shares=on)

    async def discard_laps(self) -> None:
        """Delete the laps that wait to be sent."""
        try:
            await self.delivery.discard()
        finally:
            self._become()

    def wake(self) -> None:
        """There may be somebody to ask now: signed in, or the stream of events is open again."""
        self._pauses.reset()
        self._look_now.set()
        self.delivery.wake()

    def published(self, news: MapNews) -> None:
        """A map version is live."""
        if (news.game, news.track_id) == self._track:
            self._look_now.set()

    def withdrawn(self, news: MapNews) -> None:
        """There is no map of that track any more."""
        if is_slug(news.game) and is_slug(news.track_id):
            self._gone.add((news.game, news.track_id))
            self._look_now.set()

    def rejected(self, event: TrackRejected) -> None:
        self.delivery.rejected(event)

    async def look(self) -> None:
        """For ever: ask whenever there is a reason to, and again after a failure, with growing pauses."""
        await asyncio.to_thread(self._given.load)
        await asyncio.to_thread(self._shelf.tidy)
        while True:
            await self._look_now.wait()
            while True:
                self._look_now.clear()
                if await self._look_once():
                    self._pauses.reset()
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._pauses.next()):
                        await self._look_now.wait()

    async def deliver(self) -> None:
        """For ever: send the laps that wait."""
        await self.delivery.count()
        await self.delivery.run()

    def _ask_for(self, track: tuple[str, str] | None, game: str, track_id: str | None) -> None:
        """Another track is driven, or it has become clear which one it is, or that it is none of those known."""
        if self._nameless is not None and self._known is not None:
            self._on_map(None)
        self._track, self._known = track, None
        unnamed = MapStage.NO_TRACK if self._nameless is None else MapStage.UNNAMED
        self.state = replace(self.state, title=None, version=None, status=None, problem=None)
        stage = unnamed if track is None else MapStage.ASKING
        self._become(stage=stage, game=game, track_id=track_id if track is None else track[1])
        self._look_now.set()
        self._asking.break_off()

    async def _look_once(self) -> bool:
        """Whether it is known now how things stand with the track being driven."""
        if not self._given.is_saved:
            await asyncio.to_thread(self._given.save)
        await self._forget_gone()
        track, nameless = self._track, self._nameless
        if track is None:
            if nameless is not None and not self._watch.is_looking:
                await self._watch.look(nameless)
            return True
        kept = await self._source.kept(track)
        self._show(track, kept)
        try:
            async with self._asking.work():
                newer = await self._source.newer(track, kept)
            self._show(track, newer)
        except TimeoutError:
            return True  # another track is driven by now, and waits to be looked at
        except GatewayRefused as refusal:
            if refusal.code == NO_SUCH_MAP:
                await self._source.forget(track)
                self._there_is_none(track)
                return True
            is_final = 400 <= refusal.status < 429 and refusal.code != NO_MORE_TODAY
            return self._not_asked(track, kept, refusal.sentence, final=is_final)
        except NotSignedIn:
            return self._not_asked(track, kept, None, final=True)
        except GatewayFailure as failure:
            return self._not_asked(track, kept, failure.sentence, final=isinstance(failure, UnusableMap))
        if nameless is not None and self._watch.name != track[1]:
            await self._watch.look(nameless, on=track[1])
        return True

    async def _forget_gone(self) -> None:
        while self._gone:
            track = self._gone.pop()
            await self._source.forget(track)
            self._there_is_none(track)

    def _show(self, track: tuple[str, str], kept: KeptMap | None) -> None:
        if kept is None or track != self._track:
            return
        is_news = self._known is None or kept.etag != self._known.etag
        self._known, known = kept, kept.map
        title = " ".join(dict.fromkeys(filter(None, (known.track_name, known.layout_name)))) or None
        told = {"title": title, "version": known.version, "status": known.status}
        self._become(stage=MapStage.KNOWN, problem=None, **told)
        if is_news:
            self._on_map(known)

    def _there_is_none(self, track: tuple[str, str]) -> None:
        """The cloud has no map of that track."""
        if track != self._track:
            return
        if self._known is not None:
            self._known = None
            self._on_map(None)
        self._become(stage=MapStage.UNKNOWN, title=None, version=None, status=None, problem=None)

    def _not_asked(self, track: tuple[str, str], kept: KeptMap | None, problem: str | None, *, final: bool) -> bool:
        if track == self._track:
            self._become(stage=MapStage.KNOWN if kept else MapStage.NOT_ASKED, problem=problem)
        return final

    def _judged(self, lap: Lap, status: UploadStatus | str) -> None:
        """The cloud's verdict on a lap, or why it could not be sent at all."""
        if isinstance(status, str):
            verdict = status
        else:
            is_of_this_track = lap.track == self._track or lap.id in self._laps_of_session
            verdict = verdict_in_words(status, self.state.version if is_of_this_track else None)
            if status.status in ("accepted", "duplicate"):
                self._counted(lap, status)
                self._look_now.set()
        log.info("lap %s: %s", lap.id, verdict)
        self._become(verdict=verdict)

    def _counted(self, lap: Lap, status: UploadStatus) -> None:
        """The cloud learned from the lap, and has said of which map."""
        track = status.track
        if track is not None and status.layout_id is not None:
            self._given.add(str(lap.driver), track.game, str(status.layout_id))
        if track is None or lap.id not in self._laps_of_session or track.game != self._nameless:
            return
        if (track.game, track.track_id) != self._track and is_slug(track.track_id):
            self._ask_for((track.game, track.track_id), track.game, None)

    def _use(self, stage: MapStage) -> Use | None:
        """What a lap would do for the map as it is known now."""
        if stage in (MapStage.UNNAMED, MapStage.UNKNOWN, MapStage.NOT_ASKED):
            return use_of_a_lap(None, 0)
        if stage is not MapStage.KNOWN or self._known is None:
            return None
        known = self._known.map
        return use_of_a_lap(known, self._given.count(str(self.delivery.driver), known.game, str(known.layout_id)))

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        state = replace(state, use=self._use(state.stage), waiting=self.delivery.waiting)
        if state != self.state:
            self.state = state
            self._on_change(state)
