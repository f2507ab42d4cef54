"""The secrets that derive from AUTH_SECRET: one purpose, one key."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import MissingSettings


@dataclass(frozen=True, repr=False)
class Secrets:
    refresh: bytes
    codes: bytes
    key_storage: Fernet

    @classmethod
    def derive(cls, auth_secret: str) -> Secrets:
        """
        Raises:
            MissingSettings: the secret is not base64 of at least 32 bytes.
        """
        try:
            root = base64.b64decode(auth_secret, validate=True)
        except binascii.Error:
            root = b""
        if len(root) < 32:
            raise MissingSettings("AUTH_SECRET is wrong: it must be base64 of at least 32 random bytes.")
        return cls(
            refresh=_derived(root, b"raceoverlay.auth.refresh.v1"),
            codes=_derived(root, b"raceoverlay.auth.codes.v1"),
            key_storage=Fernet(base64.urlsafe_b64encode(_derived(root, b"raceoverlay.auth.keys.v1"))),
        )


def _derived(root: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(root)
