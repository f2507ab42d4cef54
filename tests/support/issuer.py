"""A stand-in for auth's published keys: a real HTTP server with a JWKS, and a way to sign tokens of every sort."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import jwt
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.identity import ACCESS_TOKEN_TYPE, KeySet, PublicKey

ISSUER = "https://raceoverlay.test"
AUDIENCE = "raceoverlay"


class Issuer:
    def __init__(self) -> None:
        self.jwks_url = ""
        self.asked = 0
        self.reachable = True
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.kid = self.add_key("first")

    def add_key(self, kid: str) -> str:
        self._keys[kid] = ec.generate_private_key(ec.SECP256R1())
        self.kid = kid
        return kid

    def withdraw(self, kid: str) -> None:
        """Publish a key no more."""
        del self._keys[kid]

    def key_set(self) -> KeySet:
        return KeySet(keys=tuple(_public(kid, key) for kid, key in self._keys.items()))

    def token(
        self,
        user_id: UUID | None = None,
        *,
        session_id: UUID | None = None,
        role: str = "driver",
        life_s: float = 600,
        headers: dict[str, object] | None = None,
        key: ec.EllipticCurvePrivateKey | None = None,
        **claims: object,
    ) -> str:
        """An access token; `headers` and `claims` override what a good one would carry (None leaves a claim out)."""
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id or uuid4()),
            "sid": str(session_id or uuid4()),
            "role": role,
            "iat": now,
            "exp": now + int(life_s),
            **claims,
        }
        return jwt.encode(
            {name: value for name, value in body.items() if value is not None},
            key or self._keys[self.kid],
            algorithm="ES256",
            headers={"kid": self.kid, "typ": ACCESS_TOKEN_TYPE, **(headers or {})},
        )

    def bearer(self, user_id: UUID | None = None, **claims: object) -> dict[str, str]:
        """The header of a signed-in request."""
        return {"authorization": f"Bearer {self.token(user_id, **claims)}"}  # type: ignore[arg-type]

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls) -> AsyncIterator[Issuer]:
        issuer = cls()

        async def jwks(_request: web.Request) -> web.Response:
            issuer.asked += 1
            if not issuer.reachable:
                raise web.HTTPServiceUnavailable
            return web.Response(body=msgspec.json.encode(issuer.key_set()), content_type="application/json")

        app = web.Application()
        app.router.add_get("/.well-known/jwks.json", jwks)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        issuer.jwks_url = f"http://127.0.0.1:{port}/.well-known/jwks.json"
        try:
            yield issuer
        finally:
            await runner.cleanup()


def _public(kid: str, key: ec.EllipticCurvePrivateKey) -> PublicKey:
    numbers = key.public_key().public_numbers()

    def text(value: int) -> str:
        return base64.urlsafe_b64encode(value.to_bytes(32, "big")).decode().rstrip("=")

    return PublicKey(kid=kid, x=text(numbers.x), y=text(numbers.y))
