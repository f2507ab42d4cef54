from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import keyring.backend
import keyring.errors
import pytest
from signed_leases import LeaseMaker

from desktop_client.device import forget_device, load_device
from desktop_client.kept_lease import KeptLease
from desktop_client.vault import DamagedSecret, FileVault, KeyringVault, VaultFailure, open_vault

MOST_BYTES = 2560  # that Windows' Credential Manager takes


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring as a system has it."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise keyring.errors.KeyringLocked("locked")
        if len(password.encode("utf-16-le")) > MOST_BYTES:
            raise OSError(1783, "The stub received bad data")  # what CredWrite says
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")


def test_a_secret_survives_the_program(tmp_path: Path) -> None:
    FileVault(tmp_path).write("sign_in", "a secret")
    assert FileVault(tmp_path).read("sign_in") == "a secret"
    FileVault(tmp_path).remove("sign_in")
    FileVault(tmp_path).remove("sign_in")
    assert FileVault(tmp_path).read("sign_in") is None


def test_only_the_owner_can_read_the_files_and_the_secret_is_not_in_them(tmp_path: Path) -> None:
    FileVault(tmp_path).write("sign_in", "a secret")
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"a secret" not in file.read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x02" + bytes(64), bytes(200)])
def test_a_damaged_file_is_a_reason_and_not_a_crash(tmp_path: Path, damage: bytes) -> None:
    vault = FileVault(tmp_path)
    vault.write("sign_in", "a secret")
    (tmp_path / "sign_in.sealed").write_bytes(damage)
    with pytest.raises(DamagedSecret, match="damaged"):
        vault.read("sign_in")
    vault.write("sign_in", "another")
    assert vault.read("sign_in") == "another"


def test_a_lost_key_and_a_file_under_another_name_are_damage(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.write("lease", "a secret")
    (tmp_path / "lease.sealed").rename(tmp_path / "sign_in.sealed")
    with pytest.raises(DamagedSecret):
        vault.read("sign_in")
    vault.write("lease", "a secret")
    (tmp_path / "key").unlink()
    with pytest.raises(DamagedSecret):
        vault.read("lease")


def test_a_folder_that_cannot_be_written_is_said_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file where the folder should be")
    with pytest.raises(VaultFailure, match="secrets") as failure:
        FileVault(tmp_path / "secrets").write("sign_in", "hush")
    assert "hush" not in str(failure.value)


def test_the_systems_keyring_is_preferred_and_each_folder_has_its_own_drawer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = MemoryKeyring()
    monkeypatch.setattr("keyring.get_keyring", lambda: backend)
    first, second = open_vault(tmp_path / "one"), open_vault(tmp_path / "two")
    assert isinstance(first, KeyringVault)
    first.write("sign_in", "a secret")
    assert (first.read("sign_in"), second.read("sign_in")) == ("a secret", None)
    first.remove("sign_in")
    first.remove("sign_in")
    assert backend.kept == {}


def test_what_is_too_long_for_the_keyring_is_sealed_with_a_key_that_lies_in_it(tmp_path: Path) -> None:
    backend = MemoryKeyring()
    vault = KeyringVault(backend, tmp_path)
    for secret in ("x" * 1000, "a long secret " * 400, "ü" * 2000, "short", "a long one again" * 200):
        vault.write("lease", secret)
        assert KeyringVault(backend, tmp_path).read("lease") == secret
        assert not any(secret[:13].encode() in file.read_bytes() for file in (tmp_path / "secrets").glob("*"))
    assert not (tmp_path / "secrets" / "key").exists()
    with pytest.raises(DamagedSecret):
        KeyringVault(MemoryKeyring(), tmp_path).read("lease")  # the file came to another computer
    vault.write("lease", "short")
    assert not list((tmp_path / "secrets").glob("*.sealed"))
    vault.write("lease", "a long one again" * 200)
    vault.remove("lease")
    assert vault.read("lease") is None


def test_a_locked_keyring_says_so_of_long_secrets_too(tmp_path: Path) -> None:
    backend = MemoryKeyring()
    vault = KeyringVault(backend, tmp_path)
    vault.write("lease", "long" * 500)
    backend.is_locked = True
    for use in (lambda: vault.read("lease"), lambda: vault.write("lease", "long" * 500)):
        with pytest.raises(VaultFailure, match="KeyringLocked"):
            use()


async def test_the_longest_lease_fits(tmp_path: Path) -> None:
    cloud, vault = LeaseMaker(), KeyringVault(MemoryKeyring(), tmp_path)
    at = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
    parts = tuple(f"v2.product{number}:{'0' * 32}" for number in range(16))
    lease = cloud.lease(UUID(int=1), "k" * 44, at, entitlements=("maps.unlimited",) * 8, components=parts)
    kept = KeptLease(vault, tmp_path / "lease.lock", cloud.keys)
    await kept.keep(lease, at)
    found = await kept.read()
    assert found is not None
    assert found.lease == lease


def test_without_a_keyring_there_are_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring.backends.fail

    monkeypatch.setattr("keyring.get_keyring", keyring.backends.fail.Keyring)
    assert isinstance(open_vault(tmp_path), FileVault)


def test_a_locked_keyring_is_a_failure_that_says_so(tmp_path: Path) -> None:
    backend = MemoryKeyring()
    backend.is_locked = True
    with pytest.raises(VaultFailure, match="KeyringLocked") as failure:
        KeyringVault(backend, tmp_path).write("sign_in", "hush")
    assert "hush" not in str(failure.value)


def test_a_device_is_made_once_and_named_by_its_key(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    device = load_device(vault)
    assert load_device(vault) == device
    assert len(device.id) == 32
    forget_device(vault)
    assert load_device(vault).id != device.id


def test_a_damaged_device_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.write("device_key", "bm90IGEga2V5")
    with pytest.raises(DamagedSecret):
        load_device(vault)
