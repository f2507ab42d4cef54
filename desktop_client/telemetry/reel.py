"""Where in a recording is what? Anywhere can be gone to at once, as far as the recording was read before."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from desktop_client.telemetry.replay import Heard, Recording

MOST_KINDS: Final = 512
MARK_EVERY: Final = 8192  # packets
HEAD: Final = 8  # bytes: a tag, a format, a packet's id


class Reel:
    """Packets of a recording by number, from 0. It reads ahead no further than it is asked."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._coming: Iterator[Heard] = iter(recording)
        self._newest: Heard | None = None
        self._file = recording.path.open("rb")
        self._offsets, self._wheres, self._kinds = array("d"), array("Q"), array("q")
        self._last_of_kind: dict[int, int] = {}
        self._marks: list[dict[int, int]] = []

    def offset(self, number: int) -> float | None:
        """When a packet came, in seconds since the recording began; None past the end."""
        while len(self._offsets) <= number:
            if not self._read_one():
                return None
        return self._offsets[number]

    def packet(self, number: int) -> bytes:
        """The bytes of a packet that there is."""
        if self._newest is not None and number == len(self._offsets) - 1:
            return self._newest.packet
        return self._recording.packet_at(self._file, self._wheres[number])

    def reads_to(self, seconds: float, packets: int) -> bool:
        """Read ahead, but no more than so many packets; whether all up to that time is known now."""
        for _ in range(packets):
            if self._offsets and self._offsets[-1] >= seconds:
                return True
            if not self._read_one():
                return True
        return False

    def number_at(self, seconds: float) -> int:
        """The first packet at or after a time; one past the last where the recording is shorter."""
        while not self.reads_to(seconds, MARK_EVERY):
            pass
        return bisect_left(self._offsets, seconds)

    def context_of(self, number: int) -> list[int]:
        """What an adapter has to have heard before it makes sense of packet `number`, oldest first.

        That is the newest packet of every kind before it. Packets are of one kind when they begin alike and are of
        one length, which holds for every game's format; a game that scrambles its packets has as many kinds as
        packets, and gets those of the last seconds.
        """
        mark = min(number // MARK_EVERY, len(self._marks))
        last = dict(self._marks[mark - 1]) if mark else {}
        for earlier in range(mark * MARK_EVERY, number):
            _remember(last, self._kinds[earlier], earlier)
        return sorted(last.values())

    def close(self) -> None:
        self._file.close()

    def _read_one(self) -> bool:
        self._newest = next(self._coming, None)
        if self._newest is None:
            return False
        number = len(self._offsets)
        packet = self._newest.packet
        kind = hash((len(packet), packet[:HEAD]))
        self._offsets.append(max(self._newest.offset, self._offsets[-1] if number else 0.0))
        self._wheres.append(self._newest.where)
        self._kinds.append(kind)
        _remember(self._last_of_kind, kind, number)
        if (number + 1) % MARK_EVERY == 0:
            self._marks.append(dict(self._last_of_kind))
        return True


def _remember(last_of_kind: dict[int, int], kind: int, number: int) -> None:
    last_of_kind.pop(kind, None)
    last_of_kind[kind] = number
    if len(last_of_kind) > MOST_KINDS:
        del last_of_kind[next(iter(last_of_kind))]
