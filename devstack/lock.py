"""At most one supervisor per state folder."""

import fcntl
import json
import os
from pathlib import Path
from typing import Self

from devstack.files import PRIVATE
from devstack.refusal import Refusal


class AlreadyRunning(Refusal):
    """Another supervisor holds the folder; the message says which."""


class Lock:
    """`<folder>/devstack.lock`, held while the block lasts; the system lets go of it when the process dies."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "devstack.lock"
        self._descriptor = -1

    def __enter__(self) -> Self:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            content = os.read(self._descriptor, 1000)
            os.close(self._descriptor)
            holder = json.loads(content) if content else {}
            raise AlreadyRunning(
                f"A cloud already runs from {self._file.parent}: process {holder.get('pid', 'unknown')},"
                f" gateway {holder.get('gateway', 'not yet known')}. Stop it with Ctrl-C, or kill that process."
            ) from None
        self.describe()
        return self

    def describe(self, **more: str) -> None:
        """Tells whoever comes second who holds the folder."""
        content = json.dumps({"pid": os.getpid(), **more}).encode()
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))

    def __exit__(self, *_: object) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
