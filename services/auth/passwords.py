"""Password hashing: argon2id in a bounded pool of threads, so that a flood of sign-ins cannot eat the memory."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from passlib.context import CryptContext

from services.auth.domain.passwords import normal_password

# 19 MiB, two passes, one lane: the least that OWASP's cheat sheet asks of argon2id.
_CONTEXT = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1
)


class Passwords:
    """Hashes and checks, `threads` at a time; the others wait their turn."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        # An address nobody has costs the same time as a known one: its password is checked against this.
        self._nobody = _CONTEXT.hash("nobody has this password")

    async def open(self) -> None: ...

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        return await self._run(_CONTEXT.hash, normal_password(password))

    async def check(self, password: str, known_hash: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash if the parameters have risen since the old one was made.

        Without a hash (nobody has that address) the answer is no, after the same work.
        """
        right, renewed = await self._run(
            _CONTEXT.verify_and_update, normal_password(password), known_hash or self._nobody
        )
        return (right and known_hash is not None), (renewed if known_hash else None)

    async def _run(self, function, *arguments):
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)
