"""The second factor: which codes of an authenticator app are right, and the codes that stand in for a lost one."""

# passlib carries no types; its TOTP is used in this file alone.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from passlib.exc import TokenError
from passlib.totp import TOTP

from contracts.problem import Conflict, Problem
from services.auth.domain.passwords import SHORTEST, normal_password

SECRET_BYTES = 20  # what RFC 4226 recommends, and every app takes
DRIFT_S = 30  # one step to each side: a phone's clock is seldom right
UNCONFIRMED_LIFE = timedelta(days=1)
RECOVERY_CODES = 10
_ISSUER = "RaceOverlay"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is taken for something else when it is written down
_RECOVERY_LENGTH = 10  # 49 bits, and guessing is slow
_APP_CODE = re.compile(r"[0-9]{6}")


class SecondFactorRequired(Problem):
    """The code of the authenticator app is needed, too, or a recovery code."""

    status = 401


class InvalidSecondFactor(Problem):
    """The code is wrong, or it was used already."""

    status = 401


class WrongTotpCode(Problem):
    """That is not the code that the app shows now; is the clock of its device right?"""

    status = 400


class SecondFactorAlreadyOn(Conflict):
    """There is a second factor already; switch it off first."""


class NoSecondFactor(Conflict):
    """There is no second factor to do that with."""


class PasswordTooShortAlone(Conflict):
    """Choose a password of 12 or more characters first: without a second factor yours is too short."""


@dataclass(frozen=True)
class SecondFactor:
    """An account's authenticator app. It is asked for as soon as it was confirmed. `used_step` is its newest used code.

    `secret` is encrypted.
    """

    user_id: UUID
    secret: bytes
    enrolled_at: datetime
    confirmed_at: datetime | None
    used_step: int


def matching_step(secret: bytes, code: str, used_step: int, now: datetime) -> int | None:
    """The time step that `code` is right for, not before `used_step` or at it; None if it is wrong or was used."""
    try:
        return TOTP(key=secret, format="raw").match(code, time=now, window=DRIFT_S, last_counter=used_step).counter
    except TokenError:
        return None


def enrolment(secret: bytes, email: str) -> tuple[str, str]:
    """The secret as it is typed into an app, and the otpauth address that a QR code carries."""
    totp = TOTP(key=secret, format="raw")
    return totp.base32_key, totp.to_uri(label=email, issuer=_ISSUER)


def is_app_code(said: str) -> bool:
    """Whether what was said has the form of an app's code; otherwise it is taken for a recovery code."""
    return _APP_CODE.fullmatch(_bare(said)) is not None


def recovery_code(numbers: bytes) -> str:
    """A recovery code out of at least 16 random bytes, in two groups that are easily copied."""
    number = int.from_bytes(numbers, "big")
    letters = ""
    for _ in range(_RECOVERY_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[place]
    return f"{letters[:5]}-{letters[5:]}"


def recovery_hash(secret: bytes, user_id: UUID, code: str) -> bytes:
    """What is stored of a recovery code: the same however it is typed, and useless without the secret."""
    return hmac.new(secret, b"recovery\0" + user_id.bytes + _bare(code).lower().encode(), hashlib.sha256).digest()


def check_stands_alone(password: str) -> None:
    """
    Raises:
        PasswordTooShortAlone: it was long enough only beside a second factor.
    """
    if len(normal_password(password)) < SHORTEST:
        raise PasswordTooShortAlone


def _bare(said: str) -> str:
    return said.replace(" ", "").replace("-", "")
