from __future__ import annotations

import asyncio

import pytest
from auth_service import PASSWORD, Auth
from passlib.context import CryptContext

from contracts.problem import Unavailable
from services.auth.domain.passwords import WeakPassword
from services.auth.passwords import WAITING_PER_THREAD, Passwords

WEAKER = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=1024, argon2__time_cost=1, argon2__parallelism=1
)


async def test_a_hash_with_lower_parameters_is_renewed_at_the_next_sign_in(auth: Auth):
    email = await auth.verified()
    await auth.rows("UPDATE users SET password_hash = $1", WEAKER.hash(PASSWORD))
    assert (await auth.post("/auth/login", email=email, password="not this one at all"))[0] == 401
    assert "m=1024" in str(await auth.rows("SELECT password_hash FROM users"))
    assert (await auth.post("/auth/login", email=email, password=PASSWORD))[0] == 200
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in str(await auth.rows("SELECT password_hash FROM users"))
    assert (await auth.post("/auth/login", email=email, password=PASSWORD))[0] == 200


async def test_no_more_wait_than_are_looked_at_soon_and_the_others_are_told_to_come_back():
    passwords = Passwords(threads=1)
    most = 1 + WAITING_PER_THREAD
    answers = await asyncio.gather(
        *(passwords.check("anything", WEAKER.hash("else")) for _ in range(most + 5)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert len(refused) == 5
    assert all(refusal.retry_after for refusal in refused)
    right, _ = await passwords.check("else", WEAKER.hash("else"))
    assert right, "the queue is free again"
    await passwords.close()


async def test_a_new_password_is_judged_before_it_is_hashed():
    passwords = Passwords(threads=1)
    with pytest.raises(WeakPassword):
        await passwords.hash_new("password1234!", email="a@b.example", display_name=None, field="password")
    hash_ = await passwords.hash_new(PASSWORD, email="a@b.example", display_name=None, field="password")
    assert await passwords.check(PASSWORD, hash_) == (True, None)
    assert await passwords.check(PASSWORD, None) == (False, None)
    await passwords.close()
