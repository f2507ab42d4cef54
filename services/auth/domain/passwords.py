"""Which passwords are taken, and the one spelling of each.

There are no rules of composition: they make passwords alike. What counts is that nobody would come to it soon.
"""

from __future__ import annotations

import re
import unicodedata

from contracts.problem import FieldError, Problem
from services.auth.domain.guessability import guessability

SHORTEST = 12
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST = 128
ENOUGH = 5.0  # orders of magnitude: what stands below is in every list that is tried first

_OWN_WORD_PARTS = re.compile(r"[^\W_]{3,}")


class WeakPassword(Problem):
    """Choose another password."""

    status = 422


def normal_password(password: str) -> str:
    """The one spelling of a password: the same characters typed on another keyboard must be the same password."""
    return unicodedata.normalize("NFC", password)


def check_new_password(
    password: str, *, email: str, display_name: str | None, field: str, has_second_factor: bool = False
) -> None:
    """`field` is what the request calls the password.

    Raises:
        WeakPassword: too short, too long, or one of those that are tried first; its `errors` say which.
    """
    if reason := _what_is_wrong(normal_password(password), email, display_name, has_second_factor):
        raise WeakPassword(reason, errors=(FieldError(field, reason),))


def check_is_another(password: str, current: str, *, field: str) -> None:
    """
    Raises:
        WeakPassword: it is the one that the account has already.
    """
    if normal_password(password) == normal_password(current):
        reason = "This is the password that you have already."
        raise WeakPassword(reason, errors=(FieldError(field, reason),))


def _what_is_wrong(password: str, email: str, display_name: str | None, has_second_factor: bool) -> str | None:
    shortest = SHORTEST_WITH_SECOND_FACTOR if has_second_factor else SHORTEST
    if len(password) < shortest:
        return f"A password needs at least {shortest} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    guessed = guessability(password, own_words(email, display_name))
    if guessed.magnitude >= ENOUGH:
        return None
    if guessed.has_own_words:
        return (
            "This is made of your own name or address, which others know; add words that have nothing to do with you."
        )
    return "This is made of words and patterns that are tried first; add one or two words that do not belong together."


def own_words(email: str, display_name: str | None) -> frozenset[str]:
    """What others know of a person, whole and in parts."""
    known = f"{email} {display_name or ''}"
    whole = {email, email.partition("@")[0], display_name or "", (display_name or "").replace(" ", "")}
    return frozenset(word for word in (*whole, *_OWN_WORD_PARTS.findall(known)) if len(word) > 2)
