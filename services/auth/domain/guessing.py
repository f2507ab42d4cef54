"""How often may be guessed at a password, a code or a token, before each further guess has to wait?

Each bucket is GCRA with a spacing that grows: some guesses are free, then the pause after each doubles up to a longest
one, and what was guessed is forgotten at a steady rate. Nobody is ever locked out: whoever waits may guess again.

A stranger's guess is counted for the account from that address, for the address, for the account from everywhere and
for all of auth. A device that is known has a bucket of its own and is counted nowhere else, so that strangers can guess
as much as they like without slowing its owner down. On a new device the owner has the mail: whoever proves a code out
of it is a stranger there no longer.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KEPT = timedelta(hours=1)  # so long a row outlives what it remembers
WELCOME = timedelta(hours=1)  # so long whoever proved by mail to be the owner is no stranger there


class Guessed(enum.Enum):
    """What is guessed at; each is counted by itself."""

    PASSWORD = "password"
    SECOND_FACTOR = "second factor"
    CODE = "code"  # out of a mail; it is used up by ten wrong tries anyway
    API_TOKEN = "api token"


@dataclass(frozen=True)
class Bucket:
    """`free` guesses wait for nothing; the pause after the next is `first`, then twice that, never more than `longest`.

    One guess is forgotten every `forgets`. All but `free` are seconds.
    """

    free: int
    first: float
    longest: float
    forgets: float


PER_ACCOUNT_AND_ADDRESS = Bucket(free=5, first=1, longest=60, forgets=60)
PER_ADDRESS = Bucket(free=30, first=1, longest=2, forgets=2)  # a household or a LAN party guesses wrong together
PER_ACCOUNT = Bucket(free=50, first=1, longest=10, forgets=10)  # from everywhere: many addresses take turns
PER_SECOND_FACTOR = Bucket(free=10, first=1, longest=60, forgets=60)  # six digits, and the password is known already
PER_DEVICE = Bucket(free=10, first=1, longest=30, forgets=30)  # the owner mistypes, or a thief has the device
EVERYBODY = Bucket(free=1000, first=0.02, longest=0.02, forgets=0.02)  # what the hashing threads can do at most

# Not the moment of the last guess: a replica whose clock is a little behind would let everybody wait for that moment.
NOBODY_WAITS = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_PAUSE_S = 60.0  # of all buckets

Key = tuple[str, ...]
"""What a bucket's row is for, in words; what is stored of it is `stored_key`."""


@dataclass(frozen=True)
class Cell:
    """What is remembered of the guesses in one bucket: when they are all forgotten, and when the next is welcome.

    `welcome_at` is `NOBODY_WAITS` where the last guess caused no pause.
    """

    forgotten_at: datetime
    welcome_at: datetime


def buckets_of(guessed: Guessed, account: str | None, address: str, device: str | None) -> Mapping[Key, Bucket]:
    """The buckets that a guess is counted in. `account` is None where the guess names none."""
    kind, group = guessed.value, address_group(address)
    if device is not None:
        return {(kind, "device", account or "", device): PER_DEVICE}
    buckets: dict[Key, Bucket] = {(kind, "everybody"): EVERYBODY, (kind, "address", group): PER_ADDRESS}
    if account is not None:
        buckets[kind, "account and address", account, group] = PER_ACCOUNT_AND_ADDRESS
    if account is not None and guessed is Guessed.PASSWORD:
        buckets[kind, "account", account] = PER_ACCOUNT
    if account is not None and guessed is Guessed.SECOND_FACTOR:
        buckets[kind, "account", account] = PER_SECOND_FACTOR
    return buckets


def welcome_key(account: str, address: str) -> Key:
    """The row that says that somebody at `address` proved by mail to be the owner of `account`."""
    return ("welcome", account, address_group(address))


def welcomed(now: datetime) -> Cell:
    """What that row holds: nobody waits for it, and it is forgotten after a while."""
    return Cell(forgotten_at=now + WELCOME, welcome_at=NOBODY_WAITS)


def seconds_to_wait(cells: Iterable[Cell | None], now: datetime) -> float:
    """How long the next guess has to wait for the slowest of its buckets; 0 if it is welcome.

    A pause that would be longer than any was written by a clock that went back since: nobody waits for that.
    """
    pauses = (_seconds(cell.welcome_at - now) for cell in cells if cell)
    return max((pause for pause in pauses if pause <= _LONGEST_PAUSE_S), default=0.0)


def charged(bucket: Bucket, cell: Cell | None, now: datetime) -> Cell:
    """The cell after one more guess."""
    forgotten_at = max(cell.forgotten_at if cell else now, now) + timedelta(seconds=bucket.forgets)
    level = (forgotten_at - now).total_seconds() / bucket.forgets
    pause = _pause(bucket, level)
    return Cell(forgotten_at, now + timedelta(seconds=pause) if pause else NOBODY_WAITS)


def given_back(bucket: Bucket, cell: Cell, taken: Cell) -> Cell:
    """The cell after a guess turned out to be none: it was right. `taken` is the cell as that guess had left it.

    The pause that it had caused is over; one that somebody else's guess caused since is not.
    """
    return Cell(
        cell.forgotten_at - timedelta(seconds=bucket.forgets),
        NOBODY_WAITS if cell.welcome_at == taken.welcome_at else cell.welcome_at,
    )


def stored_key(secret: bytes, key: Key) -> bytes:
    """What is stored of a key: equal for equal keys, and nothing that an address could be read from."""
    return hmac.new(secret, "\0".join(key).encode(), hashlib.sha256).digest()


def address_group(address: str) -> str:
    """The addresses that one household has: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))


def _pause(bucket: Bucket, level: float) -> float:
    beyond = level - bucket.free
    # A guess that was forgotten for its greater part is forgotten; the power is bounded before it is taken.
    return 0.0 if beyond < 0.5 else min(bucket.longest, bucket.first * 2.0 ** min(round(beyond) - 1, 32))


def _seconds(span: timedelta) -> float:
    return max(0.0, span.total_seconds())
