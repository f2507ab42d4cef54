"""Who is calling: the claims of an access token, and the public keys it is checked with."""

from __future__ import annotations

import enum
from uuid import UUID

import msgspec

ACCESS_TOKEN_TYPE = "at+jwt"  # the `typ` header (RFC 9068): no other kind of token passes for an access token
ACCESS_TOKEN_ALGORITHM = "ES256"
CLOCK_LEEWAY_S = 30


class Role(enum.StrEnum):
    DRIVER = "driver"
    MODERATOR = "moderator"
    RELEASE_MANAGER = "release_manager"
    ADMIN = "admin"


class Scope(enum.StrEnum):
    """What a machine may do for the person who made its API token. Nothing about accounts is among it."""

    TRACKS_READ = "tracks:read"
    TRACKS_WRITE = "tracks:write"
    LICENSE_READ = "license:read"
    RELEASES_WRITE = "releases:write"
    EVENTS_READ = "events:read"


class Identity(msgspec.Struct, frozen=True):
    """A caller whose token was verified.

    `session_id` is the sign-in that the token belongs to; for a machine, the API token. `scopes` is None for a person,
    who may whatever the role allows; a machine may only what is in it, and that only as far as the role allows it.
    """

    user_id: UUID
    session_id: UUID
    role: Role
    expires_at: int  # seconds since the epoch
    scopes: frozenset[Scope] | None = None

    def may(self, *roles: Role) -> bool:
        """Whether the caller has one of `roles`; an admin has them all."""
        return self.role is Role.ADMIN or self.role in roles

    def is_granted(self, scope: Scope | None) -> bool:
        """Whether the caller may make a call that asks machines for `scope`; None is a call for people only."""
        return self.scopes is None or scope in self.scopes


class PublicKey(msgspec.Struct, frozen=True):
    """One verification key in JWK form (RFC 7517), an EC key on P-256."""

    kid: str
    x: str
    y: str
    kty: str = "EC"
    crv: str = "P-256"
    alg: str = ACCESS_TOKEN_ALGORITHM
    use: str = "sig"


class KeySet(msgspec.Struct, frozen=True):
    """What GET /.well-known/jwks.json answers."""

    keys: tuple[PublicKey, ...]
