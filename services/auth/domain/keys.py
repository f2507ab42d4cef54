"""Which signing key signs when, and what is to be done about it: next, current, retiring, gone.

There is always a next key, published for weeks before it signs, so that it can take over at once should the current one
ever have been read by others. From when a key signs stands in its row: all replicas switch at the same moment.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.auth.domain.sessions import ACCESS_TOKEN_LIFE

KEY_SIGNS_FOR = timedelta(days=30)
# Whoever checks tokens keeps the key set for 10 minutes, caches on the way may for 5 more, a replica of ours looks at
# the table every few seconds: after this long everybody has seen a new key.
PUBLISHED_AHEAD = timedelta(minutes=20)
# Every replica must have read of a new moment before it comes; one that could not read for so long signs no more.
SWITCH_NOTICE = timedelta(minutes=2)
# The last token's life, the 30 s by which clocks may differ where it is checked, and as much again among ourselves.
KEPT_AFTER = ACCESS_TOKEN_LIFE + timedelta(minutes=1)


class KeyState(enum.StrEnum):
    NEXT = "next"  # published, signs nothing yet
    CURRENT = "current"  # signs
    RETIRING = "retiring"  # its last tokens are still alive
    GONE = "gone"  # no living token needs it


@dataclass(frozen=True)
class Key:
    """A signing key without its secret. It is published from `made_at` on."""

    kid: str
    made_at: datetime
    signs_from: datetime


@dataclass(frozen=True)
class Standing:
    """How a key stands: in which state, since when, and until when if nobody interferes."""

    key: Key
    state: KeyState
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Plan:
    """What is to be done now. `start` is a key that has to sign from now on, `make` says from when new keys sign."""

    remove: tuple[str, ...] = ()
    start: str | None = None
    make: tuple[datetime, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.remove or self.start or self.make)


def signer(keys: Sequence[Key], now: datetime) -> Key | None:
    """The key that signs now: of those whose moment has come the latest."""
    return max((key for key in keys if key.signs_from <= now), key=_order, default=None)


def standings(keys: Sequence[Key], now: datetime) -> tuple[Standing, ...]:
    """Every key and its state, in the order in which they sign."""
    ordered = sorted(keys, key=_order)
    return tuple(
        _standing(key, ordered[place + 1] if place + 1 < len(ordered) else None, now)
        for place, key in enumerate(ordered)
    )


def plan(keys: Sequence[Key], now: datetime) -> Plan:
    """What is missing and what is left over. Doing it makes the plan empty."""
    remove = tuple(standing.key.kid for standing in standings(keys, now) if standing.state is KeyState.GONE)
    waiting = sorted((key for key in keys if key.signs_from > now), key=_order)
    current = signer(keys, now)
    if current is not None:
        begins = max(current.signs_from + KEY_SIGNS_FOR, now + PUBLISHED_AHEAD)
        return Plan(remove, make=() if waiting else (begins,))
    # Nothing signs: the first start, or the current key was revoked. Not to sign would sign everybody out, so the next
    # key does at once; a verifier that has not seen it yet asks for it.
    later = now + KEY_SIGNS_FOR
    if not waiting:
        return Plan(remove, make=(now, later))
    return Plan(remove, start=waiting[0].kid, make=() if waiting[1:] else (later,))


def plan_without(kid: str, keys: Sequence[Key], now: datetime) -> Plan:
    """What is to be done so that the key `kid` is gone at once; where it was the signer the next key is, from now on.

    Raises:
        LookupError: there is no such key.
    """
    left = [key for key in keys if key.kid != kid]
    if len(left) == len(keys):
        raise LookupError(kid)
    current = signer(keys, now)
    # An older key whose tokens still live must not sign again: it is taken for gone where the successor is chosen.
    to_choose_from = [key for key in left if key.signs_from > now] if current and current.kid == kid else left
    todo = plan(to_choose_from, now)
    return replace(todo, remove=(kid, *todo.remove))


def brought_forward(keys: Sequence[Key], now: datetime) -> Key | None:
    """The next key, with the earliest moment at which it may sign; None if there is no next key."""
    following = min((key for key in keys if key.signs_from > now), key=_order, default=None)
    if following is None:
        return None
    earliest = max(now + SWITCH_NOTICE, following.made_at + PUBLISHED_AHEAD)
    return replace(following, signs_from=min(following.signs_from, earliest))


def _standing(key: Key, successor: Key | None, now: datetime) -> Standing:
    if key.signs_from > now:
        return Standing(key, KeyState.NEXT, key.made_at, key.signs_from)
    if successor is None or successor.signs_from > now:
        until = successor.signs_from if successor else key.signs_from + KEY_SIGNS_FOR
        return Standing(key, KeyState.CURRENT, key.signs_from, until)
    dead_at = successor.signs_from + KEPT_AFTER
    return Standing(key, KeyState.RETIRING if now < dead_at else KeyState.GONE, successor.signs_from, dead_at)


def _order(key: Key) -> tuple[datetime, str]:
    return key.signs_from, key.kid
