"""This device as the licence knows it: a key made once, an id derived from it, and hashes of what it is made of."""

from __future__ import annotations

import base64
import binascii
import hashlib
import platform
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts.license import Device
from desktop_client.vault import DamagedSecret, Vault

SECRET: Final = "device_key"
_COMPONENT_DOMAIN: Final = b"raceoverlay.component.v1"
_SEED: Final = 32


def load_device(vault: Vault) -> Device:
    """This device; its key is made and kept when there is none yet. A copy of the state is no copy of the device.

    Raises:
        DamagedSecret: there was a key and it cannot be read; `forget_device` begins a new device.
        VaultFailure: the vault gives nothing or keeps nothing.
    """
    kept = vault.read(SECRET)
    if kept is None:
        key = Ed25519PrivateKey.generate()
        vault.write(SECRET, base64.b64encode(key.private_bytes_raw()).decode())
    else:
        key = _key(kept)
    return describe(key)


def forget_device(vault: Vault) -> None:
    """Throw the key away: the next `load_device` is a new device, and needs a seat of its own."""
    vault.remove(SECRET)


def describe(key: Ed25519PrivateKey) -> Device:
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return Device(
        id=hashlib.sha256(public).hexdigest()[:32],
        name=device_name(),
        platform={"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux"),
        public_key=base64.b64encode(public).decode(),
        components=tuple(_hashed(kind, value) for kind, value in _components()),
    )


def device_name() -> str:
    """What the driver calls this computer, as lists of devices and sessions show it."""
    return (socket.gethostname().strip() or "This computer")[:64]


def _key(kept: str) -> Ed25519PrivateKey:
    try:
        seed = base64.b64decode(kept, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != _SEED:
        raise DamagedSecret("The key of this device is damaged.")
    return Ed25519PrivateKey.from_private_bytes(seed)


def _hashed(kind: str, value: str) -> str:
    told = b"\0".join((_COMPONENT_DOMAIN, kind.encode(), value.encode()))
    return f"{kind}:{hashlib.sha256(told).hexdigest()[:32]}"


def _components() -> Iterator[tuple[str, str]]:
    """Only what is cheap to ask and does not change with a network card or a display."""
    if machine := _machine_id():
        yield "machine", machine
    if processor := platform.processor() or platform.machine():
        yield "processor", processor


def _machine_id() -> str | None:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return None
    try:
        return Path("/etc/machine-id").read_text().strip() or None
    except OSError:
        return None
