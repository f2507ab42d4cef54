"""Whether RaceOverlay starts with the computer: one entry where each system looks for such things."""

from __future__ import annotations

import os
import plistlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from desktop_client.files import write_atomically

NAME: Final = "RaceOverlay"
LABEL: Final = "org.raceoverlay.desktop"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
READABLE: Final = 0o644
HOUSE: Final = Path(__file__).parents[1]  # where Python finds the client that was not installed


class Autostart(Protocol):
    """`turn` raises OSError where the system does not let it be written."""

    def is_on(self) -> bool: ...
    def turn(self, on: bool) -> None: ...


class LinuxAutostart:
    """A desktop entry in the folder that every desktop reads at the start of a session."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        config = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
        self.file = Path(config) / "autostart" / f"{LABEL}.desktop"
        self._command = command

    def is_on(self) -> bool:
        try:
            lines = self.file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return False
        return "Hidden=true" not in lines  # so desktops switch an entry off without removing it

    def turn(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        words = " ".join(map(_quoted, self._command))
        entry = f"[Desktop Entry]\nType=Application\nName={NAME}\nExec={words}\nPath={HOUSE}\n"
        write_atomically(self.file, entry.encode(), READABLE)


class MacAutostart:
    """A launch agent of this person."""

    def __init__(self, command: Sequence[str], home: Path) -> None:
        self.file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        self._command = command

    def is_on(self) -> bool:
        return self.file.is_file()

    def turn(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        agent: dict[str, object] = {"Label": LABEL, "ProgramArguments": list(self._command), "RunAtLoad": True}
        agent["WorkingDirectory"] = str(HOUSE)
        write_atomically(self.file, plistlib.dumps(agent), READABLE)


class WindowsAutostart:
    """A value under this person's Run key."""

    def __init__(self, command: Sequence[str], registry: Any) -> None:
        """`registry` is the module `winreg`."""
        self._command, self._registry = command, registry

    def is_on(self) -> bool:
        try:
            with self._registry.OpenKey(self._registry.HKEY_CURRENT_USER, RUN_KEY) as key:
                self._registry.QueryValueEx(key, NAME)
        except FileNotFoundError:
            return False
        return True

    def turn(self, on: bool) -> None:
        registry = self._registry
        with registry.CreateKeyEx(registry.HKEY_CURRENT_USER, RUN_KEY, 0, registry.KEY_SET_VALUE) as key:
            if on:
                words = " ".join(f'"{word}"' for word in self._command)
                registry.SetValueEx(key, NAME, 0, registry.REG_SZ, words)
                return
            try:
                registry.DeleteValue(key, NAME)
            except FileNotFoundError:
                return


def autostart(environ: Mapping[str, str] = os.environ) -> Autostart:
    """That of this computer."""
    if sys.platform == "win32":
        import winreg

        return WindowsAutostart(command(), winreg)
    if sys.platform == "darwin":
        return MacAutostart(command(), Path.home())
    return LinuxAutostart(command(), environ)


def command() -> list[str]:
    """What starts this client again: itself where it is one file, else Python without a console."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    windowless = Path(sys.executable).with_name("pythonw.exe")
    return [str(windowless) if windowless.is_file() else sys.executable, "-m", "desktop_client"]


def _quoted(word: str) -> str:
    """A word of an Exec line; what is quoted there is escaped twice, and a percent sign means something else."""
    word = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", "\\\\") + '"'
