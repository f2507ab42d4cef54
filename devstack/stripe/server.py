"""The stand-in as one of the laptop's servers: a process of its own, with its state in the folder."""

import sys
from pathlib import Path

from devstack import ports, secrets
from devstack.child import Child
from devstack.environment import clean
from devstack.server import Server


class StripeServer(Server):
    """Ready when it answers at `url`, takes `secret_key`, and tells `endpoint` of everything, signed."""

    name = "stripe"

    def __init__(self, folder: Path, endpoint: str | None = None) -> None:
        super().__init__(folder)
        self.endpoint = endpoint
        self.port = 0
        self.secret_key = f"sk_test_{secrets.password(folder, 'stripe')}"
        self.webhook_secret = f"whsec_{secrets.password(folder, 'stripe webhooks')}"

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    @property
    def told(self) -> dict[str, str]:
        """What a service that is to use it finds in its environment."""
        return {
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_API_BASE": self.url,
        }

    async def start(self) -> None:
        self.port = self.port or ports.reserve(self.folder, self.name)
        file = self.folder / "stripe" / "books.sqlite"
        command = [
            sys.executable,
            "-m",
            "devstack.stripe",
            "serve",
            "--port",
            str(self.port),
            "--file",
            file,
            "--plans",
        ]
        # Secrets go by the environment: everybody may read a command line.
        if self.endpoint:
            command += ["--endpoint", self.endpoint]
        await self._launch(Child(self.name, self.folder, command, clean(**self.told)), self._listens)

    async def _listens(self) -> None:
        await ports.listening(self.port)
