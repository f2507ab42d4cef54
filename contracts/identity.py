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


class Identity(msgspec.Struct, frozen=True):
    """A caller whose token was verified. `session_id` is the sign-in that the token belongs to."""

    user_id: UUID
    session_id: UUID
    role: Role
    expires_at: int  # seconds since the epoch

    def may(self, *roles: Role) -> bool:
        """Whether the caller has one of `roles`; an admin has them all."""
        return self.role is Role.ADMIN or self.role in roles


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
