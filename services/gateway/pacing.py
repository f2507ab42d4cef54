"""A limit as it is counted, and as it is told to who has to keep to it (draft-ietf-httpapi-ratelimit-headers-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from contracts.identity import Identity
from services.gateway.limits import BAD_TOKENS_ALL, BAD_TOKENS_EACH, LIMITS, Limit, whole_seconds
from services.gateway.policy import Pace
from services.gateway.tally import Draw

HeaderPair = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Share:
    """What each account, each address or all together have of one pace. `key` is what it is counted by.

    Without `counts` it is only looked at. Drivers are told what they may, not what all may together.
    """

    whose: str
    key: str
    period: int
    burst: int
    seconds: int
    is_common: bool = False
    is_told: bool = False
    counts: bool = True
    whole: int = field(init=False)
    template: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", self.burst * self.period)
        object.__setattr__(self, "template", f'"{self.whose}";r=%d;t=%d'.encode())

    @classmethod
    def of(cls, whose: str, key: str, limit: Limit, *, is_common: bool = False, is_told: bool = False) -> Share:
        return cls(whose, key, limit.period, limit.count, limit.seconds, is_common, is_told)

    def draw(self, who: str) -> Draw:
        return (self.key if self.is_common else self.key + who, self.period, self.burst, self.counts)

    def looked_at(self) -> Share:
        """The same, without counting."""
        return replace(self, counts=False)


class Pacing:
    """The shares of one pace; `scale` multiplies the numbers of the table."""

    def __init__(self, pace: Pace, scale: float) -> None:
        limits = LIMITS[pace]
        self.name = pace.value
        self.account = Share.of("account", f"{pace.value}:account:", limits.account.times(scale), is_told=True)
        self.address = Share.of("address", f"{pace.value}:address:", limits.address.times(scale), is_told=True)
        self.together = Share.of("all together", f"{pace.value}:all", limits.everyone.times(scale), is_common=True)
        self.for_all = (self.address, self.together)
        self.for_signed_in = (self.account, self.address, self.together)
        self._policy_for_all = _policy([self.address])
        self._policy_when_signed_in = _policy([self.account, self.address])

    def headers(self, shares: tuple[Share, ...], rooms: list[int], *, signed_in: bool) -> tuple[HeaderPair, HeaderPair]:
        """Of the caller's own shares the one that is used up first, and the policy. The first share is one of them."""
        share, room = shares[0], rooms[0]
        if len(shares) > 1 and shares[1].is_told and rooms[1] * share.whole < room * shares[1].whole:
            share, room = shares[1], rooms[1]
        remaining = room // share.period if room > 0 else 0
        told = share.template % (remaining, whole_seconds(share.whole - room if room > 0 else share.whole))
        return (b"ratelimit", told), self._policy_when_signed_in if signed_in else self._policy_for_all


def bad_tokens(scale: float) -> tuple[Share, Share]:
    """Of one address, and of everybody."""
    return (
        Share.of("bad tokens", "bad-token:address:", BAD_TOKENS_EACH.times(scale)),
        Share.of("bad tokens", "bad-token:all", BAD_TOKENS_ALL.times(scale), is_common=True),
    )


def account_of(identity: Identity) -> str:
    """A machine has a share of its own: it may not use up what the person who made its token needs."""
    who = identity.user_id if identity.scopes is None else identity.session_id
    return who.hex


def _policy(shares: Iterable[Share]) -> HeaderPair:
    said = ", ".join(f'"{share.whose}";q={share.burst};w={share.seconds}' for share in shares)
    return b"ratelimit-policy", said.encode()
