"""Settings come from the environment, are read once, and never change while the process lives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from chassis.access_log import AccessLogging
from chassis.client_address import TrustedProxies

S = TypeVar("S", bound=msgspec.Struct)


class Secret(str):
    """A string that does not show itself in logs, tracebacks and reprs."""

    def __repr__(self) -> str:
        return "Secret(…)"


class MissingSettings(Exception):
    """The environment lacks something; the message says which variables, and what each is for."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service asks of its environment. The variable's name is the field's name in capitals."""

    port: Annotated[int, Meta(ge=0, le=65535, description="the TCP port to listen on")]
    nats_url: Annotated[Secret, Meta(description="the bus, nats://user:password@host:port")]
    jwks_url: Annotated[str, Meta(description="where auth publishes the keys that access tokens are checked with")]
    token_issuer: Annotated[str, Meta(description="the `iss` that access tokens carry")]
    token_audience: str = "raceoverlay"
    host: str = "127.0.0.1"
    log_level: str = "info"
    access_log: AccessLogging = "all"  # a line for each request: all, slow (above a second, or failed by us), none
    metrics_port: Annotated[int, Meta(ge=0, le=65535)] = 0  # 0: /metrics is on the service's own port
    tls_cert: str = ""
    tls_key: str = ""
    drain_seconds: Annotated[float, Meta(ge=0)] = 3.0
    otel_exporter_otlp_endpoint: str = ""
    otel_traces_sampler_arg: Annotated[float, Meta(ge=0, le=1)] = 0.05
    trusted_proxies: str = ""  # whose X-Forwarded-For is believed: 10.0.0.0/8, 127.0.0.1

    def __post_init__(self) -> None:
        try:
            TrustedProxies.parse(self.trusted_proxies)
        except ValueError as error:
            raise ValueError(f"TRUSTED_PROXIES is wrong: {error}") from None


class DatabaseSettings(ServiceSettings, frozen=True, kw_only=True):
    database_url: Annotated[Secret, Meta(description="this service's own database, postgresql://…")]
    database_pool_size: Annotated[int, Meta(ge=2, le=200)] = 10


def load(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Read `kind` from the environment.

    Raises:
        MissingSettings: a required variable is not set, or one has a value of the wrong form.
    """
    environ = os.environ if environ is None else environ
    fields = msgspec.structs.fields(kind)
    found = {f.name: environ[f.name.upper()] for f in fields if environ.get(f.name.upper())}
    missing = [f.name for f in fields if f.required and f.name not in found]
    if missing:
        purposes = _purposes(kind)
        lines = "; ".join(f"{name.upper()} is not set ({purposes.get(name, 'required')})" for name in missing)
        raise MissingSettings(f"{lines}.")
    try:
        return msgspec.convert(found, kind, strict=False, dec_hook=_secret)
    except msgspec.ValidationError as error:
        if "$." not in str(error):  # what a struct says of itself names its variables
            raise MissingSettings(f"{error}.") from None
        name = str(error).rpartition("$.")[2].rstrip("`").upper()
        raise MissingSettings(f"{name} is wrong: {str(error).partition(' - at')[0]}.") from None


def _secret(kind: type[Any], value: Any) -> Any:
    if kind is Secret:
        return Secret(value)
    raise TypeError(f"no setting can be of type {kind!r}")


def _purposes(kind: type[msgspec.Struct]) -> dict[str, str]:
    purposes: dict[str, str] = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        for extra in get_args(hint)[1:]:
            if isinstance(extra, Meta) and extra.description:
                purposes[name] = extra.description
    return purposes
