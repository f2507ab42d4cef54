"""Read a game's shared memory on the loop that also paints: a glance at each block, never a wait.

A block that is not there costs one look every two seconds; one that is there is looked at as often as its inlet
says, and less often while nothing in it changes.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from desktop_client.telemetry.memory_block import FOLDER, Block, open_block
from desktop_client.telemetry.source import BlockReader, MemoryInlet

log = logging.getLogger(__name__)

LOOK_FOR_IT_EVERY_S: Final = 2.0
RESTING_AFTER_S: Final = 2.0
RESTING_HZ: Final = 10.0


class WholeBlock:
    """Gives the whole block whenever anything in it changed; the reader of a game that says nothing about versions."""

    def __init__(self) -> None:
        self._before = b""

    def read(self, memory: memoryview) -> Iterable[bytes]:
        now = bytes(memory)  # copied before it is compared: the game writes on meanwhile, and bytes compare fastest
        if now == self._before:
            return ()
        self._before = now
        return (now,)


class MemoryListener:
    """Hands every packet of one inlet, and the time it was read, to `hear`."""

    def __init__(
        self,
        inlet: MemoryInlet,
        hear: Callable[[bytes, float], object],
        folder: Path = FOLDER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`folder` stands for /dev/shm in tests; Windows has none."""
        self.inlet = inlet
        self._hear, self._folder, self._clock = hear, folder, clock
        self._block: Block | None = None
        self._reader: BlockReader | None = None
        self._news_at = self._checked_at = 0.0
        self._timer: asyncio.Handle | None = None
        self._is_running = False

    @property
    def is_there(self) -> bool:
        """Whether the block could be found the last time that it was looked for."""
        return self._block is not None

    def start(self) -> None:
        """Look at once, and go on. Needs a running loop."""
        self._is_running = True
        self._go_on()

    def stop(self) -> None:
        """Let go of the block and look no more; once more does no harm."""
        self._is_running = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._lose()

    @property
    def rest_s(self) -> float:
        """How long from one glance to the next, as things are."""
        if self._block is None:
            return LOOK_FOR_IT_EVERY_S
        rate = self.inlet.rate_hz
        return 1 / (min(rate, RESTING_HZ) if self._is_resting(self._clock()) else rate)

    def glance(self) -> None:
        """Look for the block if it is absent, and hand on what is new in it. Never raises."""
        at = self._clock()
        if self._block is None or not self._still_stands(self._block, at):
            self._find(at)
        if self._block is None or self._reader is None:
            return
        try:
            for packet in self._reader.read(self._block.memory):
                self._news_at = at
                self._hear(self.inlet.tag + packet, at)
                if self._block is None:  # stopped by whoever was handed the packet
                    return
        except Exception:
            log.exception("The shared memory %s cannot be read", self.inlet.name)
            self._lose()

    def _go_on(self) -> None:
        self.glance()
        if self._is_running:
            self._timer = asyncio.get_running_loop().call_later(self.rest_s, self._go_on)

    def _find(self, at: float) -> None:
        self._lose()
        self._block = open_block(self.inlet.name, self.inlet.size, self._folder)
        if self._block is not None:
            self._reader = self.inlet.reader()
            self._news_at = self._checked_at = at

    def _still_stands(self, block: Block, at: float) -> bool:
        """Whether the block is still the one that its name stands for.

        Asked only while nothing in it changes: a block that goes on changing has somebody who writes it.
        """
        if not block.is_whole():
            return False
        if not self._is_resting(at) or at - self._checked_at < LOOK_FOR_IT_EVERY_S:
            return True
        self._checked_at = at
        return block.is_current()

    def _is_resting(self, at: float) -> bool:
        return at - self._news_at >= RESTING_AFTER_S

    def _lose(self) -> None:
        if self._block is not None:
            self._block.close()
        self._block = self._reader = None
