"""Who may look: programs of this computer that were given the address, and no page of the web."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from desktop_client.files import write_atomically

FILE_NAME: Final = "stream.token"
BYTES: Final = 16  # as many as nobody guesses
SHORTEST: Final = 22  # that many in letters


def token_of(directory: Path) -> str:
    """The secret part of the address, made once for this computer. Raises OSError where it cannot be kept."""
    file = directory / FILE_NAME
    try:
        token = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        token = ""
    if len(token) < SHORTEST:
        token = secrets.token_urlsafe(BYTES)
        write_atomically(file, token.encode("ascii"))
    return token


def refusal(port: int, token: str, *, host: str | None, origin: str | None, given: str | None) -> str | None:
    """Why a request is refused, or None.

    A page of the web can make a browser ask any address, under a name of its own that leads to this computer: then
    the Host is wrong; from its own name, then the Origin is.
    """
    ours = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if host not in ours:
        return "Ask for 127.0.0.1."
    if origin is not None and origin not in {f"http://{name}" for name in ours}:
        return "Another page may not look."
    if not secrets.compare_digest((given or "").encode(), token.encode()):
        return "This address is not complete: copy it anew from RaceOverlay's status page."
    return None
