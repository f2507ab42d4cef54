"""Every game that the overlay can read, by the name that settings and the command line use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from desktop_client.telemetry.games.f1 import F1
from desktop_client.telemetry.source import Source

GAMES: Final[dict[str, Callable[[], Source]]] = {F1.game: F1}
