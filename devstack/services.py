"""The five services: what each is told through its environment, and how each says that it is ready."""

import os
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from devstack import ports, secrets
from devstack.authority import Certificates
from devstack.child import Child
from devstack.environment import clean
from devstack.mail import MailCatcher
from devstack.nats import Nats
from devstack.objects import ObjectServer
from devstack.server import Server

WITH_DATABASE = ("auth", "license", "tracks", "versions")
ALL = (*WITH_DATABASE, "gateway")
STRIPE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")


class Service(Server):
    """`python -m services.<name>`, ready when its /readyz answers 200."""

    def __init__(self, folder: Path, name: str, environment: Mapping[str, str], url: str, authority: Path) -> None:
        super().__init__(folder)
        self.name, self.environment, self.url, self._authority = name, environment, url, authority

    async def start(self) -> None:
        child = Child(self.name, self.folder, [sys.executable, "-m", f"services.{self.name}"], self.environment)
        # Five interpreters start at once on what may be two cores: ask seldom, wait long.
        await self._launch(child, self._is_ready, within=60.0, every=0.05)

    async def _is_ready(self) -> None:
        trust = ssl.create_default_context(cafile=self._authority)
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http,
            http.get(f"{self.url}/readyz", ssl=trust) as answer,
        ):
            if answer.status != 200:
                raise ConnectionError(f"/readyz answers {answer.status}: {(await answer.text())[:300]}")


@dataclass(frozen=True)
class Surroundings:
    """Everything outside the services that they have to be told of. The servers have been started."""

    folder: Path
    gateway_port: int
    databases: Mapping[str, str]
    nats: Nats
    objects: ObjectServer
    mail: MailCatcher
    certificates: Certificates
    stripe: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the stand-in's server has to say of itself, where one runs."""

    @property
    def gateway(self) -> str:
        return f"https://{ports.HOST}:{self.gateway_port}"


def table(around: Surroundings) -> dict[str, Service]:
    """The five by name, not started."""
    numbers = {name: ports.reserve(around.folder, name) for name in WITH_DATABASE}
    addresses = {name: f"http://{ports.HOST}:{number}" for name, number in numbers.items()}
    common = _common(around, addresses["auth"])
    own = _own(around, addresses)
    numbers["gateway"], addresses["gateway"] = around.gateway_port, around.gateway
    services = {}
    for name in ALL:
        environment = clean(**common, **own[name], PORT=str(numbers[name]))
        if name in WITH_DATABASE:
            environment["TRUSTED_PROXIES"] = f"{ports.HOST}/32"  # the gateway, which says where a request comes from
        if name in around.databases:
            environment["DATABASE_URL"] = around.databases[name]
        services[name] = Service(around.folder, name, environment, addresses[name], around.certificates.authority)
    return services


def has_stripe() -> bool:
    """Whether the caller's environment names a Stripe, so that none of ours is needed."""
    return bool(os.environ.get("STRIPE_SECRET_KEY"))


def stripe(around: Surroundings) -> dict[str, str]:
    """Where Stripe is: what the caller's environment says, or else the stand-in."""
    return _passed_on(*STRIPE) if has_stripe() else dict(around.stripe)


def webhooks(gateway_port: int) -> str:
    """Where Stripe tells us what has happened: at our door, as from outside."""
    return f"https://{ports.HOST}:{gateway_port}/license/webhooks/stripe"


def _common(around: Surroundings, auth: str) -> dict[str, str]:
    return {
        "HOST": ports.HOST,
        "LOG_LEVEL": "info",
        "NATS_URL": around.nats.url,
        "JWKS_URL": f"{auth}/.well-known/jwks.json",
        "TOKEN_ISSUER": around.gateway,
        "TOKEN_AUDIENCE": "raceoverlay",
        "DRAIN_SECONDS": "0",
    } | _passed_on("OTEL_EXPORTER_OTLP_ENDPOINT")


def _own(around: Surroundings, addresses: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        "auth": {
            "AUTH_SECRET": secrets.key(around.folder, "auth"),
            "SMTP_URL": around.mail.url,
            "MAIL_FROM": "RaceOverlay <no-reply@raceoverlay.example>",
            "PUBLIC_URL": around.gateway,
        },
        "license": {"LEASE_SIGNING_KEY": secrets.key(around.folder, "lease"), "PUBLIC_URL": around.gateway}
        | stripe(around),
        "tracks": {
            "S3_ENDPOINT": around.objects.endpoint,
            "S3_ACCESS_KEY": around.objects.access_key,
            "S3_SECRET_KEY": around.objects.secret_key,
            "S3_BUCKET": around.objects.bucket,
            "S3_REGION": around.objects.region,
        },
        "versions": {},
        "gateway": {
            **{f"{name.upper()}_URL": address for name, address in addresses.items()},
            "PUBLIC_URL": around.gateway,
            "ALLOWED_HOSTS": f"{ports.HOST}, localhost",
            "TLS_CERT": str(around.certificates.certificate),
            "TLS_KEY": str(around.certificates.key),
            "RATE_LIMIT_SCALE": "10",  # on a laptop everybody asks from one address
        }
        | _passed_on("RATE_LIMIT_SCALE", "CORS_ORIGINS", "VALKEY_URL"),
    }


def _passed_on(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if os.environ.get(name)}
