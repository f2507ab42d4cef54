"""Who asks, from where, how often, and may they? Asked of every request before anything else is done with it.

The cheap questions come first: no signature is checked for an address that asks too often, or that came with too many
tokens that were none.
"""

from __future__ import annotations

from typing import Any

from prometheus_client import Counter

from chassis.client_address import TrustedProxies, client_address, plain
from chassis.guards import admit
from chassis.identity import Verifier
from contracts.identity import Identity
from contracts.problem import TooManyRequests, Unauthenticated
from services.gateway.head import Head
from services.gateway.limits import LIMITS, neighbourhood, whole_seconds
from services.gateway.pacing import Pacing, Share, account_of, bad_tokens
from services.gateway.policy import Rule
from services.gateway.tally import Tally

LIMITED = Counter("requests_limited_total", "Requests refused because there were too many.", ("pace", "whose"))
_REFUSED = {
    "account": "This account, or this API token, asks too often.",
    "address": "Too many requests come from this address.",
    "all together": "There are too many requests of this sort just now.",
    "bad tokens": "Too many tokens from this address were none of ours.",
}


class Admission:
    """What it lets in has its identity in `scope["user"]`, if the call asks for a token.

    What is limited has the headers that say so in `scope["state"]["limits"]`, whether it is let in or not. `scale` is
    what the table's numbers are multiplied by; 0 does without limits.
    """

    def __init__(self, verifier: Verifier, tally: Tally, trusted: TrustedProxies, *, scale: float = 1.0) -> None:
        self._verifier = verifier
        self._tally = tally
        self._trusted = trusted
        self._pacings = {pace: Pacing(pace, scale) for pace in LIMITS} if scale else {}
        self._bad_tokens = bad_tokens(scale) if scale else ()
        self._bad_tokens_so_far = tuple(share.looked_at() for share in self._bad_tokens)

    def find_origin(self, head: Head, scope: Any) -> None:
        """Put the address that the request really comes from into `scope["state"]`, and how it came into `scope`.

        A proxy that we trust may say both; nobody else is asked.
        """
        client = scope["client"]
        peer = client[0] if client else ""
        said = head.get(b"x-forwarded-for")
        values = (said.decode("latin-1"),) if said else ()
        scope["state"]["client_address"] = client_address(peer, values, self._trusted)
        if head.get(b"x-forwarded-proto") == b"https" and (plain(peer) or peer) in self._trusted:
            scope["scheme"] = "https"

    async def let_in(self, rule: Rule, head: Head, scope: Any) -> None:
        """
        Raises:
            TooManyRequests: the account, the address or everybody together asks too often.
            Unauthenticated: the call asks for a token, and there is none that we made.
            Forbidden, ScopeMissing: whoever it is may not do that.
            Unavailable: no token can be checked just now.
        """
        pacing = self._pacings.get(rule.pace)
        address = neighbourhood(scope["state"]["client_address"])
        if rule.access is None:
            if pacing is not None:
                await self._count(pacing, pacing.for_all, (address, ""), rule, scope)
            return
        token = _bearer_token(head)
        identity = self._verifier.remembered(token)
        if identity is not None:
            if pacing is not None:
                await self._count(pacing, pacing.for_signed_in, (account_of(identity), address, ""), rule, scope)
        elif pacing is not None:
            shares = pacing.for_all + self._bad_tokens_so_far
            await self._count(pacing, shares, (address, "", address, ""), rule, scope)
            identity = await self._verified(token, address)
            await self._count(pacing, (pacing.account,), (account_of(identity),), rule, scope)
        # Its session may have ended while we counted, and an event stream would go on without it.
        identity = self._verifier.remembered(token) or await self._verified(token, address)
        admit(identity, rule.access, rule.scope)
        scope["user"] = identity

    async def _verified(self, token: str, address: str) -> Identity:
        try:
            if not token:
                raise Unauthenticated
            return await self._verifier.verify(token)
        except Unauthenticated:
            if self._bad_tokens:
                await self._tally.take([share.draw(address) for share in self._bad_tokens])
            raise

    async def _count(
        self, pacing: Pacing, shares: tuple[Share, ...], whose: tuple[str, ...], rule: Rule, scope: Any
    ) -> None:
        draws = [share.draw(who) for share, who in zip(shares, whose, strict=True)]
        rooms = await self._tally.take(draws)
        scope["state"]["limits"] = pacing.headers(shares, rooms, signed_in=rule.access is not None)
        least = min(rooms)
        if least < 0:
            share = shares[rooms.index(least)]
            LIMITED.labels(pacing.name, share.whose).inc()
            raise TooManyRequests(_REFUSED[share.whose], retry_after=whole_seconds(-least))


def _bearer_token(head: Head) -> str:
    """Empty where there is none; that is no token, either."""
    authorization = head.get(b"authorization", b"")
    return authorization[7:].decode("latin-1").strip() if authorization[:7].lower() == b"bearer " else ""
