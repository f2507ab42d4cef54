"""One run of the cloud in a terminal: from taking the folder to the last process gone."""

import asyncio
import os
import signal
import time
from pathlib import Path

from devstack import document, libraries, state
from devstack.child import ChildFailed, kill_all
from devstack.cloud import Cloud, gateway_port
from devstack.desktop import Desktop, has_display
from devstack.lock import Lock
from devstack.report import say, table

SAME_WISH_S = 0.5


class Session:
    """Starts the cloud, waits for a signal (or for the driver to close the desktop), and stops it."""

    def __init__(self, folder: Path, wanted_port: int, *, with_desktop: bool) -> None:
        self.folder, self._wanted_port, self._with_desktop = folder, wanted_port, with_desktop
        self._stopping = asyncio.Event()
        self._asked_at = 0.0
        self._cloud = Cloud(folder, say)
        self._desktop: Desktop | None = None

    async def live(self) -> None:
        """Returns once everything has been stopped. A Refusal if it could not be started."""
        state.prepare(self.folder)
        with Lock(self.folder) as lock:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, self._on_signal)
            document.remove(self.folder)  # of a supervisor that was killed
            state.end_leftovers(self.folder)
            port = gateway_port(self.folder, self._wanted_port)
            lock.describe(gateway=f"https://127.0.0.1:{port}")
            life = asyncio.create_task(self._life(port))
            signalled = asyncio.create_task(self._stopping.wait())
            await asyncio.wait((life, signalled), return_when=asyncio.FIRST_COMPLETED)
            self._stopping.set()
            await self._end(life)
            if not life.cancelled():
                life.result()

    async def _life(self, port: int) -> None:
        begun = time.monotonic()
        say(f"Starting in {self.folder}")
        qt = asyncio.create_task(libraries.provide(self.folder)) if self._with_desktop else None
        try:
            await self._cloud.start(port)
            say(table(self.folder, self._cloud.document))
            say(f"Ready after {time.monotonic() - begun:.1f} s. Ctrl-C stops everything.")
            if qt:
                await self._show(qt)
            else:
                await asyncio.Event().wait()
        finally:
            if qt:
                qt.cancel()
                await asyncio.gather(qt, return_exceptions=True)

    async def _show(self, qt: asyncio.Task[str | None]) -> None:
        """The desktop. Returns when the driver closes it; what else ends it leaves the cloud running."""
        try:
            if news := await qt:
                say(news)
            self._desktop = Desktop(self.folder, self._cloud.document)
            await self._desktop.start()
            if not has_display():
                say("There is no display: the overlay will be drawn into a picture.")
                await self._desktop.drawn()
                say(f"The overlay's picture: {self._desktop.picture}")
            if await self._desktop.ended() == 0 and has_display():
                return
            say(f"The desktop has ended; {self._desktop.log} says why. The cloud goes on.")
        except (libraries.Missing, ChildFailed) as failure:
            say(f"There is no desktop: {failure}\nThe cloud goes on.")
        await asyncio.Event().wait()

    async def _end(self, life: asyncio.Task[None]) -> None:
        begun = time.monotonic()
        life.cancel()
        await asyncio.wait((life,))
        if self._desktop:
            await self._desktop.stop()
        await self._cloud.stop()
        say(f"Stopped after {time.monotonic() - begun:.1f} s")

    def _on_signal(self) -> None:
        now = time.monotonic()
        if self._stopping.is_set() and now - self._asked_at < SAME_WISH_S:
            return  # a terminal, and `make` between us, may both pass one wish on
        if self._stopping.is_set():
            # Asked twice: nothing is put in order any more, it only ends.
            kill_all()
            document.remove(self.folder)
            say("Ended at once")
            os._exit(130)
        say("Stopping")
        self._asked_at = now
        self._stopping.set()
