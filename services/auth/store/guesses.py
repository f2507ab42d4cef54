"""How much was guessed lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.database import Row, Transaction
from services.auth.domain.guessing import KEPT, NOBODY_WAITS, Cell

_PURGED_AT_ONCE = 10_000


class GuessStore:
    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def cells(self, keys: Sequence[bytes]) -> dict[bytes, Cell]:
        """What is remembered for `keys`, as it was a moment ago."""
        return _cells(await self._tx.rows("SELECT * FROM guesses WHERE key = ANY ($1)", keys))

    async def begin(self, keys: Sequence[bytes], now: datetime) -> None:
        """Begin to remember something for `keys`, unless somebody else does.

        To be done before `hold` for those that `cells` did not know: whoever finds out while holding some that others
        are missing holds them out of order from then on, and two who do that wait for each other.
        """
        await self._tx.run(
            "INSERT INTO guesses (key, forgotten_at, welcome_at)"
            " SELECT key, $2, $3 FROM unnest($1::bytea[]) AS key ORDER BY key ON CONFLICT DO NOTHING",
            keys,
            now,
            NOBODY_WAITS,
        )

    async def hold(self, keys: Sequence[bytes], now: datetime) -> dict[bytes, Cell]:
        """What is remembered for `keys`, and nobody else changes it before this transaction ends.

        Always in the order of the keys, so that two who hold the same ones never wait for each other.
        """
        while True:
            held = _cells(
                await self._tx.rows("SELECT * FROM guesses WHERE key = ANY ($1) ORDER BY key FOR UPDATE", keys)
            )
            missing = [key for key in keys if key not in held]
            if not missing:
                return held
            await self.begin(missing, now)

    async def keep(self, cells: Mapping[bytes, Cell]) -> None:
        """Write down what `hold` holds."""
        await self._tx.run(
            "UPDATE guesses SET forgotten_at = said.forgotten_at, welcome_at = said.welcome_at"
            " FROM unnest($1::bytea[], $2::timestamptz[], $3::timestamptz[]) AS said (key, forgotten_at, welcome_at)"
            " WHERE guesses.key = said.key",
            list(cells),
            [cell.forgotten_at for cell in cells.values()],
            [cell.welcome_at for cell in cells.values()],
        )

    async def do_not_wait_for_the_disk(self) -> None:
        """A crash may forget the guesses of the last moment. Waiting for each would let all sign-ins queue up."""
        await self._tx.run("SET LOCAL synchronous_commit = off")

    async def purge(self, now: datetime) -> int:
        """Drop rows that remember nothing any more; returns how many."""
        return await self._tx.run(
            "DELETE FROM guesses WHERE key IN (SELECT key FROM guesses WHERE forgotten_at < $1 AND welcome_at < $1"
            " LIMIT $2 FOR UPDATE SKIP LOCKED)",
            now - KEPT,
            _PURGED_AT_ONCE,
        )


def _cells(rows: Sequence[Row]) -> dict[bytes, Cell]:
    return {row["key"]: Cell(row["forgotten_at"], row["welcome_at"]) for row in rows}
