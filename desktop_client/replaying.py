"""A recording instead of a game: it can be paused, gone through at any pace, and entered anywhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from desktop_client.station import GameSeen, Place
from desktop_client.telemetry.catalogue import GAMES
from desktop_client.telemetry.frame import Frame
from desktop_client.telemetry.packet_rate import PacketRate
from desktop_client.telemetry.player import Player
from desktop_client.telemetry.replay import Recording
from desktop_client.telemetry.source import GameSettings, Source
from desktop_client.telemetry.tape import Damaged

SHORTEST_WAIT_S: Final = 0.001  # Qt's timers know nothing shorter, and would turn around and around


class Replaying:
    """Shows a recording of `game`, in the place of `Listening`."""

    def __init__(
        self,
        recording: Recording,
        game: str,
        hear: Callable[[Frame], object],
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.problem: str | None = None
        self._game, self._hear, self._clock = game, hear, clock
        self._source = self._fresh()
        self._length_s = recording.length_s()
        self._jumps = 0
        self._rate = PacketRate(clock())
        self._player = Player(recording, self._feed, self._begin_anew, speed, clock)
        self._timer: asyncio.Handle | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        return () if self.problem is None else (self.problem,)

    @property
    def position_s(self) -> float:
        return self._player.position

    @property
    def is_paused(self) -> bool:
        return self._player.is_paused

    async def start(self) -> None:
        self._go_on()

    def stop(self) -> None:
        self._rest()
        self._player.close()

    def pause(self) -> None:
        self._player.pause()

    def resume(self) -> None:
        self._player.resume()
        self._go_on()

    def seek(self, seconds: float) -> None:
        self._player.seek(seconds)
        self._go_on()

    def set_speed(self, speed: float) -> None:
        self._player.speed = speed
        self._go_on()

    def seen(self) -> tuple[GameSeen, ...]:
        """What is seen of the recording, in the words for a game."""
        health = self._source.health
        return (
            GameSeen(
                title=GAMES[self._game].title,
                places=(Place("the recording", f"{self._player.recording.path.name} at {self._position()}", True),),
                problem=self.problem or self._player.recording.damage,
                packets_per_second=self._rate.per_second(self._clock()),
                frames=health.frames,
                format=health.format,
                refused=dict(health.refused),
                last_error=health.last_error,
                speaks=True,
            ),
        )

    def _position(self) -> str:
        at = _clock_time(self._player.position)
        return at if self._length_s is None else f"{at} of {_clock_time(self._length_s)}"

    def _go_on(self) -> None:
        self._rest()
        try:
            wait = self._player.step()
        except (OSError, Damaged) as problem:
            self.problem = f"{self._player.recording.path} cannot be read any more: {problem}."
            return
        if wait is not None:
            self._timer = asyncio.get_running_loop().call_later(max(wait, SHORTEST_WAIT_S), self._go_on)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _feed(self, packet: bytes, at: float) -> None:
        self._rate.tick(at)
        frame = self._source.feed(packet, at)
        if frame is not None:
            self._hear(frame if not self._jumps else self._as_another_session(frame))

    def _begin_anew(self) -> None:
        self._source = self._fresh()
        self._jumps += 1

    def _as_another_session(self, frame: Frame) -> Frame:
        """What is remembered of the race before a jump is not what happened before the frames that come now."""
        return replace(frame, session=replace(frame.session, uid=f"{frame.session.uid}, jump {self._jumps}"))

    def _fresh(self) -> Source:
        return GAMES[self._game].make(GameSettings())


def _clock_time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
