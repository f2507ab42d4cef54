"""Valkey in a folder, for what several gateways count together. It keeps nothing on disk.

    async with Valkey(folder) as server:
        server.url               # redis://:password@127.0.0.1:port

It comes back on the same port, empty.
"""

import signal
from pathlib import Path

from valkey.asyncio import Valkey as Client
from valkey.exceptions import ValkeyError

from devstack import binaries, orphans, ports, secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.files import PRIVATE, write_atomically
from devstack.server import Server

_CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy volatile-ttl
"""


class Valkey(Server):
    """One server on 127.0.0.1, a password, a bound on its memory."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{secrets.password(self.folder, 'valkey')}@{ports.HOST}:{self.port}"

    async def start(self) -> None:
        orphans.end(self.folder, self.name)
        self.port = self.port or ports.reserve(self.folder, self.name)
        configuration = self.folder / "valkey" / "valkey.conf"
        password = secrets.password(self.folder, "valkey")
        content = _CONFIGURATION.format(host=ports.HOST, port=self.port, password=password)
        write_atomically(configuration, content, mode=PRIVATE)
        command = [binaries.valkey(), configuration]
        child = Child(self.name, self.folder, command, clean(), death_signal=signal.SIGTERM)
        await self._launch(child, lambda: ports.listening(self.port), self._answers)

    async def _answers(self) -> None:
        client = Client.from_url(self.url)
        try:
            await client.ping()  # pyright: ignore[reportGeneralTypeIssues] - typed for both clients at once
        except ValkeyError as error:
            raise ConnectionError(f"Valkey does not answer: {error}") from error
        finally:
            await client.aclose()
