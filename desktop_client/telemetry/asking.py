"""Some games speak only when asked: what their adapters have to say is sent a few times a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

ASK_EVERY_S: Final = 0.25
LOOK_UP_AGAIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Question:
    """Where an adapter's own messages go, and what they are at a given time (see `Source.due`)."""

    peer: tuple[str, int]
    due: Callable[[float], tuple[bytes, ...]]


class Asking:
    """Sends one question for as long as it is open. A peer's name is looked up beside everything else."""

    def __init__(
        self,
        question: Question,
        send: Callable[[bytes, tuple[str, int]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.problem: str | None = None  # why nobody is asked, as a sentence
        self._question, self._send, self._clock = question, send, clock
        self._address = question.peer if _is_address(question.peer[0]) else None
        self._looked_up_at: float | None = None
        self._looking_up: asyncio.Task[None] | None = None
        self._timer: asyncio.Handle | None = None

    def start(self) -> None:
        """Ask at once, and go on. Needs a running loop."""
        self._timer = asyncio.get_running_loop().call_later(ASK_EVERY_S, self.start)
        at = self._clock()
        if self._address is None:
            self._look_up(at)
            return
        for message in self._question.due(at):
            self._send(message, self._address)

    def stop(self) -> None:
        """Ask no more; once more does no harm."""
        if self._timer is not None:
            self._timer.cancel()
        if self._looking_up is not None:
            self._looking_up.cancel()
        self._timer = self._looking_up = None

    def _look_up(self, at: float) -> None:
        is_early = self._looked_up_at is not None and at - self._looked_up_at < LOOK_UP_AGAIN_S
        if is_early or (self._looking_up is not None and not self._looking_up.done()):
            return
        self._looked_up_at = at
        self._looking_up = asyncio.ensure_future(self._find_address())

    async def _find_address(self) -> None:
        host, port = self._question.peer
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port)
        except (OSError, UnicodeError):  # UnicodeError: a name that no network has, such as one with an empty part
            self.problem = f"There is no computer or console {host} in the network."
            return
        for *_, address in found:
            if len(address) == 2:  # of IPv4, which is all that games speak
                self._address, self.problem = (str(address[0]), port), None
                return
        self.problem = f"{host} has no IPv4 address."


def _is_address(host: str) -> bool:
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False
