"""One game that is listened to: its adapter, the ways it may speak, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.memory_block import plain_name
from desktop_client.telemetry.packet_rate import PacketRate
from desktop_client.telemetry.shared_memory import MemoryListener
from desktop_client.telemetry.source import GameSettings, UdpInlet
from desktop_client.telemetry.udp import EVERYWHERE, LOOPBACK, UdpListener


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a game may be heard, as a driver would name it; `is_open` says whether it can be heard there now."""

    kind: str
    name: str
    is_open: bool

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class GameSeen:
    """What is seen of one game at one moment. `refused` counts packets by reason, in the adapter's own words."""

    title: str
    how_to: str = ""
    places: tuple[Place, ...] = ()
    problem: str | None = None
    packets_per_second: float = 0.0
    frames: int = 0
    format: str | None = None
    refused: Mapping[str, int] = field(default_factory=dict[str, int])
    last_error: str | None = None
    speaks: bool = False  # it is the one whose frames are shown


class Station:
    """Takes the packets of one game and hands its frames, with its key, to `hear`."""

    def __init__(
        self,
        key: str,
        settings: GameSettings,
        hear: Callable[[str, Frame], object],
        overhear: Callable[[str, bytes, float], object] | None,
        at: float,
    ) -> None:
        """`overhear` gets every packet before the adapter does."""
        self.key = key
        self.host = settings.host or None
        self.source = GAMES[key].make(_for_adapter(settings))
        self.ports: dict[int, UdpListener] = {}  # by the position of their inlets
        self.blocks: list[MemoryListener] = []
        self.problems: dict[int, str] = {}  # by the position of the inlet that cannot be had
        self._hear, self._overhear = hear, overhear
        self._rate = PacketRate(at)

    def take(self, packet: bytes, at: float) -> bool:
        """Feed the adapter; whether it could make something of the packet."""
        self._rate.tick(at)
        if self._overhear is not None:
            self._overhear(self.key, packet, at)
        decoded = self.source.health.decoded
        frame = self.source.feed(packet, at)
        if frame is not None:
            self._hear(self.key, frame)
        return self.source.health.decoded > decoded

    def seen(self, at: float, *, speaks: bool) -> GameSeen:
        health, game = self.source.health, GAMES[self.key]
        asked_in_vain = next((port.problem for port in self.ports.values() if port.problem), None)
        return GameSeen(
            title=game.title,
            how_to=game.how_to,
            places=self.places(),
            problem=" ".join(self.problems.values()) or asked_in_vain,
            packets_per_second=self._rate.per_second(at),
            frames=health.frames,
            format=health.format,
            refused=dict(health.refused),
            last_error=health.last_error,
            speaks=speaks,
        )

    def places(self) -> tuple[Place, ...]:
        """Where it may be heard; a port that could not be had is not among them."""
        ports = (Place("UDP port", str(listener.port), True) for listener in self.ports.values())
        blocks = (Place("shared memory", plain_name(block.inlet.name), block.is_there) for block in self.blocks)
        return (*ports, *blocks)


def host_to_listen_on(inlet: UdpInlet, host: str | None) -> str:
    """Of our own addresses: this computer alone suffices, unless another one or a console is to be heard."""
    if inlet.broadcasts:
        return EVERYWHERE
    others = [peer for peer in (host, inlet.peer[0] if inlet.peer else None) if peer is not None]
    return EVERYWHERE if any(not _is_this_computer(peer) for peer in others) else LOOPBACK


def _is_this_computer(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")


def _for_adapter(settings: GameSettings) -> GameSettings:
    """Whoever says 0.0.0.0 means that the game may be anywhere, which is nowhere to send a question to."""
    if settings.host not in ("", EVERYWHERE):
        return settings
    return GameSettings(settings.enabled, settings.port, None, settings.password)
