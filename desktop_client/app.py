"""How the desktop client is put together. Reading never waits for painting, painting never waits for the network."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QGuiApplication

from contracts.tracks import TrackMap
from desktop_client.cloud import Cloud, CloudState
from desktop_client.hotkeys import start as hotkeys
from desktop_client.hotkeys.service import HotkeyService
from desktop_client.licence import LicenceState
from desktop_client.listening import Listening
from desktop_client.overlay.editor import Editor
from desktop_client.overlay.hotkeys import Hotkeys, Wish
from desktop_client.overlay.overlay import Overlay
from desktop_client.qt_readiness import by_qt_in_bursts
from desktop_client.replaying import Replaying
from desktop_client.settings import FIRST_GAME, ClientSettings
from desktop_client.status import Snapshot
from desktop_client.stream.server import StreamServer
from desktop_client.stream.stage import Scene
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.live_recording import LiveRecording
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings
from desktop_client.version import VERSION
from desktop_client.windows.desk import Desk

log = logging.getLogger(__name__)

MAPS_HZ = 30  # what a lap is learned from; the clock may be slower
UNBOUND = Hotkeys(**dict.fromkeys(Wish, ""))
SETTLED_S = 3.0  # after the map arrived, until the picture: a few frames of cars on it


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording of `game` to be shown `speed` times as fast as it was driven."""

    recording: Recording
    game: str
    speed: float = 1.0


class App:
    """Telemetry in, overlay out, and the cloud beside them."""

    def __init__(
        self,
        settings: ClientSettings,
        *,
        demo_speed: float | None = None,
        replay: Replay | None = None,
        recording: LiveRecording | None = None,
    ) -> None:
        """`demo_speed` is how many times faster than real time a simulated race is driven; None waits for a game.

        With `replay` a recording is shown instead; `recording` takes down what is heard.
        """
        self._settings = settings
        self._demo_speed = demo_speed
        self._recording = recording
        self._demo: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._has_map = asyncio.Event()
        self._is_paused = False
        self._hotkeys: HotkeyService | None = None
        self._licence = LicenceState()
        self._rehearing: asyncio.Task[None] | None = None
        self.overlay = Overlay(settings.state, clock_hz=settings.clock_hz, area=_drawing_area())
        self._stream = StreamServer(settings.state, lambda: Scene(self.overlay.newest, self.overlay.race))
        self.listening = self._hearing(replay)
        self.cloud = Cloud(
            settings,
            on_map=self._map,
            on_state=self._cloud_changed,
            version=VERSION,
            learns=replay is None,  # a lap is uploaded when it is driven, not whenever it is watched
        )
        self.desk = self._desk(settings) if _has_screen() else None

    def quit(self) -> None:
        self._stopping.set()

    async def run(self, screenshot: Path | None = None, after: float | None = None) -> int:
        """Until `quit`, or until the picture is taken if `after` says when. The exit code."""
        stopping = asyncio.create_task(self._stopping.wait())
        await self.listening.start()
        for problem in self.listening.problems:
            print(problem, file=sys.stderr)
        await self.cloud.start()
        self.overlay.open()
        self.overlay.follow(self._stream.follow)
        if self.desk:
            self.desk.open()
            self._hotkeys = hotkeys.start(self.overlay, self.desk.toggle_editing)
            self.desk.ledger.capturing.connect(self._hush)
        if self._demo_speed:
            await self._start_demo(self._demo_speed)
        picture = asyncio.create_task(self._picture(screenshot, after)) if screenshot else None
        try:
            await asyncio.wait(
                {stopping, *([picture] if picture and after is not None else [])},
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            failed = await self._stop(picture)
            stopping.cancel()
        return 1 if failed else 0

    async def _picture(self, path: Path, after: float | None) -> None:
        if after is None:
            await self._has_map.wait()
            await asyncio.sleep(SETTLED_S)
        else:
            await asyncio.sleep(after)
        self.overlay.picture(path)
        print(f"The overlay's picture: {path}", flush=True)

    async def _stop(self, picture: asyncio.Task[None] | None) -> bool:
        """Put everything away; whether the picture could not be written."""
        if self._rehearing is not None:
            self._rehearing.cancel()
        self.listening.stop()
        if self._recording is not None:
            print(self._recording.close(), file=sys.stderr)
        await self._stop_demo()
        await self._stream.stop()
        await self.cloud.stop()
        if self._hotkeys:
            self._hotkeys.stop()
        if self.desk:
            self.desk.close()
        self.overlay.close()
        if picture is None:
            return False
        picture.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await picture
            except OSError as problem:
                print(problem, file=sys.stderr)
                return True
        return False

    def _frame(self, frame: Frame) -> None:
        if self._recording is not None and (problem := self._recording.speaks(frame.session.game)):
            print(problem, file=sys.stderr)
        self._is_paused = frame.session.paused
        self.overlay.show_frame(frame)
        self.cloud.on_frame(frame)

    def _desk(self, settings: ClientSettings) -> Desk:
        return Desk(self.cloud, self._snapshot, self.quit, Editor(self.overlay), settings, self._hear)

    def _hush(self, capturing: bool) -> None:
        """While the driver presses a new hotkey, the bound ones are keys like any other."""
        if self._hotkeys:
            self._hotkeys.bind(UNBOUND if capturing else self.overlay.settings.hotkeys)

    def _hear(self, settings: ClientSettings) -> None:
        """Listen to the games as the driver wants them now; a simulated race or a recording goes on."""
        self._settings = settings
        is_live = isinstance(self.listening, Listening) and not self._demo_speed
        if is_live and (self._rehearing is None or self._rehearing.done()):
            self._rehearing = asyncio.ensure_future(self._hear_anew())

    async def _hear_anew(self) -> None:
        heard: ClientSettings | None = None
        while heard is not self._settings:  # they may change again while ports are being opened
            heard = self._settings
            self.listening.stop()
            self.listening = self._hearing(None)
            await self.listening.start()

    def _map(self, track_map: TrackMap | None) -> None:
        self.overlay.show_map(track_map)
        if track_map is not None:
            self._has_map.set()

    def _cloud_changed(self, state: CloudState) -> None:
        log.debug("cloud: %s", state)
        licence, self._licence = self._licence, state.licence
        if (licence.plan, licence.code) != (state.licence.plan, state.licence.code):
            log.info("the licence: plan %s, %s", state.licence.plan, state.licence.code or "nobody is signed in")
        if self.desk:
            self.desk.show_state(state)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            games=self.listening.seen(),
            paused=self._is_paused,
            recording=None if self._recording is None else self._recording.state(),
            cloud=self.cloud.state,
            hotkeys=self._hotkeys.problems() if self._hotkeys else (),
            stream=self._stream.seen(),
        )

    def _hearing(self, replay: Replay | None) -> Listening | Replaying:
        if replay is not None:
            return Replaying(replay.recording, replay.game, self._frame, replay.speed)
        overhear = None if self._recording is None else self._recording.overhear
        hz = max(MAPS_HZ, round(1 / self.overlay.clock.period_s))
        games = {FIRST_GAME: GameSettings()} if self._demo_speed else self._settings.games_to_hear()
        return Listening(
            games,
            self._frame,
            overhear=overhear,
            any_port=bool(self._demo_speed),
            watch=by_qt_in_bursts,
            frames_hz=hz,
        )

    async def _start_demo(self, speed: float) -> None:
        assert isinstance(self.listening, Listening)
        # A process of its own: a race with twenty cars must not take time from the overlay that shows it.
        self._demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "desktop_client.demo"),
            *("--port", str(self.listening.port_of(FIRST_GAME)), "--speed", str(speed)),
        )

    async def _stop_demo(self) -> None:
        if self._demo is not None and self._demo.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._demo.terminate()
            await self._demo.wait()


def _drawing_area() -> QRect | None:
    """Where widgets are put when there is no screen: as on the most usual one. None where there is a real one."""
    return None if _has_screen() else QRect(0, 0, 1920, 1080)


def _has_screen() -> bool:
    return QGuiApplication.platformName() != "offscreen"
