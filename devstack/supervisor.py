"""Starts servers, keeps them running, and stops them in order. It knows nothing of what they serve."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any, Protocol

from devstack.child import ChildFailed

HEALTHY_AFTER_S = 30.0
"""A server that ran this long and then crashes gets the shortest delay again: it is not in a loop of crashes."""


class Supervised(Protocol):
    """As much of devstack.server.Server as is needed here."""

    name: str

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def ended(self) -> int: ...


class Supervisor:
    """`say` gets one line per thing that happens; `changed` is called when a crashed server is back."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._say, self._changed, self._clock, self._sleep = say, changed, clock, sleep
        self._servers: dict[str, Supervised] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    async def start(self, *servers: Supervised) -> None:
        """Starts them side by side and keeps them from then on. ChildFailed of the first that cannot be started."""
        await together(*(self._start(server) for server in servers))

    async def stop(self, order: Iterable[Iterable[str]]) -> None:
        """Stops group after group, the names of a group side by side; names that never started are skipped."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)
        self._keepers.clear()
        for group in order:
            going = [self._servers.pop(name) for name in group if name in self._servers]
            await asyncio.gather(*(server.stop() for server in going))

    async def _start(self, server: Supervised) -> None:
        begun = self._clock()
        self._servers[server.name] = server
        await server.start()
        self._say(f"{server.name} is ready after {self._clock() - begun:.1f} s")
        self._keepers[server.name] = asyncio.create_task(self._keep(server), name=f"keep {server.name}")

    async def _keep(self, server: Supervised) -> None:
        delays = growing_delays()
        while True:
            since = self._clock()
            code = await server.ended()
            if self._clock() - since >= HEALTHY_AFTER_S:
                delays = growing_delays()
            await self._restart(server, f"ended with exit code {code}", delays)
            self._changed()

    async def _restart(self, server: Supervised, what: str, delays: Iterator[float]) -> None:
        while True:
            delay = next(delays)
            self._say(f"{server.name} {what}; it is started again in {delay:g} s")
            await self._sleep(delay)
            try:
                await server.start()
            except ChildFailed as error:
                what = error.what
            except Exception as error:
                what = f"could not be started ({error})"
            else:
                self._say(f"{server.name} is back")
                return


def growing_delays() -> Iterator[float]:
    """0.5, 1, 2, 4, 8, 16 and then 30 seconds, for ever."""
    delay = 0.5
    while True:
        yield delay
        delay = min(delay * 2, 30.0)


async def together(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results side by side; the first failure ends the others and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
