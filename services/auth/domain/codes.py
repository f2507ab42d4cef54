"""The codes that are mailed: what is kept of one, and how long it is good."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from contracts.problem import Problem

CODE_LIFE = timedelta(minutes=30)
CODE_TRIES = 10
RESEND_PAUSE = timedelta(seconds=60)


class InvalidCode(Problem):
    """The code is wrong, used or too old; ask for a new one."""

    status = 400


def code_hash(secret: bytes, user_id: UUID, code: str) -> bytes:
    """What is stored of a verification code: useless without the secret, and good for one account only."""
    return hmac.new(secret, b"code\0" + user_id.bytes + code.encode(), hashlib.sha256).digest()
