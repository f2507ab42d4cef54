"""Where the client keeps its secrets: the sign-in, the device's key, the offline lease.

The system's own keyring where there is one (Credential Manager, Keychain, Secret Service); what is too long for it lies
beside the client's other files, sealed with a key that the keyring keeps. Elsewhere, on a Linux
machine without a session, files that only their owner may read. Their encryption protects what leaves the machine
on its own (one file in a bug report, a backup without the key); it does not protect from a program that runs as
the same user, because the key lies beside them. Nothing on such a machine could.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final, Protocol

import keyring
import keyring.backend
import keyring.errors
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop_client.files import write_atomically

_SEALED_V1: Final = b"\x01"
_NONCE: Final = 12
_KEY: Final = 32
_LONGEST: Final = 1000  # letters: Credential Manager takes 2560 bytes, and each letter is two
_SEALING_KEY: Final = "sealing_key"


class VaultFailure(Exception):
    """A secret cannot be had; the message is a sentence without the secret."""


class DamagedSecret(VaultFailure):
    """What was kept is not what was written."""


class Vault(Protocol):
    """Names to secret texts. Everything here may block for a moment: call it from a thread."""

    def read(self, name: str) -> str | None:
        """The secret, or None where nothing is kept. Raises VaultFailure."""
        ...

    def write(self, name: str, secret: str) -> None:
        """Keep it before returning, or raise VaultFailure."""
        ...

    def remove(self, name: str) -> None:
        """Forget it; once more does no harm. Raises VaultFailure."""
        ...


def open_vault(folder: Path) -> Vault:
    """The best vault of this machine, for the client whose state lives in `folder`."""
    backend = keyring.get_keyring()
    return KeyringVault(backend, folder) if _is_usable(backend) else FileVault(folder / "secrets")


class KeyringVault:
    """The system's keyring; each state folder has its own drawer, so that two clients do not share a sign-in."""

    def __init__(self, backend: keyring.backend.KeyringBackend, folder: Path) -> None:
        self._backend = backend
        self._drawer = f"RaceOverlay {hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
        self._long = FileVault(folder / "secrets", _KeyInKeyring(self))

    def read(self, name: str) -> str | None:
        short = self.entry(name)
        return self._long.read(name) if short is None else short

    def write(self, name: str, secret: str) -> None:
        if len(secret) > _LONGEST:
            self._long.write(name, secret)
            self.keep_entry(name, None)  # or what was short before would be read instead
        else:
            self.keep_entry(name, secret)
            self._long.remove(name)

    def remove(self, name: str) -> None:
        self.keep_entry(name, None)
        self._long.remove(name)

    def entry(self, name: str) -> str | None:
        """What the keyring itself keeps under that name. Raises VaultFailure."""
        with _translated("read"):
            return self._backend.get_password(self._drawer, name)

    def keep_entry(self, name: str, secret: str | None) -> None:
        """None: keep nothing. Raises VaultFailure."""
        with _translated("write"):
            if secret is not None:
                self._backend.set_password(self._drawer, name, secret)
                return
            with contextlib.suppress(keyring.errors.PasswordDeleteError):
                self._backend.delete_password(self._drawer, name)


class _Key(Protocol):
    """Where the key lies that files are sealed with."""

    def read(self) -> bytes | None: ...

    def make(self) -> bytes: ...


class FileVault:
    """One sealed file per secret (AES-256-GCM, bound to its name); the key lies in a file beside them, or elsewhere."""

    def __init__(self, folder: Path, key: _Key | None = None) -> None:
        self._folder = folder
        self._key = key or _KeyFile(folder)

    def read(self, name: str) -> str | None:
        try:
            sealed = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultFailure(f"{self._file(name)} cannot be read: {error.strerror}.") from error
        key = self._key.read()
        if key is None or sealed[:1] != _SEALED_V1:
            raise DamagedSecret(f"{self._file(name)} is damaged, or its key is gone.")
        nonce, content = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, content, name.encode()).decode()
        except (InvalidTag, ValueError):
            raise DamagedSecret(f"{self._file(name)} is damaged, or its key is gone.") from None

    def write(self, name: str, secret: str) -> None:
        try:
            key = self._key.read() or self._key.make()
            nonce = os.urandom(_NONCE)
            sealed = _SEALED_V1 + nonce + AESGCM(key).encrypt(nonce, secret.encode(), name.encode())
            write_atomically(self._file(name), sealed)
        except OSError as error:
            raise VaultFailure(f"{self._folder} cannot be written: {error.strerror}.") from error

    def remove(self, name: str) -> None:
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as error:
            raise VaultFailure(f"{self._file(name)} cannot be removed: {error.strerror}.") from error

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sealed"


class _KeyFile:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "key"

    def read(self) -> bytes | None:
        try:
            return _key_in(self._file.read_bytes())
        except OSError:
            return None

    def make(self) -> bytes:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = AESGCM.generate_key(bit_length=8 * _KEY)
        write_atomically(self._file, base64.b64encode(key))
        return key


class _KeyInKeyring:
    def __init__(self, vault: KeyringVault) -> None:
        self._vault = vault

    def read(self) -> bytes | None:
        return _key_in((self._vault.entry(_SEALING_KEY) or "").encode())

    def make(self) -> bytes:
        key = AESGCM.generate_key(bit_length=8 * _KEY)
        self._vault.keep_entry(_SEALING_KEY, base64.b64encode(key).decode())
        return key


def _key_in(text: bytes) -> bytes | None:
    try:
        key = base64.b64decode(text)
    except ValueError:
        return None
    return key if len(key) == _KEY else None


def _is_usable(backend: keyring.backend.KeyringBackend) -> bool:
    try:
        return backend.priority >= 1  # the stand-ins that keep nothing, or keep it in plain text, rank below
    except Exception:  # a backend may raise whatever its system raises
        return False


@contextlib.contextmanager
def _translated(verb: str):
    try:
        yield
    except Exception as error:  # backends let errors of D-Bus and of Windows through
        raise VaultFailure(f"The system's keyring could not {verb} it ({type(error).__name__}).") from error
