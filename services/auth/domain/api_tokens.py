"""The secret of an API token: `ro_`, 256 bits in letters and digits, and a checksum.

By the prefix and the checksum a scanner of source code knows one for certain, and a mistyped one is told from a wrong
one without looking anything up.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.identity import Scope
from contracts.problem import Conflict, NotFound, Problem
from services.auth.domain.sessions import ACCESS_TOKEN_LIFE

MOST_API_TOKENS = 25
USE_NOTED_EVERY = timedelta(minutes=1)
PREFIX = "ro_"
RANDOM_BYTES = 32
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY, _CHECKSUM = 43, 6  # as many digits of base 62 as 256 and 32 bits need at most
HINT = 4


class InvalidApiToken(Problem):
    """This API token is not valid: it was ended, has expired, or never was one."""

    status = 401


class TooManyApiTokens(Conflict):
    """This account has as many API tokens as it may; end one first."""


class ApiTokenUnknown(NotFound):
    """This account has no such API token."""


@dataclass(frozen=True)
class KnownToken:
    """An API token as it is kept: without its secret."""

    id: UUID
    user_id: UUID
    name: str
    scopes: tuple[Scope, ...]
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


def api_secret(random: bytes) -> str:
    """The secret made of 32 random bytes."""
    body = _base62(int.from_bytes(random, "big"), _BODY)
    return PREFIX + body + _checksum(body)


def secret_hash(secret: str) -> bytes:
    """What is stored of a secret, and what it is found by. It is random enough to need no slow hash.

    Raises:
        InvalidApiToken: it has not the form of one.
    """
    body, checksum = secret[len(PREFIX) : -_CHECKSUM], secret[-_CHECKSUM:]
    if not secret.startswith(PREFIX) or len(body) != _BODY or _checksum(body) != checksum:
        raise InvalidApiToken("This is not an API token as they were given out: it was cut off or mistyped.")
    return hashlib.sha256(secret.encode()).digest()


def life_of_access(expires_at: datetime, now: datetime) -> timedelta:
    """How long an access token lives that is given for an API token: not longer than that one itself."""
    return min(ACCESS_TOKEN_LIFE, expires_at - now)


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM)


def _base62(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
