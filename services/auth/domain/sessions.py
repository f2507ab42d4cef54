"""How long a sign-in lasts, what it is good for, and what a presented refresh token deserves."""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.problem import Problem

ACCESS_TOKEN_LIFE = timedelta(minutes=10)
SESSION_IDLE = timedelta(days=30)
SESSION_LIFE = timedelta(days=180)
SAME_SUCCESSOR_WINDOW = timedelta(seconds=60)
SEEN_EVERY = timedelta(minutes=1)  # a session is said to have been seen no oftener than that
RECENT = timedelta(minutes=15)  # so long after the password was proved, what cannot be undone may be done
MOST_SESSIONS = 100  # of an account at once: the one that was not seen for the longest time makes room
REMEMBERED = timedelta(days=90)  # so long a session is kept after its end, to know its device again


class InvalidRefreshToken(Problem):
    """Sign in again: this refresh token is not valid."""

    status = 401


class RefreshTokenReused(Problem):
    """Sign in again: an old refresh token was used, so the session was ended to be safe."""

    status = 401


class ReauthenticationRequired(Problem):
    """Prove once more who you are: this needs a sign-in of the last 15 minutes."""

    status = 403


@dataclass(frozen=True)
class Session:
    """One sign-in. `authenticated_at` is when the password was last proved in it."""

    id: UUID
    user_id: UUID
    counter: int
    rotated_at: datetime
    expires_at: datetime
    revoked: bool
    created_at: datetime
    last_seen_at: datetime
    authenticated_at: datetime
    device_name: str | None = None
    place: str | None = None

    def is_alive(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires_at and now < self.rotated_at + SESSION_IDLE

    def ends_at(self) -> datetime:
        """When it ends if nobody comes back."""
        return min(self.expires_at, self.rotated_at + SESSION_IDLE)


def require_recent(session: Session, now: datetime) -> None:
    """
    Raises:
        ReauthenticationRequired: the password was proved too long ago for what cannot be undone.
    """
    if now > session.authenticated_at + RECENT:
        raise ReauthenticationRequired


class Rotation(enum.Enum):
    """What a presented refresh token deserves."""

    ADVANCE = enum.auto()  # it is the current one: make the next
    REPEAT = enum.auto()  # the previous one, moments ago: the answer was lost, give the same successor again
    REUSED = enum.auto()  # older: somebody has a copy, end the session
    ENDED = enum.auto()  # the session is over


def judge_rotation(session: Session, presented: int, now: datetime) -> Rotation:
    """Compare the counter of a presented token with its session's. The first rung that holds answers."""
    if not session.is_alive(now):
        return Rotation.ENDED
    if presented == session.counter:
        return Rotation.ADVANCE
    if presented == session.counter - 1 and now <= session.rotated_at + SAME_SUCCESSOR_WINDOW:
        return Rotation.REPEAT
    return Rotation.REUSED


def refresh_token(secret: bytes, session_id: UUID, counter: int) -> str:
    """The refresh token of a session at a counter: derived, so that nothing reversible needs to be stored."""
    body = session_id.bytes + struct.pack(">I", counter)
    proof = hmac.new(secret, b"refresh\0" + body, hashlib.sha256).digest()
    return "rt_" + base64.urlsafe_b64encode(body + proof).decode().rstrip("=")


def read_refresh_token(secret: bytes, token: str) -> tuple[UUID, int]:
    """Session id and counter of a token that we made.

    Raises:
        InvalidRefreshToken: it is not one of ours.
    """
    text = token.removeprefix("rt_")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise InvalidRefreshToken from None
    if not token.startswith("rt_") or len(raw) != 52:
        raise InvalidRefreshToken
    session_id, (counter,) = UUID(bytes=raw[:16]), struct.unpack(">I", raw[16:20])
    if not hmac.compare_digest(refresh_token(secret, session_id, counter), token):
        raise InvalidRefreshToken
    return session_id, counter


def session_end(created_at: datetime) -> datetime:
    return created_at + SESSION_LIFE
