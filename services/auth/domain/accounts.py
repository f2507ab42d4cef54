"""Who an account is, and why one is turned away at the door."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.identity import Role
from contracts.problem import Problem

PROVED_WITHIN = timedelta(days=14)  # whoever never proves the address is forgotten then


class InvalidCredentials(Problem):
    """The address or the password is not right."""

    status = 401


class EmailNotVerified(Problem):
    """Prove the address first: the code is in your mail."""

    status = 403


@dataclass(frozen=True)
class Account:
    id: UUID
    email: str
    password_hash: str
    display_name: str | None
    role: Role
    is_verified: bool
    created_at: datetime


def same_address(email: str) -> str:
    """The one spelling under which an address is known."""
    return unicodedata.normalize("NFC", email).strip().lower()
