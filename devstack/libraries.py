"""The system libraries that Qt loads and no wheel carries.

`python -m devstack.libraries` provides them for the tests: exit code 0 when Qt can be loaded, else 1 and one sentence.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.child import Child
from devstack.environment import clean
from devstack.refusal import Refusal

_PACKAGES = (
    *("libgl1", "libegl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-xkb1", "libxkbcommon-x11-0", "libxcb-shape0"),
)
_INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends", *_PACKAGES)


class Missing(Refusal):
    """Qt cannot be loaded; the message says why, and what to do about it."""


async def provide(folder: Path) -> str | None:
    """Makes sure that Qt's widgets can be loaded; the sentence to show if something had to be installed for it.

    Missing when they cannot: not Debian or Ubuntu, nobody there who may install, or the installation failed.
    """
    problem = await _problem(folder)
    if problem is None:
        return None
    privilege = _privilege()
    if shutil.which("apt-get") is None:
        raise Missing(
            f"Qt cannot be loaded ({problem}). Install the libraries that it asks for, as on Debian: {_words()}"
        )
    if privilege is None:
        raise Missing(f"Qt cannot be loaded ({problem}). This installs what it needs: sudo {_words()}")
    quiet = clean(DEBIAN_FRONTEND="noninteractive")
    await _run(folder, [*privilege, "apt-get", "update"], quiet)
    if await _run(folder, [*privilege, *_INSTALL], quiet) or (problem := await _problem(folder)):
        raise Missing(f"Qt cannot be loaded ({problem}); the attempt is in {folder}/logs/libraries.log: {_words()}")
    return "Qt's system libraries were missing and have been installed: " + " ".join(_PACKAGES)


async def _problem(folder: Path) -> str | None:
    """Why Qt's widgets cannot be imported, or None. In a process of its own: a failed import leaves traces."""
    command = [sys.executable, "-c", "from PyQt6 import QtWidgets"]
    if await _run(folder, command, clean(QT_QPA_PLATFORM="offscreen")) == 0:
        return None
    return Child("libraries", folder, (), {}).last_words(1)


async def _run(folder: Path, command: list[str], environment: dict[str, str]) -> int:
    child = Child("libraries", folder, command, environment, death_signal=signal.SIGTERM)
    child.spawn()
    try:
        return await child.wait()
    except asyncio.CancelledError:
        # An installation is not torn apart: the package manager gets its time to end cleanly.
        await child.stop(within=30)
        raise
    finally:
        child.kill()


def _privilege() -> list[str] | None:
    """What to put before a command that only root may run; None when we may not run it."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _words() -> str:
    return " ".join(_INSTALL)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        try:
            if news := asyncio.run(provide(Path(folder))):
                print(news)
        except Missing as missing:
            print(missing, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
