"""The rules hold for everything in k8s/, and the page that operators read is true."""

from __future__ import annotations

import importlib

import httpx
import pytest

from chassis.settings import load
from tests.k8s.conftest import SERVICES
from tests.k8s.rendered import Project, Rendered
from tests.k8s.rules import RULES, Rule, images_are_named_exactly


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule is not images_are_named_exactly])
def test_the_base_keeps(rule: Rule, base: Rendered, project: Project) -> None:
    # Which image is an overlay's to say.
    assert list(rule(base, project)) == []


@pytest.mark.parametrize("rule", RULES)
def test_an_overlay_keeps(rule: Rule, overlay: Rendered, project: Project) -> None:
    assert list(rule(overlay, project)) == []


def test_all_five_services_run(base: Rendered) -> None:
    assert sorted(pod.service for pod in base.servers()) == list(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
async def test_what_dev_says_is_enough_to_build_a_service_that_answers_its_probe(
    name: str, dev: Rendered, project: Project
) -> None:
    (pod,) = (pod for pod in dev.servers() if pod.service == name)
    told = project.image_environment | dev.environment(pod.spec["containers"][0])
    service = importlib.import_module(f"services.{name}.app").build(load(project.settings[name], told))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.asgi), base_url="http://pod") as client:
        answer = await client.get(pod.spec["containers"][0]["livenessProbe"]["httpGet"]["path"])
    assert answer.status_code == 200


def test_the_secrets_in_the_documentation_are_those_that_pods_read(base: Rendered, project: Project) -> None:
    read = {
        (entry["valueFrom"]["secretKeyRef"]["name"], entry["valueFrom"]["secretKeyRef"]["key"])
        for pod in base.pods()
        for container in pod.containers
        for entry in container["env"]
        if "secretKeyRef" in entry["valueFrom"]
    }
    assert read == project.documented_secrets


def test_the_base_holds_no_secret(base: Rendered) -> None:
    assert list(base.of("Secret")) == []


def test_what_is_applied_before_the_servers_is_told_by_its_label(overlay: Rendered) -> None:
    # `kubectl apply -l 'app.kubernetes.io/component!=server'` filters by the labels of the objects themselves.
    for pod in overlay.pods():
        kind, _, name = pod.owner.partition("/")
        owner = overlay.find(kind, name)
        assert owner is not None
        assert owner["metadata"]["labels"]["app.kubernetes.io/component"] == pod.component
