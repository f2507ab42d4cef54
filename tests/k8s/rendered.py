"""What `kubectl kustomize` made of a folder, and what of the project it has to agree with."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from chassis.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
_DOCUMENTED_SECRET = re.compile(r"^\| `([a-z-]+)` \| `([A-Z0-9_]+)` \|", re.MULTILINE)
_ENV = re.compile(r"^ENV ((?:.*\\\n)*.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    """What the manifests must agree with: image, settings, the chassis' paths, and the page that names the secrets."""

    image_environment: Mapping[str, str]
    settings: Mapping[str, type[ServiceSettings]]
    paths: frozenset[str]
    documented_secrets: frozenset[tuple[str, str]]
    readiness_seconds: float


@dataclass(frozen=True)
class Pod:
    """The pods of one Deployment or Job; `owner` is "Deployment/auth"."""

    owner: str
    service: str
    component: str
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    @property
    def containers(self) -> list[dict[str, Any]]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


class Rendered:
    """The objects of one rendered kustomization."""

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self.objects = objects

    def of(self, kind: str) -> Iterator[dict[str, Any]]:
        return (found for found in self.objects if found["kind"] == kind)

    def find(self, kind: str, name: str) -> dict[str, Any] | None:
        return next((found for found in self.of(kind) if found["metadata"]["name"] == name), None)

    def pods(self) -> Iterator[Pod]:
        for kind in ("Deployment", "Job"):
            for owner in self.of(kind):
                template = owner["spec"]["template"]
                labels = template["metadata"]["labels"]
                yield Pod(
                    f"{kind}/{owner['metadata']['name']}",
                    labels.get("app.kubernetes.io/name", ""),
                    labels.get("app.kubernetes.io/component", ""),
                    labels,
                    template["spec"],
                )

    def servers(self) -> Iterator[Pod]:
        return (pod for pod in self.pods() if pod.component == "server")

    def migrations(self) -> Iterator[Pod]:
        return (pod for pod in self.pods() if pod.component == "migration")

    def environment(self, container: Mapping[str, Any]) -> dict[str, str | None]:
        """The variables that the manifests set; None where the value is in a Secret that is made elsewhere."""
        variables: dict[str, str | None] = {}
        for source in container.get("envFrom", []):
            variables |= self._data("ConfigMap", source["configMapRef"]["name"])
        for entry in container.get("env", []):
            if "value" in entry:
                variables[entry["name"]] = entry["value"]
            else:
                (kind, chosen), *_ = entry["valueFrom"].items()
                kind = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}[kind]
                variables[entry["name"]] = self._data(kind, chosen["name"]).get(chosen["key"])
        return variables

    def _data(self, kind: str, name: str) -> dict[str, str]:
        held = self.find(kind, name) or {}
        data = dict(held.get("data", {}))
        if kind == "Secret":
            data = {key: yaml.safe_load(f"!!binary {value}").decode() for key, value in data.items()}
        return data


def render(folder: Path) -> Rendered:
    kubectl = Path(sys.executable).with_name("kubectl")
    said = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    return Rendered(list(yaml.safe_load_all(said.stdout)))


def image_environment() -> dict[str, str]:
    """What ENV says in the last stage of services/Dockerfile."""
    final = (ROOT / "services/Dockerfile").read_text().rpartition("\nFROM ")[2]
    words = " ".join(_ENV.findall(final)).replace("\\\n", " ").split()
    return dict(word.split("=", 1) for word in words)


def documented_secrets() -> frozenset[tuple[str, str]]:
    """The (Secret, key) pairs that docs/deploy/kubernetes.md lists."""
    return frozenset(_DOCUMENTED_SECRET.findall((ROOT / "docs/deploy/kubernetes.md").read_text()))
