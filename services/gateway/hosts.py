"""Which names do we answer to?"""

from __future__ import annotations

from contracts.problem import Problem


class MisdirectedRequest(Problem):
    """This gateway does not answer for that host."""

    status = 421


class Hosts:
    """The names out of a list with commas between, whatever the port; an empty list answers to any name."""

    def __init__(self, text: str) -> None:
        self._names = frozenset(name.strip().lower().encode() for name in text.split(",") if name.strip())

    def refuse_foreign(self, host: bytes | None) -> None:
        """
        Raises:
            MisdirectedRequest: `host`, a Host header, names somebody else.
        """
        if self._names and _name(host or b"") not in self._names:
            raise MisdirectedRequest


def _name(host: bytes) -> bytes:
    """Without the port. The colons of an IPv6 address stand in brackets."""
    name, colon, port = host.lower().rpartition(b":")
    return name if colon and port.isdigit() and (b":" not in name or name.endswith(b"]")) else host.lower()
