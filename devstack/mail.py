"""The mail catcher: an SMTP server that writes each message as a file, whole, into one folder.

`python -m devstack.mail --port N --folder DIR` is the process; MailCatcher starts it.
"""

import argparse
import asyncio
import itertools
import signal
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from devstack import ports
from devstack.child import Child
from devstack.environment import clean
from devstack.files import PRIVATE, write_atomically
from devstack.server import Server

_KEPT = 500
_MAX_BYTES = 1 << 20


class MailCatcher(Server):
    """Takes every message for everybody; the newest 500 lie in `mail_dir`, in the order of their names."""

    name = "mail"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.mail_dir = folder / "mail"
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://{ports.HOST}:{self.port}"

    async def start(self) -> None:
        self.port = self.port or ports.reserve(self.folder, self.name)
        command = [sys.executable, "-m", "devstack.mail", "--port", str(self.port), "--folder", self.mail_dir]
        await self._launch(Child(self.name, self.folder, command, clean()), self._greets)

    async def _greets(self) -> None:
        reader, writer = await asyncio.open_connection(ports.HOST, self.port)
        try:
            greeting = await asyncio.wait_for(reader.readline(), 2)
            if not greeting.startswith(b"220 "):
                raise ConnectionError(f"it greets with {greeting!r}")
        finally:
            writer.close()


class Letterbox:
    """What aiosmtpd hands its messages to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        name = f"{time.time_ns():020}-{next(self._count):06}.eml"
        write_atomically(self.folder / name, content if isinstance(content, bytes) else b"", mode=PRIVATE)
        for old in sorted(self.folder.glob("*.eml"))[:-_KEPT]:
            old.unlink(missing_ok=True)
        return "250 OK"


async def serve(port: int, folder: Path) -> None:
    """Catches mail until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    letterbox = Letterbox(folder)
    server = await loop.create_server(
        lambda: SMTP(letterbox, data_size_limit=_MAX_BYTES, enable_SMTPUTF8=True, loop=loop), ports.HOST, port
    )
    await stopping.wait()
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m devstack.mail")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.port, chosen.folder))
