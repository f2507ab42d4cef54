"""What the gateway itself reads of a request's headers, in one pass: this is done for every request there is."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.problem import BadRequest

_ONCE = frozenset({b"authorization", b"content-length", b"content-type", b"host", b"transfer-encoding"})
_READ = _ONCE | {b"origin", b"x-forwarded-for", b"x-forwarded-proto", b"access-control-request-method"}

Head = dict[bytes, bytes]
"""Of the headers that are read, those that are there. Several lines are one, with commas."""


def read(headers: Iterable[tuple[bytes, bytes]]) -> Head:
    """
    Raises:
        BadRequest: two readers could disagree on where the body ends, on who is asking, or on whom.
    """
    head: Head = {}
    for name, value in headers:
        if name not in _READ:
            continue
        if name not in head:
            head[name] = value
        elif name in _ONCE:
            raise BadRequest(f"The header {name.decode()} is there more than once.")
        else:
            head[name] += b"," + value
    if b"content-length" in head and b"transfer-encoding" in head:
        raise BadRequest("A body has a length or it is chunked, not both.")
    if head.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
        raise BadRequest("A body without a length is chunked, and nothing else.")
    return head
