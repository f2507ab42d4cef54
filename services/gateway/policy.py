"""Who may ask what of whom: the one table that decides which requests go further than the gateway.

A path that is not in it does not exist, whatever the services behind answer to.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.identity import Role


class Upstream(enum.Enum):
    """Who answers."""

    GATEWAY = "gateway"  # the gateway itself
    AUTH = "auth"
    LICENSE = "license"
    TRACKS = "tracks"
    VERSIONS = "versions"


Access = frozenset[Role] | None
"""The roles that may; None asks for no token at all."""

ANYONE: Access = None
SIGNED_IN: Access = frozenset(Role)
GATEWAY, AUTH, LICENSE, TRACKS, VERSIONS = Upstream
KB = 1 << 10
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Rule:
    """One call. `body` is the most bytes it takes (0: it takes none), `seconds` how long the upstream may think."""

    method: str
    path: str
    upstream: Upstream
    access: Access
    body: int = 0
    seconds: float = 10.0


# A table is read by its columns:
# fmt: off
RULES = (
    #    method  path                                  upstream  who        body    seconds
    Rule("POST", "/auth/register",                     AUTH,     ANYONE,    8 * KB),
    Rule("GET",  "/auth/verify",                       AUTH,     ANYONE),
    Rule("POST", "/auth/verify",                       AUTH,     ANYONE,    8 * KB),
    Rule("POST", "/auth/verify/resend",                AUTH,     ANYONE,    8 * KB),
    Rule("POST", "/auth/login",                        AUTH,     ANYONE,    8 * KB),
    Rule("POST", "/auth/refresh",                      AUTH,     ANYONE,    8 * KB),
    Rule("POST", "/auth/logout",                       AUTH,     ANYONE,    8 * KB),
    Rule("GET",  "/auth/me",                           AUTH,     SIGNED_IN),
    Rule("GET",  "/.well-known/jwks.json",             AUTH,     ANYONE),

    Rule("GET",  "/license/plans",                     LICENSE,  ANYONE),
    Rule("GET",  "/license/status",                    LICENSE,  SIGNED_IN),
    Rule("POST", "/license/activate",                  LICENSE,  SIGNED_IN, 16 * KB),
    Rule("POST", "/license/deactivate",                LICENSE,  SIGNED_IN, 8 * KB),
    Rule("GET",  "/license/devices",                   LICENSE,  SIGNED_IN),
    Rule("POST", "/license/lease",                     LICENSE,  SIGNED_IN, 8 * KB),

    Rule("GET",  "/tracks",                            TRACKS,   SIGNED_IN),
    Rule("POST", "/tracks/upload",                     TRACKS,   SIGNED_IN, 5 * MB, 15.0),  # Prefer: wait
    Rule("GET",  "/tracks/uploads/{upload_id}",        TRACKS,   SIGNED_IN),
    Rule("GET",  "/tracks/{game}/{track_id}",          TRACKS,   SIGNED_IN),
    Rule("GET",  "/tracks/{game}/{track_id}/versions", TRACKS,   SIGNED_IN),

    Rule("GET",  "/versions/latest",                   VERSIONS, ANYONE),
    Rule("GET",  "/versions",                          VERSIONS, ANYONE),

    Rule("GET",  "/events",                            GATEWAY,  SIGNED_IN),
    Rule("GET",  "/healthz",                           GATEWAY,  ANYONE),
    Rule("GET",  "/readyz",                            GATEWAY,  ANYONE),
    Rule("GET",  "/openapi.json",                      GATEWAY,  ANYONE),
    Rule("GET",  "/docs",                              GATEWAY,  ANYONE),
    Rule("GET",  "/docs/page.js",                      GATEWAY,  ANYONE),
    Rule("GET",  "/docs/page.css",                     GATEWAY,  ANYONE),
)
# fmt: on

_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"  # no percent sign: nothing that a service might decode once more


class Policy:
    """The table, ready to be asked. Where two patterns fit a path, the one that stands first is meant."""

    def __init__(self, rules: Iterable[Rule] = RULES) -> None:
        self._plain: dict[str, dict[str, Rule]] = {}
        patterns: dict[str, dict[str, Rule]] = {}
        for rule in rules:
            kind = patterns if "{" in rule.path else self._plain
            kind.setdefault(rule.path, {})[rule.method] = rule
        self._patterns = [(_compiled(path), by_method) for path, by_method in patterns.items()]

    def at(self, path: str) -> Mapping[str, Rule]:
        """The rules of `path` by method; none where there is nothing. `path` is as sent, not decoded."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain
        for pattern, by_method in self._patterns:
            if pattern.fullmatch(path):
                return by_method
        return {}


def _compiled(path: str) -> re.Pattern[str]:
    pieces = re.split(r"\{\w+\}", path)
    return re.compile(_SEGMENT.join(re.escape(piece) for piece in pieces))
