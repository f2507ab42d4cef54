"""Where an address is, as coarsely as a town: from a database of places on the disk, where one is configured.

Nobody is asked over the network, and only the town and the country are read, whatever else the database knows.
"""

from __future__ import annotations

from typing import Any

import maxminddb

from chassis.settings import MissingSettings


class Places:
    def __init__(self, database: str) -> None:
        """
        Raises:
            MissingSettings: `database` is no readable .mmdb file; an empty path is none at all.
        """
        try:
            self._reader = maxminddb.open_database(database) if database else None
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise MissingSettings(f"GEOIP_DATABASE is wrong: {database!r} cannot be read ({error}).") from None

    async def open(self) -> None: ...

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.close()

    def of(self, address: str) -> str | None:
        """`Adenau, Germany`; None where nothing is known."""
        if self._reader is None:
            return None
        try:
            found: Any = self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return None
        names = [_name(found, part) for part in ("city", "country")] if isinstance(found, dict) else []
        return ", ".join(name for name in names if name)[:128] or None


def _name(found: dict[str, Any], part: str) -> str | None:
    try:
        return str(found[part]["names"]["en"])
    except (KeyError, TypeError):
        return None
