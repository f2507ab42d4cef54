"""Changing the signing keys: what the plan asks for, what somebody commands, and a new AUTH_SECRET.

Everything happens in one transaction under one lock, by whichever replica comes first; the others find it done.
"""

from __future__ import annotations

import base64
import contextlib
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from chassis.database import Database
from chassis.observability import log
from contracts.event import new_id
from contracts.identity import PublicKey
from services.auth.domain.keys import Key, Plan, brought_forward, plan, plan_without
from services.auth.store.keys import KeyStore, StoredKey


class KeysUnreadable(Exception):
    """Neither AUTH_SECRET nor AUTH_SECRET_PREVIOUS opens the signing keys: one of them must be the earlier secret."""


class Keyring:
    def __init__(self, database: Database, storage: MultiFernet) -> None:
        self._database = database
        self._storage = storage

    async def read(self) -> tuple[StoredKey, ...]:
        async with self._database.transaction() as tx:
            return await KeyStore(tx).all()

    async def tend(self, now: datetime) -> tuple[StoredKey, ...]:
        """Do what is to be done, if anything is, and return the keys as they then are."""
        stored = await self.read()
        if not plan(_keys(stored), now):  # nearly always: no lock is needed to see that
            return stored
        async with self._database.transaction() as tx:
            store = KeyStore(tx)
            await store.one_at_a_time()
            await self._carry_out(store, plan(_keys(await store.all()), now), now)
            return await store.all()

    async def rotate(self, now: datetime) -> Key:
        """Let the next key sign as soon as everybody has seen it; returns it with that moment."""
        async with self._database.transaction() as tx:
            store = KeyStore(tx)
            await store.one_at_a_time()
            await self._carry_out(store, plan(_keys(await store.all()), now), now)
            following = brought_forward(_keys(await store.all()), now)
            assert following is not None  # the plan sees to it
            await store.sign_from(following.kid, following.signs_from)
        return following

    async def revoke(self, kid: str, now: datetime) -> None:
        """Let a key be gone at once; where it was the signer the next one is, or a new one.

        Raises:
            LookupError: there is no such key.
        """
        async with self._database.transaction() as tx:
            store = KeyStore(tx)
            await store.one_at_a_time()
            await self._carry_out(store, plan_without(kid, _keys(await store.all()), now), now)
            await self._carry_out(store, plan(_keys(await store.all()), now), now)

    async def encrypt_anew(self) -> None:
        """Close every private key with the current AUTH_SECRET, so that the previous one can be forgotten."""
        async with self._database.transaction() as tx:
            store = KeyStore(tx)
            await store.one_at_a_time()
            for stored in await store.all():
                with contextlib.suppress(InvalidToken):  # reading it will say so
                    await store.encrypt_anew(stored.key.kid, self._storage.rotate(stored.private_key))

    def private_key(self, stored: StoredKey) -> ec.EllipticCurvePrivateKey:
        """
        Raises:
            KeysUnreadable: none of the secrets opens it.
        """
        try:
            private = load_pem_private_key(self._storage.decrypt(stored.private_key), password=None)
        except InvalidToken:
            raise KeysUnreadable from None
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        return private

    async def _carry_out(self, store: KeyStore, todo: Plan, now: datetime) -> None:
        for kid in todo.remove:
            await store.remove(kid)
        if todo.start:
            await store.sign_from(todo.start, now)
        made = [self._made(now, signs_from) for signs_from in todo.make]
        for stored in made:
            await store.add(stored)
        if todo:
            log.info("keys.changed", removed=todo.remove, made=[s.key.kid for s in made], started=todo.start)

    def _made(self, now: datetime, signs_from: datetime) -> StoredKey:
        private = ec.generate_private_key(ec.SECP256R1())
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key = Key(new_id().hex, now, signs_from)
        numbers = private.public_key().public_numbers()
        public = PublicKey(kid=key.kid, x=_base64url(numbers.x), y=_base64url(numbers.y))
        return StoredKey(key, self._storage.encrypt(pem), public)


def _keys(stored: tuple[StoredKey, ...]) -> list[Key]:
    return [each.key for each in stored]


def _base64url(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(32, "big")).decode().rstrip("=")
