"""Play a recording back at any pace, pause it, and go to any time of it. Pure but for reading the file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from desktop_client.telemetry.reel import Reel
from desktop_client.telemetry.replay import Recording

LONGEST_SILENCE_S: Final = 1.0
"""A pause on the tape is played no longer than this."""

PACKETS_AT_A_BREATH: Final = 256
PACKETS_READ_AT_A_BREATH: Final = 2048


def _nothing() -> None:
    """Where there is nothing to begin anew."""


class Player:
    """Hands the packets of a recording to `feed` when they are due, with the time of the injected clock."""

    def __init__(
        self,
        recording: Recording,
        feed: Callable[[bytes, float], object],
        restart: Callable[[], object] = _nothing,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`restart` is called before each jump: what comes next does not follow from what was heard before."""
        self.recording = recording
        self.is_paused = self.has_ended = False
        self._feed, self._restart, self._clock, self._speed = feed, restart, clock, speed
        self._reel = Reel(recording)
        self._next = 0  # the number of the packet that is due next
        self._sought: float | None = None  # where it is on its way to
        self._anchor(clock(), 0.0)

    @property
    def speed(self) -> float:
        """How many seconds of the recording pass in a second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._anchor(self._clock(), self.position)
        self._speed = speed

    @property
    def position(self) -> float:
        """Where on the recording it stands, in seconds since the recording began."""
        if self._sought is not None:
            return self._sought
        if self.is_paused or self.has_ended:
            return self._position
        now = self._position + (self._clock() - self._since) * self._speed
        return now if (coming := self._reel.offset(self._next)) is None else min(now, coming)

    def pause(self) -> None:
        self._anchor(self._clock(), self.position)
        self.is_paused = True

    def resume(self) -> None:
        if self.is_paused:
            self.is_paused = False
            self._anchor(self._clock(), self._position)

    def seek(self, seconds: float) -> None:
        """Go to a time of the recording, forwards or back; past its end is its end.

        Where the recording was never read before, the next steps read on until they are there.
        """
        self._sought = max(seconds, 0.0)
        self.has_ended = False
        self._arrive()

    def step(self) -> float | None:
        """Feed what is due; how many seconds until the next packet is, or None when nothing comes by itself any more.

        Never feeds so much at once that whoever else runs on the same loop would notice: then it returns 0.
        """
        if self._sought is not None and not self._arrive():
            return 0.0
        for _ in range(PACKETS_AT_A_BREATH):
            if self.is_paused or self.has_ended:
                return None
            offset = self._reel.offset(self._next)
            if offset is None:
                self.has_ended = True
                self._position = (self._reel.offset(self._next - 1) or 0.0) if self._next else 0.0
                return None
            due = self._since + (offset - self._position) / self._speed
            now = self._clock()
            if due > now:
                return due - now
            self._feed(self._reel.packet(self._next), now)
            self._next += 1
            self._anchor(due, offset)
        return 0.0

    def close(self) -> None:
        self._reel.close()

    def _arrive(self) -> bool:
        """Stand where was asked for, once the recording is read that far.

        What has to be known there is fed at once, so that the very next packet makes sense.
        """
        if self._sought is None or not self._reel.reads_to(self._sought, PACKETS_READ_AT_A_BREATH):
            return False
        position, self._sought = self._sought, None
        self._restart()
        now = self._clock()
        self._next = self._reel.number_at(position)
        for number in self._reel.context_of(self._next):
            self._feed(self._reel.packet(number), now)
        self._anchor(now, position)
        return True

    def _anchor(self, since: float, position: float) -> None:
        """From now on the recording stands at `position` at the clock's `since`, if need be after a long silence."""
        coming = self._reel.offset(self._next)
        self._since = since
        self._position = position if coming is None else max(position, coming - LONGEST_SILENCE_S)


async def play(
    recording: Recording,
    feed: Callable[[bytes, float], object],
    speed: float | None = 1.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    start: float = 0.0,
) -> None:
    """Hand every packet from `start` (seconds) on to `feed` with the time of its arrival, at `speed` times its pace.

    With `speed` None it goes as fast as it can, and the times are the recording's own instead of the clock's.
    """
    if speed is None:
        await _rush(recording, feed, sleep, start)
        return
    player = Player(recording, feed, speed=speed, clock=clock)
    if start > 0:
        player.seek(start)
    try:
        while (wait := player.step()) is not None:
            await sleep(wait)
    finally:
        player.close()


async def _rush(
    recording: Recording,
    feed: Callable[[bytes, float], object],
    sleep: Callable[[float], Awaitable[object]],
    start: float,
) -> None:
    reel = Reel(recording)
    try:
        number = reel.number_at(start)
        for earlier in reel.context_of(number):
            feed(reel.packet(earlier), reel.offset(earlier) or 0.0)
        while (offset := reel.offset(number)) is not None:
            feed(reel.packet(number), offset)
            number += 1
            if number % PACKETS_AT_A_BREATH == 0:
                await sleep(0)
    finally:
        reel.close()
