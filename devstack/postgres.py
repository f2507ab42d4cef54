"""PostgreSQL in a folder.

    server = Postgres(folder)
    await server.start()                  # initdb on the first start; a start of 0.1 s later on
    url = await server.create("auth")     # role + database + password, the same URL every time
    await server.stop()

Or `async with Postgres(folder) as server`.
"""

import re
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil

from devstack import account, binaries, orphans, ports, secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.server import Server

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """One server on 127.0.0.1 with SCRAM passwords.

    `durable=False` trades safety against a crash of the machine for speed: for tests.
    """

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        super().__init__(folder)
        self.port = 0
        self.durable = durable
        self.account = account.choose(binaries.postgresql(), folder / "postgres")

    @property
    def data(self) -> Path:
        return self.account.data / "data"

    async def start(self) -> None:
        orphans.end(self.folder, self.name)
        self._remove_stale_lock()
        if not self.data.exists():
            await self._initialise()
        self.port = self.port or ports.reserve(self.folder, self.name)
        command = [*self.account.prefix, self.account.programs / "postgres", "-D", self.data]
        for setting, value in self._settings().items():
            command += ["-c", f"{setting}={value}"]
        # SIGINT is the fast shutdown: sessions are ended, and what they committed is safe.
        await self._launch(self._child(self.name, command, signal.SIGINT), self._answers)

    def url(self, role: str, database: str | None = None) -> str:
        """`postgresql://role:password@127.0.0.1:port/database`, where the database is the role's unless said."""
        password = secrets.password(self.folder, f"postgres/{role}")
        return f"postgresql://{role}:{password}@{ports.HOST}:{self.port}/{database or role}"

    async def create(self, name: str) -> str:
        """The URL of the database `name`, owned by the role `name`; both are made if they are not there yet.

        No other role may connect to it. Names are lower case letters, digits and underscores.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a database")
        password = secrets.password(self.folder, f"postgres/{name}")
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
            await connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {name} LOGIN PASSWORD '{password}'")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                await connection.execute(f"CREATE DATABASE {name} OWNER {name} STRATEGY wal_log")
            await connection.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        finally:
            await connection.close()
        return self.url(name)

    async def drop(self, name: str) -> None:
        """Removes a database that create() made, with its role, whoever is connected to it."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a database")
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await connection.execute(f"DROP ROLE IF EXISTS {name}")
        finally:
            await connection.close()

    async def _answers(self) -> None:
        connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        try:
            await connection.execute("SELECT 1")
        finally:
            await connection.close()

    def _settings(self) -> dict[str, str]:
        return {
            "listen_addresses": ports.HOST,
            "port": str(self.port),
            # None: its path would have to stay under 104 bytes, which a deep checkout breaks.
            "unix_socket_directories": "",
            "shared_buffers": "64MB",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        } | ({} if self.durable else _UNSAFE_BUT_FAST)

    async def _initialise(self) -> None:
        """Fills a draft and renames it: an initdb that is killed half way leaves nothing that looks whole."""
        orphans.end(self.folder, "initdb")
        for draft in self.account.data.glob("draft-*"):
            shutil.rmtree(draft)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=self.account.data))
        self.account.own(draft)
        superuser = secrets.password(self.folder, "postgres/postgres")
        password_file = self.account.private_file("superuser", superuser)
        initdb = self._child(
            "initdb",
            [
                *(*self.account.prefix, self.account.programs / "initdb", "-D", draft, "-U", "postgres"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C"),
                *("--no-sync", "--no-instructions"),  # until the rename there is nothing to lose
            ],
            signal.SIGTERM,
        )
        try:
            initdb.spawn()
            if code := await initdb.wait():
                raise initdb.failed(f"ended with exit code {code}")
        finally:
            initdb.kill()
            password_file.unlink()
        draft.rename(self.data)

    def _child(self, name: str, command: list[str | Path], stop_signal: signal.Signals) -> Child:
        return Child(name, self.folder, command, clean(LC_ALL="C"), stop_signal, stop_signal, self.account.switch)

    def _remove_stale_lock(self) -> None:
        """PostgreSQL believes in a `postmaster.pid` whose number is in use, even by somebody else's process."""
        lock = self.data / "postmaster.pid"
        with suppress(FileNotFoundError):
            pid = int(lock.read_text().split(maxsplit=1)[0])
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                process = psutil.Process(pid)
                if str(self.data) in process.cmdline():  # on our data, without a note of ours about it
                    process.send_signal(signal.SIGINT)
                    psutil.wait_procs([process], timeout=5)
            lock.unlink(missing_ok=True)
