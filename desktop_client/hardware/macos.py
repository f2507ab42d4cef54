"""A Mac's parts, asked of the two small programs that every Mac has for it."""

from __future__ import annotations

import re
import subprocess
from typing import Final

from desktop_client.hardware import Parts
from desktop_client.hardware.cards import first_address

WITHIN_S: Final = 5


def platform_value(registry: str, name: str) -> str | None:
    """A value out of what `ioreg` prints of the platform."""
    found = re.search(rf'"{name}" = "([^"]+)"', registry)
    return found[1] if found else None


def _asked(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, timeout=WITHIN_S, check=True).stdout


def _platform(name: str) -> str | None:
    return platform_value(_asked("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"), name)


PARTS: Final[Parts] = {
    "product": lambda: _platform("IOPlatformUUID"),
    "board": lambda: _platform("IOPlatformSerialNumber"),
    "model": lambda: _asked("/usr/sbin/sysctl", "-n", "hw.model", "machdep.cpu.brand_string"),
    "network": first_address,
}
