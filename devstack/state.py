"""The state folder as a whole."""

import shutil
from pathlib import Path

from devstack import account, orphans
from devstack.lock import Lock
from devstack.refusal import Refusal
from devstack.report import say

# Named one by one: RACEOVERLAY_STATE may point at a folder in which somebody keeps other things as well.
_OURS = (
    *("client", "logs", "mail", "nats", "objects", "postgres", "run", "stripe", "tls"),
    *("ca.pem", "devstack.json", "overlay.png", "ports.json", "secrets.json", "devstack.lock"),
)


class Unusable(Refusal):
    """What we were told to use cannot be used; the message says what and why."""


def prepare(folder: Path) -> None:
    """Makes the folder; Unusable when we may not write there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run").mkdir(exist_ok=True)
        probe = folder / "run" / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unusable(
            f"The state folder {folder} cannot be written: {error.strerror}. RACEOVERLAY_STATE moves it."
        ) from None


def end_leftovers(folder: Path) -> None:
    """Ends what a supervisor that was killed outright has left running."""
    for name in orphans.recorded(folder):
        if orphans.end(folder, name):
            say(f"{name} of an earlier run was still there and has been ended")


def remove(folder: Path) -> None:
    """Removes all that a cloud keeps in `folder`. devstack.lock.AlreadyRunning while one runs from it."""
    if not folder.exists():
        return
    with Lock(folder):
        end_leftovers(folder)
        shutil.rmtree(account.shelter(folder / "postgres"), ignore_errors=True)
        for name in _OURS:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    say(f"{folder} is clean")
