"""The environment that children start from: what any program needs, and none of the caller's secrets."""

import os

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH")


def clean(**more: str) -> dict[str, str]:
    """The caller's PATH, HOME, locale and the like, plus `more`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {"PYTHONUNBUFFERED": "1"} | more
