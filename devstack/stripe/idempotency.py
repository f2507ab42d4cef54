"""What if the same request comes twice? With the same Idempotency-Key it gets the answer of the first one."""

import hashlib

import msgspec

from devstack.stripe.account import Account
from devstack.stripe.errors import IdempotencyKeyBusy, IdempotencyKeyReused
from devstack.stripe.shapes import Json

_KEPT_S = 86_400


def fingerprint(method: str, path: str, form: str) -> str:
    """What must be the same for two requests to be the same."""
    return hashlib.sha256(f"{method} {path}\n{form}".encode()).hexdigest()


class Answers:
    """The answers of a day, by key; and the keys that are being worked on right now."""

    def __init__(self, account: Account) -> None:
        self._account, self._busy = account, set[str]()

    def earlier(self, key: str, request: str) -> tuple[int, Json] | None:
        """Status and body that this request got before. IdempotencyKeyReused or IdempotencyKeyBusy."""
        database = self._account.books.database
        database.execute("DELETE FROM answers WHERE at < ?", (self._account.real() - _KEPT_S,))
        row = database.execute("SELECT request, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        if row and row[0] != request:
            raise IdempotencyKeyReused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
                f" Try using a key other than '{key}' if you meant to execute a different request."
            )
        if self.busy(key):
            raise IdempotencyKeyBusy(
                "There is currently another in-progress request using this Stripe Idempotent Key.",
                code="idempotency_key_in_use",
            )
        return (row[1], msgspec.json.decode(row[2])) if row else None

    def busy(self, key: str) -> bool:
        """Whether a request with that key is being worked on."""
        return key in self._busy

    def begin(self, key: str) -> None:
        self._busy.add(key)

    def finish(self, key: str) -> None:
        self._busy.discard(key)

    def keep(self, key: str, request: str, status: int, body: Json) -> None:
        """From now on this is the answer."""
        self._account.books.database.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
            (key, request, status, msgspec.json.encode(body), self._account.real()),
        )
