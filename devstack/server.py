"""What the supervisor keeps running: something with a name that starts, answers, and stops."""

import abc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

from devstack import orphans
from devstack.child import Child


class Server(abc.ABC):
    """One server with its state in `folder`. It may be started again after it stopped or crashed.

    Nothing is bound to an event loop, so that a session-wide synchronous pytest fixture may call
    `asyncio.run(server.start())`. Call start() from the main thread (devstack.child.Child.spawn says why).
    """

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.child: Child | None = None

    @abc.abstractmethod
    async def start(self) -> None:
        """Returns once it has answered a real question. ChildFailed, with the end of its log, if it does not."""

    async def stop(self) -> None:
        if self.child:
            await self.child.stop()

    def kill(self) -> None:
        """Ends it as a crash would."""
        if self.child:
            self.child.kill()

    async def ended(self) -> int:
        """The exit code, once the process has ended by itself."""
        if self.child is None:
            raise RuntimeError(f"{self.name} was never started")
        code = await self.child.wait(every=0.1)
        self.child.kill()
        return code

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _launch(
        self, child: Child, *questions: Callable[[], Awaitable[object]], within: float = 30.0, every: float = 0.02
    ) -> None:
        """Spawns `child` and asks the questions in turn; leaves nothing running if one stays unanswered."""
        orphans.end(self.folder, child.name)
        self.child = child
        child.spawn()
        try:
            for question in questions:
                await child.ready(question, within=within, every=every)
        except BaseException:
            self.kill()
            raise
