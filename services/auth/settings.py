"""What auth asks of its environment, beside what every service does."""

from __future__ import annotations

import os
from typing import Annotated

from msgspec import Meta

from chassis.settings import DatabaseSettings, Secret


class AuthSettings(DatabaseSettings, frozen=True, kw_only=True):
    auth_secret: Annotated[
        Secret, Meta(description="32 random bytes in base64, from which tokens, codes and key storage derive")
    ]
    auth_secret_previous: Annotated[
        Secret, Meta(description="the AUTH_SECRET before this one, while what it made is still about")
    ] = Secret("")
    smtp_url: Annotated[
        Secret, Meta(description="where mail goes, smtp://, smtp+starttls:// or smtps://user:password@host:port")
    ]
    public_url: Annotated[str, Meta(description="the gateway as drivers reach it; links in mails begin with it")]
    mail_from: str = "RaceOverlay <no-reply@raceoverlay.example>"
    # One core stays free: with all of them hashing, a refresh waits behind the sign-ins (docs/performance.md).
    hashing_threads: Annotated[int, Meta(ge=1, le=64)] = min(4, max(1, (os.cpu_count() or 1) - 1))
    geoip_database: str = ""  # an .mmdb file of towns and countries; without one, sessions have no place
