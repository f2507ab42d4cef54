"""Files that are either whole or absent: a reader never sees half of one, whenever the writer dies."""

import os
import secrets
from pathlib import Path

PRIVATE = 0o600


def write_atomically(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Writes `content` beside `path` with `mode` and renames it there, making missing parent folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
