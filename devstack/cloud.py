"""The order in which a laptop's cloud comes up and goes down."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.migrations import migrate
from devstack import authority, document, ports, seed, services
from devstack.mail import MailCatcher
from devstack.nats import Nats
from devstack.objects import ObjectServer
from devstack.postgres import Postgres
from devstack.refusal import Refusal
from devstack.server import Server
from devstack.stripe.server import StripeServer
from devstack.supervisor import Supervisor, together

# The gateway first, so that nobody finds half a cloud; what keeps data last, so that everybody could finish writing.
STOP_ORDER = (("gateway",), services.WITH_DATABASE, ("postgres", "nats", "objects", "mail", "stripe"))


class PortTaken(Refusal):
    """Somebody else listens where the gateway should; the message says what to do."""


class MigrationFailed(Refusal):
    """A database could not be brought to its newest schema; the message names the service and the cause."""


def gateway_port(folder: Path, wanted: int) -> int:
    """The port of the gateway: `wanted`, or for 0 a free one that stays the same. PortTaken if it cannot be had."""
    if wanted == 0:
        return ports.reserve(folder, "gateway")
    if not ports.is_free(wanted):
        raise PortTaken(
            f"Port {wanted} of {ports.HOST} is taken by another program or not open to us:"
            " choose another with RACEOVERLAY_PORT (0 = any free port)."
        )
    return wanted


class Cloud:
    """All servers and services with their state in `folder`. `say` gets a line for everything that happens."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder, self._say = folder, say
        self.document: dict[str, Any] = {}
        self._supervisor = Supervisor(say, changed=self._write)
        self._servers: dict[str, Server] = {}

    async def start(self, port: int) -> None:
        """Returns when everything has answered and `devstack.json` is written.

        Raises ChildFailed, MigrationFailed or seed.SeedFailed.
        """
        postgres, nats = Postgres(self.folder), Nats(self.folder)
        objects, mail = ObjectServer(self.folder), MailCatcher(self.folder)
        certificates = authority.certificates(self.folder)
        stripe = [] if services.has_stripe() else [StripeServer(self.folder, services.webhooks(port))]
        beside = (nats, objects, mail, *stripe)
        self._servers = {server.name: server for server in (postgres, *beside)}
        databases, _ = await together(self._databases(postgres), self._supervisor.start(*beside))
        told = stripe[0].told if stripe else {}
        around = services.Surroundings(self.folder, port, databases, nats, objects, mail, certificates, told)
        table = services.table(around)
        self._servers |= table
        await self._supervisor.start(*(table[name] for name in services.WITH_DATABASE))
        demo, _ = await together(
            self._demo_account(table["gateway"], around),
            seed.release(self.folder, table["versions"].environment),
        )
        self.document = _describe(around, table, demo)
        self._write()

    async def stop(self) -> None:
        """Ends everything in order; also half way through a start."""
        document.remove(self.folder)
        await self._supervisor.stop(STOP_ORDER)

    async def _databases(self, postgres: Postgres) -> dict[str, str]:
        await self._supervisor.start(postgres)
        urls = {name: await postgres.create(name) for name in services.WITH_DATABASE}
        await together(*(self._migrate(name, url) for name, url in urls.items()))
        return urls

    async def _migrate(self, name: str, url: str) -> None:
        try:
            applied = await asyncio.to_thread(migrate, url, name)
        except Exception as error:
            raise MigrationFailed(f"The migrations of {name} failed: {error}") from error
        if applied:
            self._say(f"{name} has its tables now: {', '.join(applied)}")

    async def _demo_account(self, gateway: services.Service, around: services.Surroundings) -> seed.Account:
        await self._supervisor.start(gateway)
        return await seed.demo_account(self.folder, around.gateway, around.certificates.authority, around.mail.mail_dir)

    def _write(self) -> None:
        """Also after a restart, which changes a pid; not while starting or stopping."""
        if self.document:
            pids = {name: server.pid for name, server in self._servers.items()}
            self.document["pids"] = {"supervisor": os.getpid(), **pids}
            document.write(self.folder, self.document)


def _describe(around: services.Surroundings, table: dict[str, services.Service], demo: seed.Account) -> dict[str, Any]:
    stripe = services.stripe(around)
    return {
        "ready": True,
        "gateway": around.gateway,
        "ca": str(around.certificates.authority),
        "nats": around.nats.url,
        "postgres": dict(around.databases),
        "s3": {
            "endpoint": around.objects.endpoint,
            "access_key": around.objects.access_key,
            "secret_key": around.objects.secret_key,
            "bucket": around.objects.bucket,
        },
        "mail_dir": str(around.mail.mail_dir),
        "stripe": {
            "api": stripe.get("STRIPE_API_BASE"),
            "secret_key": stripe.get("STRIPE_SECRET_KEY"),
            "webhook_secret": stripe.get("STRIPE_WEBHOOK_SECRET"),
        }
        if stripe
        else None,
        "demo": {"email": demo.email, "password": demo.password},
        "services": {name: service.url for name, service in table.items()},
    }
