"""A console in the network that plays Gran Turismo 7: asked with a letter it knows, it answers with packets."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator

PATIENCE_S = 10.0


class Console:
    """`answers` holds the enciphered packets for each letter; for any other letter it stays silent.

    It answers to where it was asked from, one packet to one question.
    """

    def __init__(self, answers: dict[bytes, Iterable[bytes]]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE_S)
        self._socket.bind(("127.0.0.1", 0))
        self._answers: dict[bytes, Iterator[bytes]] = {letter: iter(packets) for letter, packets in answers.items()}
        self.address: tuple[str, int] = self._socket.getsockname()

    def hear(self) -> bytes:
        """The next question, answered if there is an answer to it. Raises TimeoutError when nobody asks."""
        letter, asker = self._socket.recvfrom(16)
        answer = next(self._answers.get(letter, iter(())), None)
        if answer is not None:
            self._socket.sendto(answer, asker)
        return letter

    def close(self) -> None:
        self._socket.close()
