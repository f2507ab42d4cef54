"""Password hashing: argon2id in a bounded pool of threads, so that a flood of sign-ins cannot eat the memory.

The queue before the pool is bounded, too: whoever would wait longer than anybody waits is told to come back, before
any work is done for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from passlib.context import CryptContext
from prometheus_client import Counter

from contracts.problem import Unavailable
from services.auth.domain.passwords import check_new_password, normal_password

# 19 MiB, two passes, one lane: the least that OWASP's cheat sheet asks of argon2id.
_CONTEXT = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1
)
WAITING_PER_THREAD = 50  # two to four seconds
REFUSED = Counter("raceoverlay_password_checks_refused_total", "Passwords that were not looked at: too many waited.")

T = TypeVar("T")


class Passwords:
    """Hashes and checks, `threads` at a time; the others wait their turn."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._most = threads * (1 + WAITING_PER_THREAD)
        self._under_way = 0
        # An address nobody has costs the same time as a known one: its password is checked against this.
        self._nobody = _CONTEXT.hash("nobody has this password")

    async def open(self) -> None: ...

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def hash_new(
        self, password: str, *, email: str, display_name: str | None, field: str, has_second_factor: bool = False
    ) -> str:
        """The hash of a password that somebody chose. `field` is what the request calls it.

        Raises:
            WeakPassword: it must not be taken.
            Unavailable: too many wait already.
        """

        def judge_and_hash() -> str:
            check_new_password(
                password, email=email, display_name=display_name, field=field, has_second_factor=has_second_factor
            )
            return _CONTEXT.hash(normal_password(password))

        return await self._run(judge_and_hash)

    async def check(self, password: str, known_hash: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash if the parameters have risen since the old one was made.

        Without a hash (nobody has that address) the answer is no, after the same work.

        Raises:
            Unavailable: too many wait already.
        """
        right, renewed = await self._run(
            _CONTEXT.verify_and_update, normal_password(password), known_hash or self._nobody
        )
        return (right and known_hash is not None), (renewed if known_hash else None)

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        if self._under_way >= self._most:
            REFUSED.inc()
            raise Unavailable("Too many people are signing in at this moment.", retry_after=2)
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
        finally:
            self._under_way -= 1
