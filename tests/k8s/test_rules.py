"""Every rule notices what it is for: one thing is broken in manifests that were right, and the rule says where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.k8s import rules
from tests.k8s.rendered import Project, Rendered

Broken = Callable[[Rendered], None]


def owner(kind: str, name: str) -> Callable[[Rendered], dict[str, Any]]:
    def find(rendered: Rendered) -> dict[str, Any]:
        found = rendered.find(kind, name)
        assert found is not None
        return found

    return find


AUTH, MIGRATION, SERVICE = owner("Deployment", "auth"), owner("Job", "auth-migrate"), owner("Service", "auth")


def pod(found: dict[str, Any]) -> dict[str, Any]:
    return found["spec"]["template"]["spec"]


def container(found: dict[str, Any]) -> dict[str, Any]:
    return pod(found)["containers"][0]


def variable(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in container(found)["env"] if entry["name"] == name)


def platform(rendered: Rendered) -> dict[str, str]:
    return next(m["data"] for m in rendered.of("ConfigMap") if m["metadata"]["name"].startswith("platform-"))


BROKEN: list[tuple[rules.Rule, str, Broken]] = [
    (
        rules.a_deployment_selects_its_own_pods,
        "Deployment/auth spec.selector",
        lambda r: AUTH(r)["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/name": "license"}),
    ),
    (
        rules.a_service_reaches_one_deployment_at_a_named_port,
        "Service/auth spec.selector: reaches ['Deployment/auth', 'Job/auth-migrate']",
        lambda r: SERVICE(r)["spec"]["selector"].pop("app.kubernetes.io/component"),
    ),
    (
        rules.a_service_reaches_one_deployment_at_a_named_port,
        "Service/auth spec.ports: Deployment/auth has no port called web",
        lambda r: SERVICE(r)["spec"]["ports"][0].update(targetPort="web"),
    ),
    (
        rules.requests_stay_within_limits,
        "resources.requests.memory: 1Gi is more than the limit 384Mi",
        lambda r: container(AUTH(r))["resources"]["requests"].update(memory="1Gi"),
    ),
    (
        rules.requests_stay_within_limits,
        "Deployment/auth containers.service resources.limits.cpu",
        lambda r: container(AUTH(r))["resources"]["limits"].update(cpu="1"),
    ),
    (
        rules.requests_stay_within_limits,
        "a limit of memory",
        lambda r: container(AUTH(r))["resources"].pop("limits"),
    ),
    (
        rules.what_is_mounted_is_there,
        "Deployment/auth containers.service volumeMounts: there is no volume called tmp",
        lambda r: pod(AUTH(r)).pop("volumes"),
    ),
    (
        rules.what_is_mounted_is_there,
        "there is no ConfigMap nowhere",
        lambda r: pod(AUTH(r))["volumes"].append({"name": "more", "configMap": {"name": "nowhere"}}),
    ),
    (
        rules.what_is_referred_to_exists_or_is_documented,
        "env.AUTH_SECRET: nothing makes key SALT of Secret auth",
        lambda r: variable(AUTH(r), "AUTH_SECRET")["valueFrom"]["secretKeyRef"].update(key="SALT"),
    ),
    (
        rules.what_is_referred_to_exists_or_is_documented,
        "env.PUBLIC_URL: nothing makes key PUBLIC_URL of ConfigMap",
        lambda r: variable(AUTH(r), "PUBLIC_URL")["valueFrom"]["configMapKeyRef"].update(key="PUBLIC_URL"),
    ),
    (
        rules.what_is_referred_to_exists_or_is_documented,
        "Deployment/auth containers.service envFrom: there is no ConfigMap nowhere",
        lambda r: container(AUTH(r))["envFrom"].append({"configMapRef": {"name": "nowhere"}}),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "Deployment/auth securityContext: runAsNonRoot",
        lambda r: pod(AUTH(r))["securityContext"].pop("runAsNonRoot"),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "Job/auth-migrate securityContext: runAsNonRoot and a runAsUser",
        lambda r: pod(MIGRATION(r))["securityContext"].update(runAsUser=0),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "seccompProfile",
        lambda r: pod(AUTH(r))["securityContext"]["seccompProfile"].update(type="Unconfined"),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "Deployment/auth hostNetwork",
        lambda r: pod(AUTH(r)).update(hostNetwork=True),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "volumes.tmp: the node's files",
        lambda r: pod(AUTH(r))["volumes"][0].update(hostPath={"path": "/"}),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "privileges must not grow",
        lambda r: container(AUTH(r))["securityContext"].update(privileged=True),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "securityContext.capabilities",
        lambda r: container(AUTH(r))["securityContext"]["capabilities"].update(add=["SYS_ADMIN"]),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "overrides the pod's user",
        lambda r: container(AUTH(r))["securityContext"].update(runAsUser=0),
    ),
    (
        rules.pods_meet_the_restricted_standard,
        "Namespace/raceoverlay metadata.labels",
        lambda r: next(r.of("Namespace"))["metadata"]["labels"].update(
            {"pod-security.kubernetes.io/enforce": "privileged"}
        ),
    ),
    (
        rules.pods_carry_no_token,
        "Deployment/auth automountServiceAccountToken",
        lambda r: pod(AUTH(r)).pop("automountServiceAccountToken"),
    ),
    (
        rules.images_are_named_exactly,
        "raceoverlay/auth:latest can be another tomorrow",
        lambda r: container(AUTH(r)).update(image="raceoverlay/auth:latest"),
    ),
    (
        rules.images_are_named_exactly,
        "registry:5000/auth can be another",
        lambda r: container(AUTH(r)).update(image="registry:5000/auth"),
    ),
    (
        rules.probes_ask_what_is_answered,
        "livenessProbe: asks /readyz, not /healthz",
        lambda r: container(AUTH(r))["livenessProbe"]["httpGet"].update(path="/readyz"),
    ),
    (
        rules.probes_ask_what_is_answered,
        "startupProbe: asks None",
        lambda r: container(AUTH(r)).pop("startupProbe"),
    ),
    (
        rules.probes_ask_what_is_answered,
        "readinessProbe: there is no port called web",
        lambda r: container(AUTH(r))["readinessProbe"]["httpGet"].update(port="web"),
    ),
    (
        rules.probes_ask_what_is_answered,
        "readinessProbe.timeoutSeconds",
        lambda r: container(AUTH(r))["readinessProbe"].pop("timeoutSeconds"),
    ),
    (
        rules.the_ports_are_those_listened_on,
        "ports: ['9000', '9090'], but the process listens on 0.0.0.0:['8080', '9090']",
        lambda r: container(AUTH(r))["ports"][0].update(containerPort=9000),
    ),
    (
        rules.the_ports_are_those_listened_on,
        "listens on 127.0.0.1:['8080', '9090']",
        lambda r: platform(r).update(HOST="127.0.0.1"),
    ),
    (
        rules.there_is_time_to_stop,
        "Deployment/auth terminationGracePeriodSeconds: 20 s is too short to drain 10.0 s",
        lambda r: pod(AUTH(r)).update(terminationGracePeriodSeconds=20),
    ),
    (
        rules.there_is_time_to_stop,
        "45 s is too short to drain 60.0 s",
        lambda r: platform(r).update(DRAIN_SECONDS="60"),
    ),
    (
        rules.an_update_takes_no_server_away,
        "Deployment/auth spec.strategy",
        lambda r: AUTH(r)["spec"]["strategy"]["rollingUpdate"].update(maxUnavailable="25%"),
    ),
    (
        rules.the_environment_is_what_the_settings_ask_for,
        "auth asks for TOKEN_ISSUER and is not told",
        lambda r: platform(r).pop("TOKEN_ISSUER"),
    ),
    (
        rules.the_environment_is_what_the_settings_ask_for,
        "auth has no setting COLOUR",
        lambda r: container(AUTH(r))["env"].append({"name": "COLOUR", "value": "red"}),
    ),
    (
        rules.the_environment_is_what_the_settings_ask_for,
        "Deployment/auth enableServiceLinks",
        lambda r: pod(AUTH(r)).pop("enableServiceLinks"),
    ),
    (
        rules.our_files_are_read_only,
        "Job/auth-migrate containers.migrate securityContext.readOnlyRootFilesystem",
        lambda r: container(MIGRATION(r))["securityContext"].pop("readOnlyRootFilesystem"),
    ),
    (
        rules.each_service_is_itself,
        "Deployment/auth serviceAccountName: must be auth",
        lambda r: pod(AUTH(r)).update(serviceAccountName="license"),
    ),
    (
        rules.each_service_is_itself,
        "env.DATABASE_URL: license is not the Secret of auth",
        lambda r: variable(AUTH(r), "DATABASE_URL")["valueFrom"]["secretKeyRef"].update(name="license"),
    ),
    (
        rules.each_service_is_itself,
        "Deployment/auth containers.service command",
        lambda r: container(AUTH(r)).update(command=["sh", "-c", "python -m services.auth"]),
    ),
    (
        rules.a_migration_is_the_servers_own_release,
        "Job/auth-migrate image: raceoverlay/auth:old",
        lambda r: container(MIGRATION(r)).update(image="raceoverlay/auth:old"),
    ),
    (
        rules.a_migration_is_the_servers_own_release,
        "Job/auth-migrate command",
        lambda r: container(MIGRATION(r))["command"].__setitem__(-1, "license"),
    ),
    (
        rules.a_migration_is_the_servers_own_release,
        "Job/auth-migrate env",
        lambda r: container(MIGRATION(r))["env"].append({"name": "NATS_URL", "value": "nats://nats"}),
    ),
    (
        rules.a_migration_is_the_servers_own_release,
        "Deployment/auth: must have a migration",
        lambda r: r.objects.remove(MIGRATION(r)),
    ),
    (
        rules.a_migration_is_the_servers_own_release,
        "Job/auth-migrate: migrates auth, which has no server",
        lambda r: r.objects.remove(AUTH(r)),
    ),
]


@pytest.mark.parametrize(("rule", "sentence", "broken"), BROKEN, ids=[f"{r.__name__}: {s}" for r, s, _ in BROKEN])
def test_a_rule_says_what_is_broken(
    rule: rules.Rule, sentence: str, broken: Broken, base: Rendered, project: Project
) -> None:
    rendered = Rendered(copy.deepcopy(base.objects))
    broken(rendered)
    assert any(sentence in said for said in rule(rendered, project))


def test_every_rule_is_seen_to_refuse_something() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(rules.RULES)
