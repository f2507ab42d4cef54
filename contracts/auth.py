"""Accounts and sign-in: the bodies under /auth, and the events that auth publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.event import Event
from contracts.identity import Role

# Patterns end in (?!\n)$ because Python's $ also matches before a last line break. No text may hold control
# characters: PostgreSQL cannot store a zero byte, and nobody means the others.
Email = Annotated[
    str,
    msgspec.Meta(
        min_length=3,
        max_length=254,
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s\x00-\x1f\x7f.]+(?!\n)$",
    ),
]
NewPassword = Annotated[str, msgspec.Meta(min_length=12, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00]+$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}(?!\n)$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
Token = Annotated[str, msgspec.Meta(min_length=16, max_length=512)]


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    password: NewPassword
    display_name: Name | None = None


class Verify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    code: Code


class Resend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email


class Accepted(msgspec.Struct, frozen=True):
    """The one answer to register and resend, whoever asks: it tells nothing about which addresses are known."""

    status: str = "accepted"
    detail: str = "If the address can be used, a mail with a code is on its way."


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    password: Password
    device_name: Name | None = None


class RefreshToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of refresh and logout."""

    refresh_token: Token


class User(msgspec.Struct, frozen=True):
    id: UUID
    email: str
    role: Role
    is_verified: bool
    display_name: str | None = None
    created_at: datetime | None = None


class TokenPair(msgspec.Struct, frozen=True):
    """`expires_in` and `refresh_expires_in` are seconds from now."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    user: User
    token_type: str = "Bearer"


class UserRegistered(Event, frozen=True, kw_only=True, tag="user.registered"):
    """An account began. It carries no address: only auth knows those."""

    user_id: UUID


class UserVerified(Event, frozen=True, kw_only=True, tag="user.verified"):
    """The account proved that its address is its own."""

    user_id: UUID


class UserDeleted(Event, frozen=True, kw_only=True, tag="user.deleted"):
    """The account was erased; whoever keeps something of the person forgets it now."""

    user_id: UUID


class SessionRevoked(Event, frozen=True, kw_only=True, tag="session.revoked"):
    """Access tokens of this session are no longer welcome. `reason`: logout, token_reuse, password_changed, erased."""

    user_id: UUID
    session_id: UUID
    reason: str


EVENTS = (UserRegistered, UserVerified, UserDeleted, SessionRevoked)
