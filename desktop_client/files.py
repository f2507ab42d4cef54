"""Files that are there whole or not at all, and a lock that holds between programs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

OWNER_ONLY = 0o600
_RETRY_S = 0.02


class StillLocked(Exception):
    """Another program of the same driver holds the lock and does not let go."""


def write_atomically(file: Path, content: bytes, mode: int = OWNER_ONLY) -> None:
    """Write the file whole or not at all, also when the power fails. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{time.monotonic_ns()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def remove_drafts(folder: Path, older_than_s: float = 3600.0) -> None:
    """Remove what was begun by programs that were killed meanwhile. Never raises: it is in nobody's way."""
    before = time.time() - older_than_s
    with contextlib.suppress(OSError):
        for draft in folder.glob(".*.new"):
            if draft.stat().st_mtime < before:
                draft.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def exclusive(file: Path, within: float = 30.0) -> AsyncIterator[None]:
    """Hold the lock `file` against every other program; the system frees it when its holder dies.

    Raises:
        StillLocked: nobody let go within `within` seconds.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + within
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, OWNER_ONLY), "r+b") as held:
        while not _try(held):
            if time.monotonic() > deadline:
                raise StillLocked(f"{file.name} is held by another program.")
            await asyncio.sleep(_RETRY_S)
        try:
            yield
        finally:
            _release(held)


if sys.platform == "win32":
    import msvcrt

    def _try(held: IO[bytes]) -> bool:
        held.seek(0)
        try:
            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(held: IO[bytes]) -> None:
        held.seek(0)
        msvcrt.locking(held.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(held: IO[bytes]) -> bool:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _release(held: IO[bytes]) -> None:
        fcntl.flock(held, fcntl.LOCK_UN)
