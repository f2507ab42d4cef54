"""The signing keys as they are kept: the private half encrypted, the public half as it is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from chassis.database import Transaction
from contracts.identity import PublicKey
from services.auth.domain.keys import Key

_LOCK = 0x6B657973  # "keys": of several replicas, and whoever commands, one changes the keys at a time


@dataclass(frozen=True)
class StoredKey:
    key: Key
    private_key: bytes  # encrypted
    public_key: PublicKey


class KeyStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def one_at_a_time(self) -> None:
        """Until this transaction ends, nobody else changes the keys."""
        await self._tx.run("SELECT pg_advisory_xact_lock($1)", _LOCK)

    async def all(self) -> tuple[StoredKey, ...]:
        rows = await self._tx.rows(
            "SELECT kid, created_at, signs_from, private_key, public_key FROM signing_keys ORDER BY signs_from, kid"
        )
        return tuple(
            StoredKey(
                Key(row["kid"], row["created_at"], row["signs_from"]),
                row["private_key"],
                msgspec.json.decode(row["public_key"], type=PublicKey),
            )
            for row in rows
        )

    async def add(self, stored: StoredKey) -> None:
        await self._tx.run(
            "INSERT INTO signing_keys (kid, created_at, signs_from, private_key, public_key)"
            " VALUES ($1, $2, $3, $4, $5::jsonb)",
            stored.key.kid,
            stored.key.made_at,
            stored.key.signs_from,
            stored.private_key,
            msgspec.json.encode(stored.public_key).decode(),
        )

    async def sign_from(self, kid: str, moment: datetime) -> None:
        """Let a key sign from that moment on."""
        await self._tx.run("UPDATE signing_keys SET signs_from = $2 WHERE kid = $1", kid, moment)

    async def encrypt_anew(self, kid: str, private_key: bytes) -> None:
        await self._tx.run("UPDATE signing_keys SET private_key = $2 WHERE kid = $1", kid, private_key)

    async def remove(self, kid: str) -> None:
        await self._tx.run("DELETE FROM signing_keys WHERE kid = $1", kid)
