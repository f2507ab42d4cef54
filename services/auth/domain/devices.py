"""How a device is known again: by a token that it keeps, or by where it signs in from and what it calls itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from services.auth.domain.guessing import address_group

_PREFIX = "dt_"
_BYTES = 16 + 32


def device_token(secret: bytes, user_id: UUID, device_id: UUID) -> str:
    """What a device keeps to be known again. It opens nothing, and it is good for one account only."""
    proof = hmac.new(secret, b"device\0" + user_id.bytes + device_id.bytes, hashlib.sha256).digest()
    return _PREFIX + base64.urlsafe_b64encode(device_id.bytes + proof).decode().rstrip("=")


def known_device(secrets: Iterable[bytes], user_id: UUID, token: str | None) -> UUID | None:
    """The device that the token was made for with one of `secrets`; None for anything that is not such a token."""
    if token is None or not token.startswith(_PREFIX):
        return None
    text = token.removeprefix(_PREFIX)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(raw) != _BYTES:
        return None
    device_id = UUID(bytes=raw[:16])
    made = [device_token(secret, user_id, device_id).encode() for secret in secrets]
    return device_id if any(hmac.compare_digest(each, token.encode()) for each in made) else None


def seen_from(secret: bytes, user_id: UUID, address: str) -> bytes:
    """What is kept of the address that an account signs in from: enough to know it again, and nothing to read."""
    return hmac.new(secret, b"from\0" + user_id.bytes + address_group(address).encode(), hashlib.sha256).digest()
