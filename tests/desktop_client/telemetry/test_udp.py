"""The listener over a real loopback socket."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import qasync

from desktop_client.telemetry import udp
from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.udp import LOOPBACK, CannotListen, UdpListener


class Ear:
    """Collects what is heard and lets a test wait for a number of it."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, float]] = []
        self._arrived = asyncio.Event()

    def __call__(self, packet: bytes, at: float) -> None:
        self.heard.append((packet, at))
        self._arrived.set()

    async def has(self, count: int) -> list[bytes]:
        while len(self.heard) < count:
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), 10)
        return [packet for packet, _ in self.heard]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def listener(ear: Ear) -> AsyncIterator[UdpListener]:
    listener = UdpListener(0, ear)
    await listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def send(listener: UdpListener) -> Iterator[Callable[[bytes], None]]:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send_one(packet: bytes) -> None:
        sender.sendto(packet, (LOOPBACK, listener.port))

    yield send_one
    sender.close()


async def test_every_datagram_is_heard_once_whole_and_in_order(listener: UdpListener, ear: Ear, send):
    packets = [bytes([number % 251]) * (number * 37 % 1500) for number in range(100)]
    for packet in packets:
        send(packet)
    assert await ear.has(100) == packets
    assert listener.packets == 100


async def test_a_real_race_over_a_real_socket_becomes_the_same_frames(ear: Ear, send, small_race):
    race, source = small_race(), F1()
    packets = race.opening() + [packet for frame in range(1, 30) for packet in race.instant(frame)]
    for packet in packets:
        send(packet)
    frames = [source.feed(packet, 0.0) for packet in await ear.has(len(packets))]
    assert sum(frame is not None for frame in frames) == 29
    assert not source.health.refused


async def test_the_rate_is_that_of_the_last_second_and_nothing_after_a_silence(ear: Ear):
    now = 50.0
    listener = UdpListener(0, ear, clock=lambda: now)
    for packet in range(181):
        now = 50 + packet / 60
        listener.datagram_received(b"x", (LOOPBACK, 1))
    assert listener.packets_per_second == pytest.approx(60, abs=1)
    now += 3
    assert listener.packets_per_second == 0


async def test_a_port_in_use_is_one_sentence_that_names_it_and_says_what_to_do(listener: UdpListener, ear: Ear):
    second = UdpListener(listener.port, ear)
    with pytest.raises(CannotListen) as refused:
        await second.start()
    assert f"UDP port {listener.port} is already in use" in str(refused.value)
    assert "another port" in str(refused.value)
    second.stop()


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.EACCES, "choose a port above 1023"), (errno.EADDRNOTAVAIL, "Cannot listen on 10.1.1.1, UDP port 80")],
)
def test_what_else_the_system_says_is_put_plainly(number: int, sentence: str):
    assert sentence in udp.explain(OSError(number, "said the system"), "10.1.1.1", 80)


async def test_stopping_gives_the_port_back_and_may_be_repeated(listener: UdpListener, ear: Ear):
    listener.stop()
    listener.stop()
    again = UdpListener(listener.port, ear)
    await again.start()
    again.stop()


async def test_a_listener_may_be_stopped_by_what_it_hears(ear: Ear):
    def hear_and_stop(packet: bytes, at: float) -> None:
        ear(packet, at)
        listener.stop()

    listener = UdpListener(0, hear_and_stop)
    await listener.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(5):
            sender.sendto(b"x", (LOOPBACK, listener.port))
    assert await ear.has(1) == [b"x"]


async def test_a_flood_leaves_the_loop_time_for_others(listener: UdpListener, ear: Ear, send, monkeypatch):
    monkeypatch.setattr(udp, "DATAGRAMS_AT_A_WAKE_UP", 10)
    for _ in range(50):
        send(b"x")
    turns = 0
    while len(ear.heard) < 50:
        await asyncio.sleep(0)
        turns += 1
        assert len(ear.heard) <= turns * 10


def test_it_hears_on_the_loop_that_also_paints(qapp, ear: Ear):
    async def hear_one() -> list[bytes]:
        listener = UdpListener(0, ear)
        await listener.start()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"hello", (LOOPBACK, listener.port))
        heard = await ear.has(1)
        listener.stop()
        return heard

    with qasync.QEventLoop(qapp) as loop:
        assert loop.run_until_complete(hear_one()) == [b"hello"]


async def test_a_loop_without_readers_hears_just_as_well(ear: Ear, monkeypatch):
    def has_none(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", has_none)
    listener = UdpListener(0, ear)
    await listener.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", (LOOPBACK, listener.port))
    assert await ear.has(1) == [b"hello"]
    listener.stop()
