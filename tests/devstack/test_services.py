import base64
import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chassis.settings import DatabaseSettings, load
from devstack import authority, services
from devstack.mail import MailCatcher
from devstack.nats import Nats
from devstack.objects import ObjectServer


@pytest.fixture
def around(folder: Path, monkeypatch: pytest.MonkeyPatch) -> services.Surroundings:
    for name in services.STRIPE:
        monkeypatch.delenv(name, raising=False)
    nats, objects, mail = Nats(folder), ObjectServer(folder), MailCatcher(folder)
    objects.numbers = {"s3.port": 20001}
    databases = {name: f"postgresql://{name}:secret-of-{name}@127.0.0.1:1/{name}" for name in services.WITH_DATABASE}
    certificates = authority.certificates(folder, datetime.now(UTC))
    return services.Surroundings(folder, 8443, databases, nats, objects, mail, certificates)


def test_no_service_is_told_the_database_of_another(around: services.Surroundings):
    for name, service in services.table(around).items():
        others = [f"secret-of-{other}" for other in services.WITH_DATABASE if other != name]
        assert not [value for value in service.environment.values() if any(other in value for other in others)]
    assert "DATABASE_URL" not in services.table(around)["gateway"].environment


@pytest.mark.parametrize("name", services.WITH_DATABASE)
def test_the_chassis_accepts_what_a_service_is_told(around: services.Surroundings, name: str):
    settings = load(DatabaseSettings, services.table(around)[name].environment)
    assert settings.host == "127.0.0.1"
    assert settings.token_issuer == "https://127.0.0.1:8443"
    assert settings.drain_seconds == 0


def test_the_issuer_and_every_address_stay_the_same_over_a_restart(around: services.Surroundings):
    first = {name: service.environment for name, service in services.table(around).items()}
    assert {name: service.environment for name, service in services.table(around).items()} == first


def test_the_gateway_knows_where_the_others_are(around: services.Surroundings):
    table = services.table(around)
    for name in services.WITH_DATABASE:
        assert table["gateway"].environment[f"{name.upper()}_URL"] == table[name].url
    assert table["auth"].environment["JWKS_URL"] == f"{table['auth'].url}/.well-known/jwks.json"


def test_stripe_is_told_to_the_license_service_alone_and_only_when_the_caller_names_it(
    around: services.Surroundings, monkeypatch: pytest.MonkeyPatch
):
    assert not [name for name in services.table(around)["license"].environment if name.startswith("STRIPE")]
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_1")
    knowing = [name for name, service in services.table(around).items() if "STRIPE_SECRET_KEY" in service.environment]
    assert knowing == ["license"]
    assert services.has_stripe()
    assert services.table(around)["license"].environment["PUBLIC_URL"] == "https://127.0.0.1:8443"


def test_the_stand_in_is_told_to_the_license_service_where_the_caller_names_no_stripe(
    around: services.Surroundings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "of a Stripe without a key")
    told = dict.fromkeys(services.STRIPE, "of the stand-in")
    ours = services.table(dataclasses.replace(around, stripe=told))
    assert not services.has_stripe()
    assert [name for name, service in ours.items() if told.items() <= service.environment.items()] == ["license"]


def test_keys_are_32_bytes(around: services.Surroundings):
    table = services.table(around)
    for name, variable in (("auth", "AUTH_SECRET"), ("license", "LEASE_SIGNING_KEY")):
        assert len(base64.b64decode(table[name].environment[variable], validate=True)) == 32


def test_the_gateway_is_believed_on_where_a_request_comes_from_and_believes_nobody(around: services.Surroundings):
    told = {name: service.environment.get("TRUSTED_PROXIES") for name, service in services.table(around).items()}
    assert told == dict.fromkeys(services.WITH_DATABASE, "127.0.0.1/32") | {"gateway": None}


def test_limits_and_pages_are_as_the_caller_says(around: services.Surroundings, monkeypatch: pytest.MonkeyPatch):
    assert services.table(around)["gateway"].environment["RATE_LIMIT_SCALE"] == "10"
    monkeypatch.setenv("RATE_LIMIT_SCALE", "0")
    monkeypatch.setenv("CORS_ORIGINS", "https://pages.example")
    told = services.table(around)["gateway"].environment
    assert (told["RATE_LIMIT_SCALE"], told["CORS_ORIGINS"]) == ("0", "https://pages.example")
