"""Qt says when a socket can be read."""

import socket

import pytest

from desktop_client import qt_readiness
from desktop_client.qt_readiness import by_qt, by_qt_in_bursts

BOTH = pytest.mark.parametrize("watch", [by_qt, by_qt_in_bursts])


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


class Reader:
    """Reads all there is, and remembers how much it was each time it was called."""

    def __init__(self, source: socket.socket) -> None:
        self.heard: list[bytes] = []
        self.calls: list[int] = []
        self._source = source

    def __call__(self) -> int:
        count = 0
        while True:
            try:
                self.heard.append(self._source.recv(64))
            except BlockingIOError:
                self.calls.append(count)
                return count
            count += 1


@BOTH
def test_whoever_waits_is_called_when_something_came(qtbot, pair, watch):
    ours, theirs = pair
    read = Reader(ours)
    stop = watch(ours.fileno(), read)
    theirs.send(b"a packet")
    qtbot.waitUntil(lambda: read.heard == [b"a packet"])
    theirs.send(b"another")
    qtbot.waitUntil(lambda: read.heard == [b"a packet", b"another"])
    stop()


@BOTH
def test_after_the_stop_nobody_is_called(qtbot, pair, watch):
    ours, theirs = pair
    silent, still_there = Reader(ours), Reader(ours)
    watch(ours.fileno(), silent)()
    stop = watch(ours.fileno(), still_there)
    theirs.send(b"late")
    qtbot.waitUntil(lambda: still_there.heard == [b"late"])
    assert silent.calls == []
    stop()


def test_after_a_while_of_silence_nothing_is_looked_at_until_something_comes(qtbot, pair, monkeypatch):
    monkeypatch.setattr(qt_readiness, "POLLS_IN_VAIN", 3)
    ours, theirs = pair
    read = Reader(ours)
    stop = by_qt_in_bursts(ours.fileno(), read)
    theirs.send(b"one")
    qtbot.waitUntil(lambda: read.calls[-4:] == [0, 0, 0, 0])
    resting = len(read.calls)
    theirs.send(b"two")
    qtbot.waitUntil(lambda: read.heard == [b"one", b"two"])
    assert read.calls[resting:][0] == 1, "it was woken, and did not look in vain before"
    stop()
