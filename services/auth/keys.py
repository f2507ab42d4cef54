"""The signing keys: made once, kept encrypted in the database, shared by all replicas, published as a JWKS."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt
import msgspec
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from chassis.database import Database, Transaction
from contracts.event import new_id
from contracts.identity import ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE, KeySet, PublicKey
from services.auth.domain.accounts import Account
from services.auth.domain.sessions import ACCESS_TOKEN_LIFE

_REREAD_S = 60.0
_LOCK = 0x6B657973  # "keys": of several replicas that start at once, one makes the first key


@dataclass(frozen=True)
class _Signer:
    kid: str
    private: ec.EllipticCurvePrivateKey


class SigningKeys:
    """Mints access tokens with the newest key, and publishes all of them."""

    def __init__(self, database: Database, storage: Fernet, *, issuer: str, audience: str) -> None:
        self._database = database
        self._storage = storage
        self._issuer = issuer
        self._audience = audience
        self._signer: _Signer | None = None
        self._published = KeySet(keys=())
        self._read_at = float("-inf")

    async def published(self) -> KeySet:
        await self._read()
        return self._published

    async def access_token(self, account: Account, session_id: UUID, *, life: timedelta = ACCESS_TOKEN_LIFE) -> str:
        """A signed JWT (`at+jwt`, ES256) for this account in this session."""
        await self._read()
        assert self._signer is not None
        issued = int(time.time())
        return jwt.encode(
            {
                "iss": self._issuer,
                "aud": self._audience,
                "sub": str(account.id),
                "sid": str(session_id),
                "role": account.role.value,
                "jti": new_id().hex,
                "iat": issued,
                "exp": issued + int(life.total_seconds()),
            },
            self._signer.private,
            algorithm=ACCESS_TOKEN_ALGORITHM,
            headers={"kid": self._signer.kid, "typ": ACCESS_TOKEN_TYPE},
        )

    async def _read(self) -> None:
        if time.monotonic() - self._read_at < _REREAD_S:
            return
        async with self._database.transaction() as tx:
            await tx.run("SELECT pg_advisory_xact_lock($1)", _LOCK)
            rows = await tx.rows("SELECT kid, private_key, public_key FROM signing_keys ORDER BY created_at DESC")
            if not rows:
                await self._make_first(tx)
                rows = await tx.rows("SELECT kid, private_key, public_key FROM signing_keys")
        newest = rows[0]
        private = load_pem_private_key(self._storage.decrypt(newest["private_key"]), password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        self._signer = _Signer(newest["kid"], private)
        self._published = KeySet(keys=tuple(msgspec.json.decode(row["public_key"], type=PublicKey) for row in rows))
        self._read_at = time.monotonic()

    async def _make_first(self, tx: Transaction) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = _public_key(new_id().hex, private.public_key())
        await tx.run(
            "INSERT INTO signing_keys (kid, private_key, public_key) VALUES ($1, $2, $3::jsonb)",
            public.kid,
            self._storage.encrypt(pem),
            msgspec.json.encode(public).decode(),
        )


def _public_key(kid: str, key: ec.EllipticCurvePublicKey) -> PublicKey:
    numbers = key.public_numbers()
    return PublicKey(kid=kid, x=_base64url(numbers.x), y=_base64url(numbers.y))


def _base64url(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(32, "big")).decode().rstrip("=")
