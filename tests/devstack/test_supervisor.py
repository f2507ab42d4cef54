import asyncio
from pathlib import Path

import pytest

from devstack.child import ChildFailed
from devstack.supervisor import HEALTHY_AFTER_S, Supervisor, growing_delays


class Server:
    """Starts and stops in memory, writing into a common history; crashes when told to."""

    def __init__(self, name: str, history: list[str]) -> None:
        self.name, self.history = name, history
        self.failures = 0
        self.started = asyncio.Event()
        self._crashed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        if self.failures:
            self.failures -= 1
            raise ChildFailed(self.name, "ended with exit code 1 while starting", Path("log"), "")
        self._crashed = asyncio.get_running_loop().create_future()
        self.history.append(f"start {self.name}")
        self.started.set()

    async def stop(self) -> None:
        self.history.append(f"stop {self.name}")

    async def ended(self) -> int:
        return await self._crashed

    def crash(self, code: int = -9) -> None:
        self.started.clear()
        self._crashed.set_result(code)


class Time:
    """A clock that moves only when somebody sleeps or a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_groups_stop_one_after_the_other_and_what_never_started_is_skipped():
    history: list[str] = []
    supervisor = Supervisor(lambda _: None)
    await supervisor.start(Server("postgres", history))
    await supervisor.start(Server("auth", history))
    await supervisor.stop((("gateway",), ("auth",), ("postgres",)))
    assert history == ["start postgres", "start auth", "stop auth", "stop postgres"]


async def test_the_first_that_cannot_be_started_is_named():
    history: list[str] = []
    broken = Server("tracks", history)
    broken.failures = 1
    supervisor = Supervisor(lambda _: None)
    with pytest.raises(ChildFailed, match="tracks ended with exit code 1"):
        await supervisor.start(Server("auth", history), broken)
    await supervisor.stop((("auth", "tracks"),))
    assert "stop auth" in history


async def test_a_crashed_server_is_started_again_after_delays_that_grow_while_it_keeps_crashing():
    time, said = Time(), []
    server = Server("nats", [])
    supervisor = Supervisor(said.append, clock=time, sleep=time.sleep)
    await supervisor.start(server)
    for _ in range(3):
        server.crash()
        await server.started.wait()
        await asyncio.sleep(0)
    server.failures = 2
    server.crash(code=1)
    await server.started.wait()
    await supervisor.stop((("nats",),))
    assert time.slept == [0.5, 1, 2, 4, 8, 16]
    assert "nats ended with exit code -9; it is started again in 0.5 s" in said
    assert "nats ended with exit code 1 while starting; it is started again in 8 s" in said


async def test_a_server_that_was_healthy_for_a_while_gets_the_shortest_delay_again():
    time = Time()
    server = Server("nats", [])
    supervisor = Supervisor(lambda _: None, clock=time, sleep=time.sleep)
    await supervisor.start(server)
    for healthy in (0, HEALTHY_AFTER_S):
        await asyncio.sleep(0)
        time.now += healthy
        server.crash()
        await server.started.wait()
        await asyncio.sleep(0)
    await supervisor.stop((("nats",),))
    assert time.slept == [0.5, 0.5]


async def test_whoever_wants_to_know_is_told_when_a_server_is_back():
    told = asyncio.Event()
    time = Time()
    server = Server("nats", [])
    supervisor = Supervisor(lambda _: None, changed=told.set, clock=time, sleep=time.sleep)
    await supervisor.start(server)
    server.crash()
    await told.wait()
    await supervisor.stop((("nats",),))


def test_delays_grow_to_half_a_minute_and_no_further():
    delays = growing_delays()
    assert [next(delays) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
