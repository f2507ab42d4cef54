"""Accounts and sign-in: the bodies under /auth, and the events that auth publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from contracts.event import Event
from contracts.identity import Role, Scope

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
# 12 characters, or 8 for an account with a second factor; who has one is not for the form to know.
NewPassword = Annotated[str, msgspec.Meta(min_length=8, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+(?!\n)$")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00]+$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{8}(?!\n)$")]
SecondFactor = Annotated[str, msgspec.Meta(min_length=6, max_length=32, pattern=r"^[0-9A-Za-z -]+(?!\n)$")]
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
    """The one answer to register, resend and forgot, whoever asks: it tells nothing about which addresses are known."""

    status: str = "accepted"
    detail: str = "If the address can be used, a mail with a code is on its way."


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`second_factor` is a code of the authenticator app, or a recovery code, for accounts that have one.

    `device_token` is what an earlier sign-in on this device was given: it keeps others' wrong guesses from slowing this
    device down.
    """

    email: Email
    password: Password
    device_name: Name | None = None
    second_factor: SecondFactor | None = None
    device_token: Token | None = None


class RefreshToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of refresh and logout."""

    refresh_token: Token


class ForgotPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email


class ResetPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    code: Code
    new_password: NewPassword


class ChangePassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    current_password: Password
    new_password: NewPassword


class ChangeEmail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code goes to `new_email`; nothing changes before it comes back."""

    current_password: Password
    new_email: Email


class ConfirmEmail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`email` is the new address, `code` what was mailed to it."""

    email: Email
    code: Code


class Reauthenticate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who does something that cannot be undone proves once more who they are."""

    password: Password
    second_factor: SecondFactor | None = None


class User(msgspec.Struct, frozen=True):
    id: UUID
    email: str
    role: Role
    is_verified: bool
    display_name: str | None = None
    created_at: datetime | None = None


class TokenPair(msgspec.Struct, frozen=True):
    """`expires_in` and `refresh_expires_in` are seconds from now. `device_token` comes with a login, to be kept."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    user: User
    token_type: str = "Bearer"
    device_token: str | None = None


class Session(msgspec.Struct, frozen=True):
    """One sign-in. `place` is as coarse as a town, and there only where the cloud knows a database of places."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool
    device_name: str | None = None
    place: str | None = None


class SessionList(msgspec.Struct, frozen=True):
    sessions: tuple[Session, ...]


class SecondFactorState(msgspec.Struct, frozen=True):
    """Whether a second factor is asked for at sign-in, and how many recovery codes are left."""

    totp: bool
    recovery_codes_left: int = 0
    enabled_at: datetime | None = None


class TotpEnrolment(msgspec.Struct, frozen=True):
    """What the authenticator app is told. `uri` is what a QR code carries; `secret` is the same to be typed."""

    secret: str
    uri: str


class TotpCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}(?!\n)$")]


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Each signs in once instead of the authenticator app. They are shown this one time."""

    recovery_codes: tuple[str, ...]


class NewApiToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    scopes: Annotated[tuple[Scope, ...], msgspec.Meta(min_length=1, max_length=16)]
    expires_in_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 90


class ApiToken(msgspec.Struct, frozen=True):
    """What machines work with. `hint` is the end of the secret, to tell tokens apart."""

    id: UUID
    name: str
    scopes: tuple[Scope, ...]
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None


class MadeApiToken(msgspec.Struct, frozen=True):
    """`secret` is shown this one time."""

    token: ApiToken
    secret: str


class ApiTokenList(msgspec.Struct, frozen=True):
    tokens: tuple[ApiToken, ...]


class ApiSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an exchange: the secret of an API token, for an access token of ten minutes."""

    api_token: Token


class MachineToken(msgspec.Struct, frozen=True):
    """`scope` is the scopes with spaces between, as in RFC 6749."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"


class AuditEntry(msgspec.Struct, frozen=True):
    """Something that happened to an account: `action` is a stable word like `login` or `password_changed`.

    `detail` says more in a few words, `by` who did it where it was not the account itself.
    """

    id: int
    at: datetime
    action: str
    session_id: UUID | None = None
    device_name: str | None = None
    place: str | None = None
    detail: str | None = None
    by: UUID | None = None


class AuditTrail(msgspec.Struct, frozen=True):
    """Newest first. `before` asks for what came before the last of these; None at the end."""

    entries: tuple[AuditEntry, ...]
    before: int | None = None


class Export(msgspec.Struct, frozen=True):
    """Everything that auth knows of an account; of its audit trail the newest 10 000 entries.

    `audit_before` asks the audit trail for what came before the last of these; None if they are all.
    """

    user: User
    sessions: tuple[Session, ...]
    api_tokens: tuple[ApiToken, ...]
    second_factor: SecondFactorState
    audit: tuple[AuditEntry, ...]
    exported_at: datetime
    audit_before: int | None = None


class UserList(msgspec.Struct, frozen=True):
    """By id, which is the order of their making. `after` asks for those behind the last one; None at the end."""

    users: tuple[User, ...]
    after: UUID | None = None


class ChangeRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Role


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
    """Access tokens of this session are no longer welcome; an API token is a session, too.

    `reason`: logout, logout_all, ended, token_reuse, password_changed, role_changed, ended_by_admin, api_token_revoked,
    erased.
    """

    user_id: UUID
    session_id: UUID
    reason: str


EVENTS = (UserRegistered, UserVerified, UserDeleted, SessionRevoked)
