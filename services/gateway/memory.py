"""Answers that were given before: so many bytes, the least used let go first, forgotten by what they tell of."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from contracts.problem import ProblemDetails

MOST_BYTES = 64 << 20
OVERHEAD_BYTES = 1 << 10  # of an answer, beside its body: its key, its headers, its places in the tables


class Key(NamedTuple):
    """What was asked: the target in its normal form, for whom (None: for all), and whether gzip was understood."""

    target: bytes
    account: UUID | None
    gzip: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer. `tags` say what it tells of; `fetched_at` is when the service said so, on the clock of the process.

    `asked_with` is the validator that the service itself gave. A refusal is kept in its parts, for it carries the id
    of the request that it answers.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tags: tuple[str, ...]
    fetched_at: float
    etag: bytes | None = None
    asked_with: bytes | None = None
    refusal: ProblemDetails | None = None

    @property
    def size(self) -> int:
        return len(self.body) + OVERHEAD_BYTES


class Memory:
    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._answers: OrderedDict[Key, Remembered] = OrderedDict()
        self._tagged: dict[str, set[Key]] = defaultdict(set)
        self.size = 0

    def get(self, key: Key) -> Remembered | None:
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Remembered) -> None:
        self._drop(key)
        if answer.size > self._most_bytes:
            return
        self._answers[key] = answer
        self.size += answer.size
        for tag in answer.tags:
            self._tagged[tag].add(key)
        while self.size > self._most_bytes:
            self._drop(next(iter(self._answers)))

    def forget(self, tag: str) -> None:
        """Everything that tells of `tag`."""
        for key in tuple(self._tagged.get(tag, ())):
            self._drop(key)

    def _drop(self, key: Key) -> None:
        answer = self._answers.pop(key, None)
        if answer is None:
            return
        self.size -= answer.size
        for tag in answer.tags:
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]
