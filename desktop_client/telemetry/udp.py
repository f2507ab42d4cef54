"""Listen to a game's UDP telemetry on the loop that also paints, without ever making that loop wait."""

from __future__ import annotations

import asyncio
import errno
import socket
import sys
import time
from collections.abc import Callable, Iterable

from desktop_client.telemetry.asking import Asking, Question
from desktop_client.telemetry.packet_rate import PacketRate
from desktop_client.telemetry.readiness import Stop, Watch, by_the_loop

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
RECEIVE_BUFFER = 4 * 1024 * 1024  # the system may grant less; a second of F1 at 60 Hz is half a megabyte
LONGEST_DATAGRAM = 65_536
DATAGRAMS_AT_A_WAKE_UP = 256


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
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)  # asks a console whose address nobody knows
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
        questions: Iterable[Question] = (),
        watch: Watch = by_the_loop,
    ) -> None:
        """The game on this machine sends to loopback; `host` "0.0.0.0" also hears a console in the network.

        `questions` go out from the port that is listened on, so that the answers come back to it. `watch` says when
        there is something to read.
        """
        self.host, self.port = host, port
        self.errors = 0  # what the network layer complained about; no packet is lost by it
        self._hear, self._clock = hear, clock
        self._socket: socket.socket | None = None
        self._watch = watch
        self._unwatch: Stop | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._rate = PacketRate(clock())
        self._asking = tuple(Asking(question, self._send, clock) for question in questions)

    async def start(self) -> None:
        """Bind and begin to hear. Raises CannotListen."""
        self._socket = bind(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        try:
            self._unwatch = self._watch(self._socket.fileno(), self._drain)
        except NotImplementedError:  # Windows' own loop has completions instead of readiness
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=self._socket)
        for asking in self._asking:
            asking.start()

    def stop(self) -> None:
        """Stop hearing and give the port back; once more does no harm."""
        for asking in self._asking:
            asking.stop()
        if self._transport is not None:
            self._transport.close()
        elif self._socket is not None and self._unwatch is not None:
            self._unwatch()
            self._socket.close()
        self._socket = self._transport = None

    @property
    def packets(self) -> int:
        return self._rate.count

    @property
    def packets_per_second(self) -> float:
        """Over the last whole second; 0 once nothing has come for two."""
        return self._rate.per_second(self._clock())

    @property
    def problem(self) -> str | None:
        """Why somebody who has to be asked is not, as a sentence."""
        return next((asking.problem for asking in self._asking if asking.problem), None)

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        at = self._clock()
        self._rate.tick(at)
        self._hear(data, at)

    def error_received(self, exc: Exception) -> None:
        self.errors += 1

    def _send(self, message: bytes, address: tuple[str, int]) -> None:
        """Never waits: what the system does not take now is said again soon."""
        if self._transport is not None:
            self._transport.sendto(message, address)
        elif self._socket is not None:
            try:
                self._socket.sendto(message, address)
            except OSError as error:  # no network, a full buffer, or an address that nobody can be sent to
                self.error_received(error)

    def _drain(self) -> int:
        """Read what has come, but not for ever: a flood must leave the loop time to paint. How much it was."""
        for count in range(DATAGRAMS_AT_A_WAKE_UP):
            if self._socket is None:  # stopped by whoever was handed the last datagram
                return count
            try:
                data, sender = self._socket.recvfrom(LONGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return count
            except OSError as error:
                self.error_received(error)
                return count
            self.datagram_received(data, sender)
        return DATAGRAMS_AT_A_WAKE_UP
