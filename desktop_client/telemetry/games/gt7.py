"""Gran Turismo 7: asks a console in the network for telemetry and makes frames of what it answers."""

from __future__ import annotations

from typing import Final

from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.games.gt7_frame import CAPABILITIES, GAME, build_frame
from desktop_client.telemetry.games.gt7_memory import Memory
from desktop_client.telemetry.games.gt7_wire import ANSWER_PORT, ASK_PORT, BY_SIZE, FORMATS, decipher, open_packet
from desktop_client.telemetry.source import GameSettings, Health, Inlet, UdpInlet

ASK_AGAIN_S: Final = 3.0  # the console goes on for some seconds after it was asked, and then falls silent
ANSWER_WITHIN_S: Final = 3.0  # before it is asked for a poorer format
RESTARTED_BY: Final = 600  # packets, ten seconds: a number that far behind is not late, it began anew


class GranTurismo7:
    """Gran Turismo 7 as a source of frames; see `desktop_client.telemetry.source.Source`.

    `settings.host` is the console, or a broadcast address to find it; `settings.port` is its port. Without a host
    nobody is asked: a client that sends to the network unbidden has a firewall ask about it.
    """

    game = GAME
    capabilities = CAPABILITIES

    def __init__(self, settings: GameSettings | None = None) -> None:
        settings = settings or GameSettings()
        self._console = (settings.host, settings.port or ASK_PORT) if settings.host else None
        self.inlets: tuple[Inlet, ...] = (UdpInlet(ANSWER_PORT, peer=self._console),)
        self.health = Health()
        self._memory = Memory()
        self._newest: tuple[int, int] | None = None  # number and flags of the packet that was taken last
        self._heard_at: float | None = None
        self._asks_for = 0
        self._asked_at: float | None = None
        self._asks_for_since = 0.0

    def feed(self, packet: bytes, at: float) -> Frame | None:
        form = BY_SIZE.get(len(packet))
        if form is None:
            return self._refuse("wrong_size", f"{len(packet)} bytes are none of {sorted(BY_SIZE)}")
        plain = decipher(packet)
        if plain is None:
            return self._refuse("foreign", "this is not enciphered as Gran Turismo 7 does it")
        opened = open_packet(plain)
        if not self._is_newer(int(opened["packet_id"]), int(opened["flags"])):
            return None
        self._heard_at = at
        self.health.format = f"GT7 {form.ask.decode()}"
        self.health.decoded += 1
        self.health.frames += 1
        self._memory.take(opened)
        return build_frame(opened, self._memory, self.health, at)

    def due(self, at: float) -> tuple[bytes, ...]:
        """A letter every few seconds; the next poorer format's while there is no answer, round and round."""
        if self._console is None:
            return ()
        if self._asked_at is None:
            self._asks_for_since = at
        answered = self._heard_at is not None and at - self._heard_at < ANSWER_WITHIN_S
        if answered:
            self._asks_for_since = at
        elif at - self._asks_for_since >= ANSWER_WITHIN_S:
            self._asks_for = (self._asks_for + 1) % len(FORMATS)
            self._asks_for_since, self._asked_at = at, None
        if self._asked_at is not None and at - self._asked_at < ASK_AGAIN_S:
            return ()
        self._asked_at = at
        return (FORMATS[self._asks_for].ask,)

    def _is_newer(self, packet_id: int, flags: int) -> bool:
        """Whether to go on to this packet; one with the last one's number tells news if its flags do, as in a pause."""
        newest, newest_flags = self._newest or (-1, 0)
        behind = newest - packet_id
        if behind == 0 and flags == newest_flags:
            self.health.refuse("duplicate", f"packet {packet_id}")
            return False
        if 0 < behind < RESTARTED_BY:
            self.health.refuse("late", f"packet {packet_id} came after {newest}")
            return False
        if behind > 0:
            self._memory.forget()
        self._newest = packet_id, flags
        return True

    def _refuse(self, reason: str, detail: str) -> None:
        self.health.refuse(reason, detail)
