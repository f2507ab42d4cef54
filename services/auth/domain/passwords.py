"""Which passwords are taken, and the one spelling of each."""

from __future__ import annotations

import unicodedata

from contracts.problem import Problem


class WeakPassword(Problem):
    """Choose another password."""

    status = 422


def normal_password(password: str) -> str:
    """The one spelling of a password: the same characters typed on another keyboard must be the same password."""
    return unicodedata.normalize("NFC", password)


def check_new_password(password: str, email: str) -> None:
    """
    Raises:
        WeakPassword: it is the address itself, or a single character over and over.
    """
    if password.casefold() in (email, email.partition("@")[0]):
        raise WeakPassword("A password must not be your address.")
    if len(set(password)) < 4:
        raise WeakPassword("A password needs more than three different characters.")
