"""The public half of the signing keys."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency

from contracts.identity import KeySet
from services.auth.keys import SigningKeys

MAX_AGE_S = 300  # domain/keys.py counts on it: a key is published longer than this before it signs


@get("/.well-known/jwks.json", cache_control=None)
async def jwks(keys: NamedDependency[SigningKeys]) -> Response[KeySet]:
    """The public keys that access tokens are checked with."""
    return Response(await keys.published(), headers={"cache-control": f"public, max-age={MAX_AGE_S}"})


ROUTES = [jwks]
