"""Listen to a game's UDP telemetry on the loop that also paints, without ever making that loop wait."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
import time
from collections.abc import Callable

LOOPBACK = "127.0.0.1"
RECEIVE_BUFFER = 4 * 1024 * 1024  # the system may grant less; a second of F1 at 60 Hz is half a megabyte
LONGEST_DATAGRAM = 65_536
DATAGRAMS_AT_A_WAKE_UP = 256
SILENT_AFTER_S = 2.0


class CannotListen(Exception):
    """The port cannot be had; the message is a sentence for the driver, with what to do."""


def explain(error: OSError, host: str, port: int) -> str:
    """Why a port cannot be had, as a sentence for the driver."""
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
        return (
            f"UDP port {port} is already in use by another program; close that program, or set another port "
            "both here and in the game's telemetry settings."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"The system does not allow listening on UDP port {port}; choose a port above 1023."
    return f"Cannot listen on {host}, UDP port {port}: {error.strerror or error}."


def bind(host: str, port: int) -> socket.socket:
    """A non-blocking UDP socket on `host`:`port` (0 takes any free port). Raises CannotListen."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if sys.platform == "win32":  # elsewhere a second program cannot bind the port anyway
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        listening.setblocking(False)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CannotListen(explain(error, host, port)) from error
    return listening


class UdpListener(asyncio.DatagramProtocol):
    """Hands every datagram and the time it was read to `hear`, and counts."""

    def __init__(
        self,
        port: int,
        hear: Callable[[bytes, float], object],
        host: str = LOOPBACK,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The game on this machine sends to loopback; `host` "0.0.0.0" also hears a console in the network."""
        self.host, self.port = host, port
        self.packets = 0
        self.errors = 0  # what the network layer complained about; no packet is lost by it
        self._hear, self._clock = hear, clock
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._rate, self._counted_from, self._counted, self._heard_at = 0.0, clock(), 0, clock()

    async def start(self) -> None:
        """Bind and begin to hear. Raises CannotListen."""
        self._socket = bind(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.get_running_loop()
        try:
            self._loop.add_reader(self._socket.fileno(), self._drain)
        except NotImplementedError:  # Windows' own loop has completions instead of readiness
            self._transport, _ = await self._loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def stop(self) -> None:
        """Stop hearing and give the port back; once more does no harm."""
        if self._transport is not None:
            self._transport.close()
        elif self._socket is not None and self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self._socket = self._transport = None

    @property
    def packets_per_second(self) -> float:
        """Over the last whole second; 0 once nothing has come for two."""
        return self._rate if self._clock() - self._heard_at < SILENT_AFTER_S else 0.0

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        at = self._clock()
        self.packets += 1
        self._counted += 1
        self._heard_at = at
        if (elapsed := at - self._counted_from) >= 1:
            self._rate = self._counted / elapsed
            self._counted, self._counted_from = 0, at
        self._hear(data, at)

    def error_received(self, exc: Exception) -> None:
        self.errors += 1

    def _drain(self) -> None:
        """Read what has come, but not for ever: a flood must leave the loop time to paint."""
        for _ in range(DATAGRAMS_AT_A_WAKE_UP):
            if self._socket is None:  # stopped by whoever was handed the last datagram
                return
            try:
                data, sender = self._socket.recvfrom(LONGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self.error_received(error)
                return
            self.datagram_received(data, sender)
