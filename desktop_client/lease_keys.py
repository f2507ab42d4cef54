"""Whose signature a lease is believed by: the keys that were shipped with this program.

Trust is never given by whoever serves: no gateway can add a key. A build for drivers pins its keys in lease_keys.txt,
the current one and the one that will follow it, so that keys can be changed without anybody noticing; such a build
believes nothing else. A build that pins none, as out of the repository, takes those that RACEOVERLAY_LEASE_KEYS names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

log = logging.getLogger(__name__)

PINNED: Final = Path(__file__).with_name("lease_keys.txt")
VARIABLE: Final = "RACEOVERLAY_LEASE_KEYS"


def trusted(environment: Mapping[str, str] = os.environ, pinned: Path = PINNED) -> dict[str, Ed25519PublicKey]:
    """The keys by their ids. Each stands as base64 of 32 bytes: a line of the file, or between commas."""
    lines = (line.partition("#")[0].strip() for line in _text(pinned).splitlines())
    return _keys(line for line in lines if line) or _keys(
        word.strip() for word in environment.get(VARIABLE, "").split(",") if word.strip()
    )


def key_id(public_key: bytes) -> str:
    return hashlib.sha256(public_key).hexdigest()[:16]


def _keys(texts: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    keys: dict[str, Ed25519PublicKey] = {}
    for text in texts:
        try:
            raw = base64.b64decode(text, validate=True)
            keys[key_id(raw)] = Ed25519PublicKey.from_public_bytes(raw)
        except (binascii.Error, ValueError):
            log.warning("a key for leases is not base64 of 32 bytes, and is not used")
    return keys


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        log.warning("the pinned keys for leases cannot be read: %s", type(error).__name__)
        return ""
