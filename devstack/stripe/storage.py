"""Where is the state? In one SQLite file, a row for each object, found by id, by kind, by owner, or by what is due."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from devstack.files import PRIVATE
from devstack.stripe.shapes import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, owner TEXT NOT NULL,
    clock TEXT NOT NULL, due INTEGER, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_owner ON objects (owner, kind, seq);
CREATE INDEX IF NOT EXISTS objects_due ON objects (clock, due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER, body BLOB, at REAL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, tries INTEGER NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_at ON deliveries (at, seq);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
"""

OWNER = {
    "charge": "customer",
    "checkout.session": "customer",
    "customer": "test_clock",
    "dispute": "charge",
    "invoice": "customer",
    "invoice_payment": "invoice",
    "payment_intent": "customer",
    "payment_method": "customer",
    "price": "product",
    "refund": "charge",
    "subscription": "customer",
}
"""The field by which objects of a kind are looked for most often."""

DUE = ("subscription", "invoice", "checkout.session")
"""The kinds that have something due."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Json).decode


class Books:
    """Every object there is. `_clock` and `_due` of an object say by which clock and when it must be looked at."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=PRIVATE)
        self.database = sqlite3.connect(file, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        # Losing the last moment to a power cut is fine on a laptop; a killed process loses nothing.
        self.database.execute("PRAGMA synchronous = NORMAL")
        self.database.executescript(_SCHEMA)
        self._unwritten: dict[str, tuple[str, str, str, str, int | None, bytes]] = {}
        self._endpoints: list[Json] | None = None

    def endpoints(self) -> list[Json]:
        """All webhook endpoints; asked for with every event, and seldom changed."""
        if self._endpoints is None:
            self._endpoints = list(self.all("webhook_endpoint"))
        return self._endpoints

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._write()
        except BaseException:
            self._unwritten.clear()
            self.database.execute("ROLLBACK")
            raise
        finally:
            self._endpoints = None
        self.database.execute("COMMIT")

    def put(self, thing: Json) -> None:
        """Keeps `thing`, new or changed."""
        kind, id = thing["object"], thing["id"]
        owner = thing.get(OWNER.get(kind, ""))
        # An object is often put several times in a transaction: it is written once, with others, at the end of it.
        self._unwritten[id] = (id, kind, owner or "", thing.get("_clock") or "", thing.get("_due"), _encode(thing))
        if kind == "webhook_endpoint":
            self._endpoints = None
        if not self.database.in_transaction:
            self._write()

    def _write(self, *kinds: str) -> None:
        """Writes what waits to be written, if something of these kinds is among it (or whatever it is)."""
        if not self._unwritten or (kinds and not any(row[1] in kinds for row in self._unwritten.values())):
            return
        self.database.executemany(
            "INSERT INTO objects (id, kind, owner, clock, due, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO"
            " UPDATE SET owner = excluded.owner, clock = excluded.clock, due = excluded.due, body = excluded.body",
            list(self._unwritten.values()),
        )
        self._unwritten.clear()

    def find(self, id: str) -> Json | None:
        """The object of that id, of whatever kind."""
        if waiting := self._unwritten.get(id):
            return _decode(waiting[5])
        row = self.database.execute("SELECT body FROM objects WHERE id = ?", (id,)).fetchone()
        return _decode(row[0]) if row else None

    def forget(self, id: str) -> None:
        self._write()
        self.database.execute("DELETE FROM objects WHERE id = ?", (id,))
        self._endpoints = None

    def all(self, kind: str, *, owner: str | None = None, newest_first: bool = True) -> Iterator[Json]:
        """Every object of a kind, one by one, the newest first."""
        self._write(kind)
        where, values = ("", (kind,)) if owner is None else ("owner = ? AND ", (owner, kind))
        order = "DESC" if newest_first else "ASC"
        rows = self.database.execute(f"SELECT body FROM objects WHERE {where}kind = ? ORDER BY seq {order}", values)
        for (body,) in rows:
            yield _decode(body)

    def due(self, clock: str, until: int) -> Json | None:
        """What is due first by that clock, if something is until then."""
        self._write(*DUE)
        row = self.database.execute(
            "SELECT body FROM objects WHERE clock = ? AND due <= ? ORDER BY due, seq LIMIT 1", (clock, until)
        ).fetchone()
        return _decode(row[0]) if row else None

    def counts(self) -> dict[str, int]:
        """How many objects of each kind there are."""
        self._write()
        return dict(self.database.execute("SELECT kind, count(*) FROM objects GROUP BY kind ORDER BY kind"))

    def setting(self, name: str, default: Any) -> Any:
        row = self.database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        self.database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, _encode(value)))
