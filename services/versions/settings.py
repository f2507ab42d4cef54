"""What versions asks of its environment: what every service with a database does."""

from __future__ import annotations

from chassis.settings import DatabaseSettings


class VersionsSettings(DatabaseSettings, frozen=True, kw_only=True):
    pass
