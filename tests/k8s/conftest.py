"""The kustomizations as rendered, and the project that they have to agree with."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from chassis.health import CHECK_SECONDS
from chassis.service import Service
from chassis.settings import Secret, ServiceSettings
from tests.k8s.rendered import ROOT, Project, Rendered, documented_secrets, image_environment, render

SERVICES = ("auth", "gateway", "license", "tracks", "versions")
OVERLAYS = sorted(folder.name for folder in (ROOT / "k8s/overlays").iterdir())


def settings_of(service: str) -> type[ServiceSettings]:
    module = importlib.import_module(f"services.{service}.settings")
    (kind,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ServiceSettings) and value.__module__ == module.__name__
    )
    return kind


@pytest.fixture(scope="session")
def base() -> Rendered:
    return render(ROOT / "k8s/base")


@pytest.fixture(scope="session")
def dev() -> Rendered:
    return render(ROOT / "k8s/overlays/dev")


@pytest.fixture(scope="session", params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> Rendered:
    """Every overlay there is, one after the other."""
    return render(Path(ROOT, "k8s/overlays", request.param))


@pytest.fixture(scope="session")
def project() -> Project:
    settings = ServiceSettings(port=0, nats_url=Secret("nats://nowhere"), jwks_url="", token_issuer="")
    return Project(
        image_environment=image_environment(),
        settings={name: settings_of(name) for name in SERVICES},
        paths=frozenset(route.path for route in Service("any", settings, routes=[]).app.routes),
        documented_secrets=documented_secrets(),
        readiness_seconds=CHECK_SECONDS,
    )
