"""Everything that happens between this client and the cloud, as one object that the overlay never waits for.

It owns its tasks, keeps its failures to itself and tells what it knows in `state`. Without a gateway, or with one
that cannot be used, the maps on this computer still serve and nothing else is tried.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from contracts.event import subject_of
from contracts.license import LicenseChanged, PaymentFailed, PaymentSucceeded
from contracts.tracks import TrackMap, TrackPublished, TrackRejected, TrackWithdrawn
from desktop_client.account import Account
from desktop_client.device import device_name
from desktop_client.event_stream import CLOSED, OPENED, RESET, EventStream, ServerEvent
from desktop_client.gateway import BadAddress, Gateway, GatewayFailure, GatewayRefused
from desktop_client.lap_taking import LapTaking
from desktop_client.licence import Licence, LicenceState
from desktop_client.map_state import MapState
from desktop_client.maps import MapNews, Maps
from desktop_client.patience import Pauses
from desktop_client.plans import Plans
from desktop_client.race.recorded_lap import Refusal
from desktop_client.session import Session, SessionState, Stage
from desktop_client.settings import ClientSettings
from desktop_client.telemetry.frame import Frame
from desktop_client.vault import Vault, open_vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CloudState:
    """What the client knows of the cloud now. `is_configured`: there is a gateway to talk to at all."""

    is_configured: bool
    session: SessionState = field(default_factory=lambda: SessionState(Stage.SIGNED_OUT))
    licence: LicenceState = field(default_factory=LicenceState)
    map: MapState = field(default_factory=MapState)
    is_live: bool = False  # events arrive as they happen
    capture: Refusal | None = None  # why the last lap was not taken
    is_recording: bool = False
    learned_percent: int | None = None  # of the lap that is being recorded, in steps; None where nobody knows
    problem: str | None = None  # what makes the cloud unusable as a whole

    @property
    def plan(self) -> str | None:
        return self.licence.plan


class Cloud:
    """Make it, `await start()`, feed it frames, `await stop()`. Callbacks come on the loop that started it."""

    def __init__(
        self,
        settings: ClientSettings,
        *,
        on_map: Callable[[TrackMap | None], object] = lambda _: None,
        on_state: Callable[[CloudState], object] = lambda _: None,
        version: str = "0",
        vault: Vault | None = None,
        first_pause_s: float = 1.0,
        learns: bool = True,
    ) -> None:
        """`vault` stands in for the machine's own; `first_pause_s` is where every growing pause begins.

        `on_map` is told the map of the track being driven, and None when there is none any more. A client that does
        not `learn` shows maps, and takes no laps.
        """
        self._settings, self._on_state, self._first_pause_s = settings, on_state, first_pause_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._somebody = asyncio.Event()
        self._gateway: Gateway | None = None
        self.session: Session | None = None
        self.licence: Licence | None = None
        self.account: Account | None = None  # for the windows
        self.plans: Plans | None = None
        problem = None
        if settings.gateway:
            try:
                self._gateway = Gateway(
                    settings.gateway, settings.ca, version=version, first_pause_s=min(0.25, first_pause_s)
                )
            except BadAddress as wrong:
                problem = str(wrong)
        self.state = CloudState(is_configured=self._gateway is not None, problem=problem)
        if self._gateway is not None:
            kept = vault or open_vault(settings.state)
            self.session = Session(self._gateway, kept, settings.state / "sign_in.lock", device_name=device_name())
            self.licence = Licence(
                self._gateway, self.session, kept, settings.state / "lease.lock", first_pause_s=first_pause_s
            )
            self.account = Account(self._gateway, self.session, signed_in=self._listen, signed_out=self._stop_listening)
            self.session.on_change(self._session_changed)
            self.plans = Plans(self._gateway, self.session, self.licence, kept)
            self.licence.on_change(self._licence_settled)
        pair = (self._gateway, self.session) if self._gateway and self.session else None
        self.maps = Maps(
            settings.state,
            pair,
            on_map,
            lambda state: self._become(map=state),
            shares=settings.upload_maps,
            learns=learns,
            first_pause_s=first_pause_s,
        )
        self._taking = LapTaking(self.maps)

    async def start(self) -> None:
        """Begin, and return at once."""
        self._spawn(self._kept_up("maps", self.maps.look))
        if self.licence is not None:
            self._spawn(self._kept_up("laps", self.maps.deliver))
            self._spawn(self._kept_up("licence", self.licence.watch))
            self._spawn(self._begin())

    async def stop(self) -> None:
        """End every task. What was not delivered waits on disk for the next start."""
        tasks = [*self._tasks, *([self._listening] if self._listening else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.session is not None:
            await self.session.close()
        if self._gateway is not None:
            await self._gateway.close()

    def on_frame(self, frame: Frame) -> None:
        """Take the next frame: microseconds, and never an exception."""
        try:
            self._take(frame)
        except Exception:
            log.exception("a frame was lost to the cloud")

    def _take(self, frame: Frame) -> None:
        lap = self._taking.take(frame)
        if lap is not None:
            self._spawn(self.maps.take(lap))
        if self.licence is not None:
            self.licence.drive((frame.session.game, frame.session.uid))
        self._become(
            capture=self._taking.refusal,
            is_recording=self._taking.is_recording,
            learned_percent=self._taking.percent,
        )

    async def _begin(self) -> None:
        assert self.session is not None
        settings = self._settings
        await self.session.restore()
        if self.session.state.stage is Stage.SIGNED_OUT and settings.email and settings.password:
            await self._sign_in_when_reachable(self.session, settings.email, settings.password)
        self._listen()

    async def _sign_in_when_reachable(self, session: Session, email: str, password: str) -> None:
        pauses = Pauses(self._first_pause_s, 60.0)
        while True:
            try:
                await session.sign_in(email, password)
                return
            except GatewayRefused as refusal:
                if refusal.status not in (429, 500, 502, 503, 504):
                    return  # the session's state says why
                await asyncio.sleep(pauses.next(at_least_s=refusal.retry_after or 0))
            except GatewayFailure:
                await asyncio.sleep(pauses.next())

    def _listen(self) -> None:
        """Open the stream of events now, whatever pause the one before may have been in."""
        if self._listening is not None:
            self._listening.cancel()
        self._listening = asyncio.ensure_future(self._kept_up("events", self._hear_all))

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
        self._become(is_live=False)

    async def _hear_all(self) -> None:
        assert self._gateway is not None
        stream = EventStream(self._gateway, self._token, first_pause_s=self._first_pause_s / 2)
        async with contextlib.aclosing(stream.events()) as events:
            async for event in events:
                self._become(is_live=event.subject != CLOSED)
                self._hear(event)

    async def _token(self, refused: str | None) -> str:
        assert self.session is not None
        await self._somebody.wait()
        return await self.session.access_token(refused)

    def _hear(self, event: ServerEvent) -> None:
        if event.subject in (OPENED, RESET):
            self.maps.wake()
            if event.subject == RESET:
                self._licence_changed()
            return
        reaction = self._reactions().get(event.subject)
        if reaction is None:
            return
        kind, react = reaction
        try:
            react(msgspec.json.decode(event.data, type=kind))
        except msgspec.DecodeError as error:
            log.warning("an event %s makes no sense: %s", event.subject, error)

    def _licence_changed(self, _: LicenseChanged | PaymentSucceeded | PaymentFailed | None = None) -> None:
        if self.licence is not None:
            self.licence.wake()

    def _reactions(self) -> dict[str, tuple[Any, Callable[[Any], object]]]:
        return {
            subject_of(TrackPublished): (MapNews, self.maps.published),
            subject_of(TrackWithdrawn): (MapNews, self.maps.withdrawn),
            subject_of(TrackRejected): (TrackRejected, self.maps.rejected),
            subject_of(LicenseChanged): (LicenseChanged, self._licence_changed),
            subject_of(PaymentSucceeded): (PaymentSucceeded, self._licence_changed),
            subject_of(PaymentFailed): (PaymentFailed, self._licence_changed),
        }

    def _licence_settled(self, state: LicenceState) -> None:
        before = set(self.state.licence.entitlements)
        self._become(licence=state)
        if before and not set(state.entitlements) <= before:
            self.maps.wake()  # one that was refused may be had now

    def _session_changed(self, state: SessionState) -> None:
        before = self.state.session.stage
        self._become(session=state)
        if state.stage is Stage.SIGNED_IN and before is not Stage.SIGNED_IN:
            self.maps.wake()
        if state.stage in (Stage.SIGNED_IN, Stage.OFFLINE):
            self._somebody.set()
        if state.stage is Stage.SIGNED_OUT and self.licence is not None:
            self._somebody.clear()
            self.licence.forget()

    def _become(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self._on_state(state)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work for the cloud failed", exc_info=error)

    async def _kept_up(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run work that should never end; should it fail all the same, say so and begin again."""
        pauses = Pauses(self._first_pause_s * 5, 300.0)
        while True:
            try:
                await work()
            except Exception:
                log.exception("the %s of the cloud failed and begin again", name)
            await asyncio.sleep(pauses.next())
