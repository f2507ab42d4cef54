"""Qt says when a socket can be read."""

import socket

import pytest

from desktop_client.qt_readiness import by_qt


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_whoever_waits_is_called_when_something_came(qtbot, pair):
    ours, theirs = pair
    heard = []
    stop = by_qt(ours.fileno(), lambda: heard.append(ours.recv(64)))
    theirs.send(b"a packet")
    qtbot.waitUntil(lambda: heard == [b"a packet"])
    stop()


def test_after_the_stop_nobody_is_called(qtbot, pair):
    ours, theirs = pair
    heard = []
    by_qt(ours.fileno(), lambda: heard.append("stopped"))()
    last = []
    still = by_qt(ours.fileno(), lambda: last.append(ours.recv(64)))
    theirs.send(b"late")
    qtbot.waitUntil(lambda: last == [b"late"])
    assert heard == []
    still()
