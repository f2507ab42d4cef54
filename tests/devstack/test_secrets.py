import base64
import stat
from pathlib import Path

from devstack import secrets


def test_a_secret_is_made_once_and_then_stays(folder: Path):
    assert secrets.password(folder, "nats") == secrets.password(folder, "nats")
    assert secrets.password(folder, "nats") != secrets.password(folder, "postgres")


def test_two_folders_have_different_secrets(folder: Path):
    assert secrets.password(folder / "a", "nats") != secrets.password(folder / "b", "nats")


def test_a_key_is_32_bytes_in_base64(folder: Path):
    assert len(base64.b64decode(secrets.key(folder, "auth"), validate=True)) == 32


def test_only_the_owner_may_read_them(folder: Path):
    secrets.password(folder, "nats")
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600
