"""The codes that are mailed: what each is for, what is kept of one, and how long it is good."""

from __future__ import annotations

import enum
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from contracts.problem import Problem

CODE_LIFE = timedelta(minutes=30)
CODE_TRIES = 10


class InvalidCode(Problem):
    """The code is wrong, used or too old; ask for a new one."""

    status = 400


class Purpose(enum.Enum):
    """What a code is good for, and for nothing else."""

    VERIFY = "verify"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"


def code_from(number: int) -> str:
    """The eight digits of a number below a hundred million."""
    return f"{number:08d}"


def code_hash(secret: bytes, user_id: UUID, purpose: Purpose, code: str, email: str) -> bytes:
    """What is stored of a code: useless without the secret, and good for one account, purpose and address only."""
    said = b"\0".join((b"code", purpose.value.encode(), user_id.bytes, code.encode(), email.encode()))
    return hmac.new(secret, said, hashlib.sha256).digest()
