"""Which letters can be asked for, and how soon again."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

ASK_AGAIN = timedelta(minutes=1)
"""One letter of a kind for an address in that time, whoever asks and whether or not anybody has the address."""


class Kind(enum.Enum):
    """What the asker wants to be mailed; whether and what is, the account decides later."""

    VERIFY = "verify"  # a registration, or another code for one
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


@dataclass(frozen=True)
class Wanted:
    """`password_hash` and `display_name` come with a registration, `user_id` with a change of address."""

    email: str
    kind: Kind
    user_id: UUID | None = None
    password_hash: str | None = None
    display_name: str | None = None
