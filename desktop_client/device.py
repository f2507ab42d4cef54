"""This device as the licence knows it: a key made once, an id derived from it, and hashes of what it is made of."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import socket
import sys
import threading
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.license import Device, proof_statement
from desktop_client import hardware
from desktop_client.vault import DamagedSecret, Vault

SECRET: Final = "device_key"
_COMPONENT_DOMAIN: Final = b"raceoverlay.component.v2"
_SEED: Final = 32
_one_at_a_time = threading.Lock()  # two who find no key at once would make two devices


@dataclass(frozen=True, slots=True)
class ThisDevice:
    """`public_key` is in base64. What tells it from another computer is told to each account in other hashes."""

    id: str
    public_key: str
    _key: Ed25519PrivateKey = field(compare=False, repr=False)

    def described_to(self, user_id: UUID) -> Device:
        return Device(self.id, device_name(), _platform(), self.public_key, self.components_for(user_id))

    def components_for(self, user_id: UUID) -> tuple[str, ...]:
        """It asks the system the first time, which may take a moment: call it from a thread."""
        return tuple(_hashed(user_id, kind, value) for kind, value in _parts())

    def proof(self, user_id: UUID, access_token: str) -> str:
        """That the key is here, for the one who shows that token."""
        return base64.b64encode(self._key.sign(proof_statement(self.id, user_id, access_token))).decode()


def load_device(vault: Vault) -> ThisDevice:
    """This device; its key is made and kept when there is none yet. A copy of the state is no copy of the device.

    Raises:
        DamagedSecret: there was a key and it cannot be read; `forget_device` begins a new device.
        VaultFailure: the vault gives nothing or keeps nothing.
    """
    with _one_at_a_time:
        kept = vault.read(SECRET)
        if kept is None:
            key = Ed25519PrivateKey.generate()
            vault.write(SECRET, base64.b64encode(key.private_bytes_raw()).decode())
        else:
            key = _key(kept)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return ThisDevice(hashlib.sha256(public).hexdigest()[:32], base64.b64encode(public).decode(), key)


def forget_device(vault: Vault) -> None:
    """Throw the key away: the next `load_device` is a new device to the licence."""
    vault.remove(SECRET)


def device_name() -> str:
    """What the driver calls this computer, as lists of devices and sessions show it."""
    return (socket.gethostname().strip() or "This computer")[:64]


def _platform() -> str:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def _key(kept: str) -> Ed25519PrivateKey:
    try:
        seed = base64.b64decode(kept, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != _SEED:
        raise DamagedSecret("The key of this device is damaged.")
    return Ed25519PrivateKey.from_private_bytes(seed)


@functools.cache
def _parts() -> tuple[tuple[str, str], ...]:
    return tuple(hardware.parts())


def _hashed(user_id: UUID, kind: str, value: str) -> str:
    told = b"\0".join((_COMPONENT_DOMAIN, user_id.bytes, kind.encode(), value.encode()))
    return f"v2.{kind}:{hashlib.sha256(told).hexdigest()[:32]}"
