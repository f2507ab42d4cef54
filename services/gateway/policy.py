"""Who may ask what of whom: the one table that decides which requests go further than the gateway.

A path that is not in it does not exist, whatever the services behind answer to.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.identity import Role, Scope


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


class Pace(enum.Enum):
    """How often a caller may make a call; limits.py has the numbers."""

    FREE = "free"  # never too often: those who keep us running ask
    READ = "read"
    WRITE = "write"
    SECRET = "secret"  # whoever makes it could be guessing: a password, a code, a token
    MAIL = "mail"  # each makes us write to somebody
    UPLOAD = "upload"
    WEBHOOK = "webhook"  # a provider tells us what happened: from few addresses, and in bursts


class Kept(enum.Enum):
    """Whose answer is kept in the gateway's memory, until an event says that it has changed."""

    FOR_ALL = "for all"
    FOR_EACH = "for each account"


@dataclass(frozen=True, slots=True)
class Rule:
    """One call. `body` is the most bytes it takes (0: it takes none), `seconds` how long the upstream may think.

    `scope` is what a machine's token needs for it; without one, machines may not make the call where people must be
    signed in. `kept`: its answer is given from memory. `counted`: what it gives is counted, and there may be a limit.
    """

    method: str
    path: str
    upstream: Upstream
    access: Access
    body: int = 0
    pace: Pace = Pace.READ
    scope: Scope | None = None
    kept: Kept | None = None
    seconds: float = 10.0
    counted: bool = False


NONE = 0
MODERATORS: Access = frozenset({Role.MODERATOR})
RELEASE_MANAGERS: Access = frozenset({Role.RELEASE_MANAGER})
ADMINS: Access = frozenset({Role.ADMIN})
FREE, READ, WRITE, SECRET, MAIL, UPLOAD, WEBHOOK = Pace
TRACKS_READ, TRACKS_WRITE, LICENSE_READ, RELEASES_WRITE, EVENTS_READ = Scope
FOR_ALL, FOR_EACH = Kept

# A table is read by its columns:
# fmt: off
RULES = (
    #    method    path                                  upstream  who        body     pace    for machines  kept
    Rule("POST",   "/auth/register",                     AUTH,     ANYONE,    8 * KB,  MAIL),
    Rule("GET",    "/auth/verify",                       AUTH,     ANYONE),
    Rule("POST",   "/auth/verify",                       AUTH,     ANYONE,    8 * KB,  SECRET),
    Rule("POST",   "/auth/verify/resend",                AUTH,     ANYONE,    8 * KB,  MAIL),
    Rule("POST",   "/auth/login",                        AUTH,     ANYONE,    8 * KB,  SECRET),
    Rule("POST",   "/auth/refresh",                      AUTH,     ANYONE,    8 * KB,  WRITE),
    Rule("POST",   "/auth/logout",                       AUTH,     ANYONE,    8 * KB,  WRITE),
    Rule("POST",   "/auth/logout/all",                   AUTH,     SIGNED_IN, NONE,    WRITE),
    Rule("POST",   "/auth/reauthenticate",               AUTH,     SIGNED_IN, 8 * KB,  SECRET),
    Rule("POST",   "/auth/password/forgot",              AUTH,     ANYONE,    8 * KB,  MAIL),
    Rule("GET",    "/auth/password/reset",               AUTH,     ANYONE),
    Rule("POST",   "/auth/password/reset",               AUTH,     ANYONE,    8 * KB,  SECRET),
    Rule("POST",   "/auth/password/change",              AUTH,     SIGNED_IN, 8 * KB,  SECRET),
    Rule("POST",   "/auth/email/change",                 AUTH,     SIGNED_IN, 8 * KB,  MAIL),
    Rule("GET",    "/auth/email/confirm",                AUTH,     ANYONE),
    Rule("POST",   "/auth/email/confirm",                AUTH,     ANYONE,    8 * KB,  SECRET),
    Rule("GET",    "/auth/me",                           AUTH,     SIGNED_IN),
    Rule("DELETE", "/auth/me",                           AUTH,     SIGNED_IN, NONE,    WRITE),
    Rule("GET",    "/auth/me/export",                    AUTH,     SIGNED_IN),
    Rule("GET",    "/auth/me/audit",                     AUTH,     SIGNED_IN),
    Rule("GET",    "/auth/sessions",                     AUTH,     SIGNED_IN),
    Rule("DELETE", "/auth/sessions/{session_id}",        AUTH,     SIGNED_IN, NONE,    WRITE),
    Rule("GET",    "/auth/mfa",                          AUTH,     SIGNED_IN),
    Rule("POST",   "/auth/mfa/totp",                     AUTH,     SIGNED_IN, NONE,    WRITE),
    Rule("POST",   "/auth/mfa/totp/confirm",             AUTH,     SIGNED_IN, 8 * KB,  SECRET),
    Rule("POST",   "/auth/mfa/totp/disable",             AUTH,     SIGNED_IN, 8 * KB,  SECRET),
    Rule("POST",   "/auth/mfa/recovery-codes",           AUTH,     SIGNED_IN, 8 * KB,  SECRET),
    Rule("GET",    "/auth/tokens",                       AUTH,     SIGNED_IN),
    Rule("POST",   "/auth/tokens",                       AUTH,     SIGNED_IN, 8 * KB,  WRITE),
    Rule("DELETE", "/auth/tokens/{token_id}",            AUTH,     SIGNED_IN, NONE,    WRITE),
    Rule("POST",   "/auth/tokens/exchange",              AUTH,     ANYONE,    8 * KB,  SECRET),
    Rule("GET",    "/auth/users",                        AUTH,     ADMINS),
    Rule("GET",    "/auth/users/{user_id}",              AUTH,     ADMINS),
    Rule("PUT",    "/auth/users/{user_id}/role",         AUTH,     ADMINS,    8 * KB,  WRITE),
    Rule("DELETE", "/auth/users/{user_id}/sessions",     AUTH,     ADMINS,    NONE,    WRITE),
    Rule("GET",    "/auth/users/{user_id}/audit",        AUTH,     ADMINS),
    Rule("GET",    "/.well-known/jwks.json",             AUTH,     ANYONE,    NONE,    READ,   None,         FOR_ALL),

    Rule("GET",    "/license/plans",                     LICENSE,  ANYONE,    NONE,    READ,   None,         FOR_ALL),
    Rule("GET",    "/license/status",                    LICENSE,  SIGNED_IN, NONE,    READ,   LICENSE_READ, FOR_EACH),
    Rule("POST",   "/license/activate",                  LICENSE,  SIGNED_IN, 16 * KB, WRITE),
    Rule("POST",   "/license/deactivate",                LICENSE,  SIGNED_IN, 8 * KB,  WRITE),
    Rule("GET",    "/license/devices",                   LICENSE,  SIGNED_IN),
    Rule("PUT",    "/license/devices/{device_id}",       LICENSE,  SIGNED_IN, 8 * KB,  WRITE),
    Rule("POST",   "/license/lease",                     LICENSE,  SIGNED_IN, 8 * KB,  WRITE),
    Rule("POST",   "/license/checkout",                  LICENSE,  SIGNED_IN, 8 * KB,  WRITE,  None,         None, 30),
    Rule("GET",    "/license/checkout/done",             LICENSE,  ANYONE),
    Rule("GET",    "/license/checkout/cancelled",        LICENSE,  ANYONE),
    Rule("POST",   "/license/portal",                    LICENSE,  SIGNED_IN, NONE,    WRITE,  None,         None, 30),
    Rule("POST",   "/license/webhooks/stripe",           LICENSE,  ANYONE,    256 * KB, WEBHOOK),
    Rule("GET",    "/license/users/{user_id}",           LICENSE,  ADMINS),
    Rule("POST",   "/license/users/{user_id}/grant",     LICENSE,  ADMINS,    8 * KB,  WRITE),
    Rule("POST",   "/license/users/{user_id}/revoke",    LICENSE,  ADMINS,    8 * KB,  WRITE),

    Rule("GET",    "/tracks",                            TRACKS,   SIGNED_IN, NONE,    READ,   TRACKS_READ,  FOR_ALL),
    Rule("POST",   "/tracks/upload",                     TRACKS,   SIGNED_IN, 5 * MB,  UPLOAD, TRACKS_WRITE, None, 15),
    Rule("GET",    "/tracks/uploads/{upload_id}",        TRACKS,   SIGNED_IN, NONE,    READ,   TRACKS_READ),
    Rule("GET",    "/tracks/acts",                       TRACKS,   MODERATORS),
    Rule("GET",    "/tracks/layouts",                    TRACKS,   MODERATORS),
    Rule("GET",    "/tracks/layouts/{layout_id}",        TRACKS,   MODERATORS),
    Rule("POST",   "/tracks/layouts/{layout_id}/confirm", TRACKS,  MODERATORS, 8 * KB, WRITE,  None,         None, 30),
    Rule("POST",   "/tracks/layouts/{layout_id}/merge",  TRACKS,   MODERATORS, 8 * KB, WRITE,  None,         None, 30),
    Rule("POST",   "/tracks/layouts/{layout_id}/split",  TRACKS,   MODERATORS, 8 * KB, WRITE,  None,         None, 30),
    Rule("POST",   "/tracks/layouts/{layout_id}/rename", TRACKS,   MODERATORS, 8 * KB, WRITE,  None,         None, 30),
    Rule("POST",   "/tracks/layouts/{layout_id}/withdraw", TRACKS, MODERATORS, 8 * KB, WRITE,  None,         None, 30),
    Rule("PUT",    "/tracks/layouts/{layout_id}/corners", TRACKS,  MODERATORS, 64 * KB, WRITE),
    Rule("GET",    "/tracks/{game}/{track_id}",          TRACKS,   SIGNED_IN, NONE,    READ,   TRACKS_READ,  FOR_ALL,
         counted=True),
    Rule("GET",    "/tracks/{game}/{track_id}/versions", TRACKS,   SIGNED_IN, NONE,    READ,   TRACKS_READ,  FOR_ALL),

    Rule("GET",    "/versions/latest",                   VERSIONS, ANYONE,    NONE,    READ,   None,         FOR_ALL),
    Rule("GET",    "/versions",                          VERSIONS, ANYONE),

    Rule("GET",    "/events",                            GATEWAY,  SIGNED_IN, NONE,    READ,   EVENTS_READ),
    Rule("GET",    "/healthz",                           GATEWAY,  ANYONE,    NONE,    FREE),
    Rule("GET",    "/readyz",                            GATEWAY,  ANYONE,    NONE,    FREE),
    Rule("GET",    "/openapi.json",                      GATEWAY,  ANYONE),
    Rule("GET",    "/docs",                              GATEWAY,  ANYONE),
    Rule("GET",    "/docs/page.js",                      GATEWAY,  ANYONE),
    Rule("GET",    "/docs/page.css",                     GATEWAY,  ANYONE),
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
        self._patterns: dict[str, list[tuple[re.Pattern[str], dict[str, Rule]]]] = {}
        for path, by_method in patterns.items():
            self._patterns.setdefault(_first_segment(path), []).append((_compiled(path), by_method))

    def at(self, path: str) -> Mapping[str, Rule]:
        """The rules of `path` by method; none where there is nothing. `path` is as sent, not decoded."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain
        for pattern, by_method in self._patterns.get(_first_segment(path), ()):
            if pattern.fullmatch(path):
                return by_method
        return {}


def _first_segment(path: str) -> str:
    return path[1:].partition("/")[0]


def _compiled(path: str) -> re.Pattern[str]:
    pieces = re.split(r"\{\w+\}", path)
    return re.compile(_SEGMENT.join(re.escape(piece) for piece in pieces))
