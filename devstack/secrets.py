"""Random passwords and keys, made once and kept in `<folder>/secrets.json`, which only its owner may read."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from devstack.files import PRIVATE, write_atomically


def password(folder: Path, name: str) -> str:
    """The password called `name`: 40 hexadecimal digits, which need no quoting anywhere."""
    return _keep(folder, name, lambda: secrets.token_hex(20))


def key(folder: Path, name: str) -> str:
    """The key called `name`: 32 random bytes in base64."""
    return _keep(folder, name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def _keep(folder: Path, name: str, make: Callable[[], str]) -> str:
    file = folder / "secrets.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    if name not in kept:
        kept[name] = make()
        write_atomically(file, json.dumps(kept, indent=1), mode=PRIVATE)
    return kept[name]
