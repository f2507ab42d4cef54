"""A viewer that keeps up, and one that does not."""

import asyncio

import pytest

from desktop_client.stream.viewer import MOST_WAITING, Viewer


class Socket:
    """Takes a message only when it is let."""

    def __init__(self):
        self.taken = []
        self.free = asyncio.Event()
        self.is_lost = False

    async def send_str(self, message):
        await self._take(message)

    async def send_bytes(self, message):
        await self._take(message)

    async def _take(self, message):
        await self.free.wait()
        if self.is_lost:
            raise ConnectionResetError
        self.taken.append(message)


@pytest.fixture
async def viewer():
    made = Viewer(Socket())
    delivering = asyncio.create_task(made.deliver())
    yield made
    delivering.cancel()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_messages_come_in_their_order(viewer):
    viewer.socket.free.set()
    for message in ("layout", b"1", b"2"):
        viewer.offer(message)
    await settle()
    assert viewer.socket.taken == ["layout", b"1", b"2"]
    assert viewer.is_ready


async def test_a_slow_one_skips_and_is_to_get_everything(viewer):
    viewer.needs_everything = False
    for number in range(MOST_WAITING + 1):
        viewer.offer(bytes([number]))
        await settle()
    assert viewer.needs_everything
    assert viewer.is_ready
    viewer.offer(b"everything")
    viewer.socket.free.set()
    await settle()
    assert viewer.socket.taken == [b"\x00", b"everything"], "only what was on its way already comes before"


async def test_what_waits_is_bounded(viewer):
    for _ in range(1000):
        viewer.offer(b"x")
    assert len(viewer._waiting) <= MOST_WAITING


async def test_delivering_ends_with_the_connection():
    viewer = Viewer(Socket())
    viewer.socket.is_lost = True
    viewer.socket.free.set()
    viewer.offer(b"x")
    await asyncio.wait_for(viewer.deliver(), 5)
