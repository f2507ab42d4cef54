"""A limit as it is counted, and as it is told to who has to keep to it (draft-ietf-httpapi-ratelimit-headers-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from contracts.identity import Identity
from services.gateway.limits import BAD_TOKENS_ALL, BAD_TOKENS_EACH, LIMITS, Limit, Verdict, whole_seconds
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
        self._policy_for_all = _policy([self.address])
        self._policy_when_signed_in = _policy([self.account, self.address])

    def headers(
        self, shares: Sequence[Share], verdicts: Sequence[Verdict], *, signed_in: bool
    ) -> tuple[HeaderPair, HeaderPair]:
        """Of the caller's own shares the one that is used up first, and the policy. The first share is one of them."""
        scarcest, remaining = shares[0], verdicts[0].remaining
        for share, verdict in zip(shares, verdicts, strict=True):
            if share.is_told and verdict.remaining * scarcest.burst < remaining * share.burst:
                scarcest, remaining = share, verdict.remaining
        whole_in = whole_seconds((scarcest.burst - remaining) * scarcest.period)
        told = b'"%b";r=%d;t=%d' % (scarcest.whose.encode(), remaining, whole_in)
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
