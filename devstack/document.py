"""`<folder>/devstack.json`: where everything is. It exists exactly while all is ready."""

import json
from pathlib import Path
from typing import Any

import psutil

from devstack.files import PRIVATE, write_atomically
from devstack.refusal import Refusal


class NotRunning(Refusal):
    """There is no document: no cloud runs from this folder, or it is not ready yet."""


def write(folder: Path, content: dict[str, Any]) -> None:
    """Readable by the owner only: it holds passwords."""
    write_atomically(folder / "devstack.json", json.dumps(content, indent=1), mode=PRIVATE)


def read(folder: Path) -> dict[str, Any]:
    """NotRunning when it is not there, or was left behind by a supervisor that was killed."""
    try:
        content = json.loads((folder / "devstack.json").read_text())
    except FileNotFoundError:
        content = None
    if content is None or not psutil.pid_exists(content["pids"]["supervisor"]):
        raise NotRunning(f"No cloud is ready in {folder}. Start one with `make cloud`.")
    return content


def remove(folder: Path) -> None:
    (folder / "devstack.json").unlink(missing_ok=True)
