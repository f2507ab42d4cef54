"""Games that speak when they are asked, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from waiting import eventually

from desktop_client.telemetry import asking
from desktop_client.telemetry.asking import Question
from desktop_client.telemetry.udp import EVERYWHERE, LOOPBACK, UdpListener


class Console(asyncio.DatagramProtocol):
    """Answers every question that it hears."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.port = 0

    def connection_made(self, transport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.asked.append(data)
        self._transport.sendto(b"answer to " + data, addr)


@pytest.fixture
async def console() -> AsyncIterator[Console]:
    transport, console = await asyncio.get_running_loop().create_datagram_endpoint(Console, (EVERYWHERE, 0))
    yield console
    transport.close()


@asynccontextmanager
async def asking_of(host: str, port: int, due: Callable[[float], tuple[bytes, ...]], listen_on: str = LOOPBACK):
    """A listener that asks, and what it hears."""
    heard: list[bytes] = []
    listener = UdpListener(
        0, lambda packet, at: heard.append(packet), listen_on, questions=[Question((host, port), due)]
    )
    await listener.start()
    try:
        yield listener, heard
    finally:
        listener.stop()


async def test_the_answer_comes_to_where_the_question_came_from(console: Console):
    async with asking_of(LOOPBACK, console.port, lambda at: (b"A", b"B")) as (_, heard):
        await eventually(lambda: heard[:2] == [b"answer to A", b"answer to B"])


async def test_it_goes_on_asking_whenever_something_is_due(console: Console):
    times: list[float] = []

    def due(at: float) -> tuple[bytes, ...]:
        times.append(at)
        return () if len(times) == 2 else (str(len(times)).encode(),)

    async with asking_of(LOOPBACK, console.port, due):
        await eventually(lambda: console.asked[:2] == [b"1", b"3"])
    assert times == sorted(times)
    assert times[1] - times[0] == pytest.approx(asking.ASK_EVERY_S, abs=0.2)


async def test_a_console_is_found_by_its_name(console: Console):
    async with asking_of("localhost", console.port, lambda at: (b"A",)) as (listener, heard):
        await eventually(lambda: heard)
        assert listener.problem is None


async def test_a_console_whose_address_nobody_knows_is_asked_by_broadcast(console: Console):
    async with asking_of("127.255.255.255", console.port, lambda at: (b"A",), EVERYWHERE):
        await eventually(lambda: console.asked)


async def test_a_name_that_nobody_has_is_a_sentence_and_nothing_is_sent():
    asked: list[float] = []
    async with asking_of("no..such..console", 33739, lambda at: (asked.append(at), ())[1]) as (listener, _):
        await eventually(lambda: listener.problem)
        assert listener.problem == "There is no computer or console no..such..console in the network."
    assert asked == []


async def test_a_name_is_looked_up_again_but_not_all_the_time(console: Console, monkeypatch):
    monkeypatch.setattr(asking, "ASK_EVERY_S", 0.01)
    lookups = 0

    async def getaddrinfo(host: str, port: int):
        nonlocal lookups
        lookups += 1
        raise socket.gaierror("not yet")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    now, turns = 0.0, 0

    def clock() -> float:
        nonlocal turns
        turns += 1
        return now

    question = Question(("console.test", console.port), lambda at: (b"A",))
    asker = asking.Asking(question, lambda message, address: None, clock)
    asker.start()
    await eventually(lambda: asker.problem and turns > 5)
    assert lookups == 1
    now = asking.LOOK_UP_AGAIN_S
    await eventually(lambda: lookups == 2)
    asker.stop()
    asker.stop()


async def test_where_nothing_can_be_sent_it_is_counted_and_not_the_end():
    async with asking_of("255.255.255.255", 0, lambda at: (b"A",)) as (listener, _):
        await eventually(lambda: listener.errors)


async def test_a_loop_without_readers_asks_just_as_well(console: Console, monkeypatch):
    def has_none(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", has_none)
    async with asking_of(LOOPBACK, console.port, lambda at: (b"A",)):
        await eventually(lambda: console.asked)
