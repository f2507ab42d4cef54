"""How often may who ask what? The numbers, and the one rule that they are applied by."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.gateway.policy import Pace

SECOND, MINUTE, HOUR = 1, 60, 3600
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` requests in `seconds`: at once, evenly, or anything between; what was used up grows back evenly."""

    count: int
    seconds: int

    def times(self, scale: float) -> Limit:
        return Limit(max(1, round(self.count * scale)), self.seconds)

    @property
    def period(self) -> int:
        """Microseconds in which one request grows back."""
        return max(1, self.seconds * _MICROSECONDS // self.count)


@dataclass(frozen=True, slots=True)
class Limits:
    """`account` is a person's account or a machine's API token; `address` is IPv4, or the first half of IPv6."""

    account: Limit
    address: Limit
    everyone: Limit


# An overlay asks for some ten things when it starts and one every few minutes after that. An address may be a
# household, or a hall with forty drivers at one connection.
# fmt: off
LIMITS: Mapping[Pace, Limits] = {
    #                   each account             each address             all together
    Pace.READ:   Limits(Limit(240, MINUTE),      Limit(1200, MINUTE),     Limit(10_000, SECOND)),
    Pace.WRITE:  Limits(Limit(60,  MINUTE),      Limit(300,  MINUTE),     Limit(2_000,  SECOND)),
    Pace.UPLOAD: Limits(Limit(60,  10 * MINUTE), Limit(300,  10 * MINUTE), Limit(100,   SECOND)),
    Pace.SECRET: Limits(Limit(20,  MINUTE),      Limit(60,   MINUTE),     Limit(200,    SECOND)),
    Pace.MAIL:   Limits(Limit(10,  HOUR),        Limit(40,   HOUR),       Limit(20,     SECOND)),
    Pace.WEBHOOK: Limits(Limit(3000, MINUTE),    Limit(3000, MINUTE),     Limit(500,    SECOND)),
}
# fmt: on

BAD_TOKENS_EACH, BAD_TOKENS_ALL = Limit(120, MINUTE), Limit(500, SECOND)
"""Tokens that were none, by address and all together. Beyond that, only tokens that were seen before are looked at."""


def gcra(tat: int, now: int, period: int, burst: int) -> int:
    """The room that is left after one more request, in microseconds; below zero it is refused, for that long.

    This is the generic cell rate algorithm: one number per caller says all, and needs no clean-up at a window's end.
    `tat` (theoretical arrival time) is when all that was used has grown back; 0 for whoever never asked. As long as
    there is room for `period`, one more request is allowed. `later` is the next tat.
    """
    ahead = tat - now
    room = (burst - 1) * period
    return room - ahead if ahead > 0 else room


def later(now: int, room: int, period: int, burst: int) -> int:
    """The tat of whoever was allowed a request and has that much room left."""
    return now + burst * period - room


def whole_seconds(microseconds: int) -> int:
    """Rounded up."""
    return -(-microseconds // _MICROSECONDS)


@lru_cache(maxsize=8192)
def neighbourhood(address: str) -> str:
    """Whom an address is counted as: whoever has one of IPv6 has the 64 bits behind it, too."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address
