"""The secrets that derive from AUTH_SECRET: one purpose, one key.

The secret can be changed without signing anybody out: what was made with AUTH_SECRET_PREVIOUS can still be read, and
what is made is made with the new one.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import MissingSettings


@dataclass(frozen=True, repr=False)
class Secrets:
    refresh: bytes
    codes: bytes
    guesses: bytes
    devices: bytes
    recovery: bytes
    key_storage: MultiFernet  # opens also what the previous secret closed, as do all of these
    second_factors: MultiFernet
    previous: Secrets | None = None

    @classmethod
    def derive(cls, auth_secret: str, auth_secret_previous: str = "") -> Secrets:
        """
        Raises:
            MissingSettings: a secret is not base64 of at least 32 bytes.
        """
        root = _root("AUTH_SECRET", auth_secret)
        if not auth_secret_previous:
            return _from(root)
        return _from(root, previous_root=_root("AUTH_SECRET_PREVIOUS", auth_secret_previous))

    @property
    def accepted(self) -> tuple[Secrets, ...]:
        """Those with which something may be read: the current ones, and the previous ones where there are any."""
        return (self, self.previous) if self.previous else (self,)


def _root(variable: str, said: str) -> bytes:
    try:
        root = base64.b64decode(said, validate=True)
    except binascii.Error:
        root = b""
    if len(root) < 32:
        raise MissingSettings(f"{variable} is wrong: it must be base64 of at least 32 random bytes.")
    return root


def _from(root: bytes, previous_root: bytes | None = None) -> Secrets:
    roots = (root, previous_root) if previous_root else (root,)
    return Secrets(
        refresh=_derived(root, b"raceoverlay.auth.refresh.v1"),
        codes=_derived(root, b"raceoverlay.auth.codes.v1"),
        guesses=_derived(root, b"raceoverlay.auth.guesses.v1"),
        devices=_derived(root, b"raceoverlay.auth.devices.v1"),
        recovery=_derived(root, b"raceoverlay.auth.recovery.v1"),
        key_storage=_storage(roots, b"raceoverlay.auth.keys.v1"),
        second_factors=_storage(roots, b"raceoverlay.auth.second-factors.v1"),
        previous=_from(previous_root) if previous_root else None,
    )


def _storage(roots: tuple[bytes, ...], purpose: bytes) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(root, purpose))) for root in roots])


def _derived(root: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(root)
