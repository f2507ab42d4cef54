"""Hears every game at once and shows the one that speaks."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from desktop_client.station import GameSeen, Station, host_to_listen_on
from desktop_client.telemetry.asking import Question
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.memory_block import FOLDER
from desktop_client.telemetry.readiness import Watch, by_the_loop
from desktop_client.telemetry.shared_memory import MemoryListener
from desktop_client.telemetry.source import GameSettings, MemoryInlet, Thinning, UdpInlet
from desktop_client.telemetry.udp import EVERYWHERE, CannotListen, UdpListener

SILENT_AFTER_S: Final = 3.0
NEARLY: Final = 0.9  # of a step: clocks jitter, and every second frame of sixty is to be one of thirty


class Floor:
    """Who is listened to: whoever speaks has the floor, until nothing was said for a while.

    A game that waits in its pause or its garage goes on speaking; it gives way to one that is driven.
    """

    def __init__(self) -> None:
        self.holder: str | None = None
        self._spoke_at = self._drove_at = -math.inf

    def grants(self, who: str, at: float, *, drives: bool = True) -> bool:
        """Whether `who`, speaking at `at` (seconds), is the one to be heard."""
        if who != self.holder:
            heard_last = self._drove_at if drives else self._spoke_at
            if self.holder is not None and at - heard_last < SILENT_AFTER_S:
                return False
            self.holder, self._drove_at = who, -math.inf
        self._spoke_at = at
        self._drove_at = at if drives else self._drove_at
        return True


class SharedPort:
    """One UDP port that several games may send to: a datagram belongs to the first that can make something of it."""

    def __init__(self) -> None:
        self.sharers: list[tuple[Station, int, UdpInlet]] = []

    def hear(self, datagram: bytes, at: float) -> None:
        for place, (station, _, inlet) in enumerate(self.sharers):
            if station.take(inlet.tag + datagram, at):
                # It is asked first from now on, so that the others need not refuse what is not theirs.
                self.sharers.insert(0, self.sharers.pop(place))
                return


class Listening:
    """Hears all the games that are enabled. What one of them cannot have is a sentence about that game alone."""

    def __init__(
        self,
        games: Mapping[str, GameSettings],
        hear: Callable[[Frame], object],
        *,
        overhear: Callable[[str, bytes, float], object] | None = None,
        listen_on: str | None = None,
        any_port: bool = False,
        memory_folder: Path = FOLDER,
        clock: Callable[[], float] = time.monotonic,
        watch: Watch = by_the_loop,
        frames_hz: float | None = None,
    ) -> None:
        """`hear` gets the frames of the game that speaks, `overhear` every packet of every game with the game's key.

        `listen_on` is the address of ours to listen on, instead of the one that each game needs. `any_port` takes
        free ports instead of the games' own, for a race that this client simulates itself. Of more than `frames_hz`
        frames a second some are left out.
        """
        self.floor = Floor()
        self._show, self._listen_on, self._any_port = hear, listen_on, any_port
        self._folder, self._clock, self._watch = memory_folder, clock, watch
        self.stations = {
            key: Station(key, settings, self._frame, overhear, clock())
            for key, settings in games.items()
            if settings.enabled
        }
        self._least_step_s = NEARLY / frames_hz if frames_hz else 0.0
        self._shown_s, self._shown_uid = -math.inf, ""
        for station in self.stations.values():
            if isinstance(station.source, Thinning):
                station.source.least_step_s = self._least_step_s
        self._open: list[UdpListener | MemoryListener] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """What cannot be had, a sentence each; a port that games share is named once."""
        return tuple(dict.fromkeys(words for station in self.stations.values() for words in station.problems.values()))

    def is_deaf(self) -> bool:
        """Whether no game can be heard at all."""
        return not self._open

    def port_of(self, game: str) -> int:
        """The UDP port that a game is heard on. KeyError or StopIteration where there is none."""
        return next(iter(self.stations[game].ports.values())).port

    async def start(self) -> None:
        for port in self._wanted_ports():
            await self._start_port(port)
        for station in self.stations.values():
            for inlet in station.source.inlets:
                if isinstance(inlet, MemoryInlet):
                    listener = MemoryListener(inlet, station.take, self._folder, self._clock)
                    station.blocks.append(listener)
                    self._open.append(listener)
                    listener.start()

    def stop(self) -> None:
        for listener in self._open:
            listener.stop()
        self._open.clear()

    def seen(self) -> tuple[GameSeen, ...]:
        """What is seen of every game, the one that speaks first."""
        at = self._clock()
        holder = self.floor.holder
        seen = [station.seen(at, speaks=station.key == holder) for station in self.stations.values()]
        return tuple(sorted(seen, key=lambda game: not game.speaks))

    def _frame(self, key: str, frame: Frame) -> None:
        rests = frame.session.paused or frame.session.in_garage
        if not self.floor.grants(key, frame.at, drives=not rests):
            return
        # By the session's clock: packets are read in bursts, so that arrivals lie unevenly.
        is_close = 0 < frame.session_time_s - self._shown_s < self._least_step_s
        if is_close and frame.session.uid == self._shown_uid:
            return
        self._shown_s, self._shown_uid = frame.session_time_s, frame.session.uid
        self._show(frame)

    def _wanted_ports(self) -> tuple[SharedPort, ...]:
        """Every port with the games that send to it."""
        ports: dict[object, SharedPort] = {}
        for station in self.stations.values():
            for position, inlet in enumerate(station.source.inlets):
                if isinstance(inlet, UdpInlet):
                    is_any = self._any_port or inlet.port == 0
                    port = ports.setdefault((station.key, position) if is_any else inlet.port, SharedPort())
                    port.sharers.append((station, position, inlet))
        return tuple(ports.values())

    async def _start_port(self, port: SharedPort) -> None:
        number = 0 if self._any_port else port.sharers[0][2].port
        hosts = {host_to_listen_on(inlet, station.host) for station, _, inlet in port.sharers}
        questions = [Question(inlet.peer, station.source.due) for station, _, inlet in port.sharers if inlet.peer]
        host = self._listen_on or (EVERYWHERE if EVERYWHERE in hosts else hosts.pop())
        listener = UdpListener(number, port.hear, host, self._clock, questions, self._watch)
        try:
            await listener.start()
        except CannotListen as problem:
            for station, position, _ in port.sharers:
                station.problems[position] = str(problem)
            return
        self._open.append(listener)
        for station, position, _ in port.sharers:
            station.ports[position] = listener
