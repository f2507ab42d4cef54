"""What schemas cannot see: each rule yields one sentence, with object and field, for everything that breaks it.

The first half holds for all pods, also for a try-out's servers; the second for ours alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tests.k8s.rendered import Pod, Project, Rendered

Rule = Callable[[Rendered, Project], Iterator[str]]

CLOSING_SECONDS = 20
"""After draining: requests in flight end, the pool closes within 5 s, the last events leave."""

_UNITS = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def a_deployment_selects_its_own_pods(rendered: Rendered, _: Project) -> Iterator[str]:
    for deployment in rendered.of("Deployment"):
        selector = deployment["spec"]["selector"]["matchLabels"]
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        if not selector.items() <= labels.items():
            yield f"{_name(deployment)} spec.selector: {selector} does not match the template's labels {labels}"


def a_service_reaches_one_deployment_at_a_named_port(rendered: Rendered, _: Project) -> Iterator[str]:
    for service in rendered.of("Service"):
        selector = service["spec"]["selector"]
        reached = [pod for pod in rendered.pods() if selector.items() <= pod.labels.items()]
        if len(reached) != 1:
            yield f"{_name(service)} spec.selector: reaches {[pod.owner for pod in reached]}, not one Deployment"
            continue
        names = {port["name"] for port in _ports(reached[0])}
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in names:
                yield f"{_name(service)} spec.ports: {reached[0].owner} has no port called {port['targetPort']}"


def requests_stay_within_limits(rendered: Rendered, _: Project) -> Iterator[str]:
    for where, container in _containers(rendered.pods()):
        requests, limits = (container.get("resources", {}).get(of, {}) for of in ("requests", "limits"))
        if not {"cpu", "memory"} <= requests.keys() or "memory" not in limits:
            yield f"{where} resources: requests of cpu and memory and a limit of memory are needed"
        if "cpu" in limits:
            yield f"{where} resources.limits.cpu: a CPU limit would be felt as latency"
        for of in requests.keys() & limits.keys():
            if _quantity(requests[of]) > _quantity(limits[of]):
                yield f"{where} resources.requests.{of}: {requests[of]} is more than the limit {limits[of]}"


def what_is_mounted_is_there(rendered: Rendered, _: Project) -> Iterator[str]:
    for pod in rendered.pods():
        volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
        for volume in volumes.values():
            if "configMap" in volume and not rendered.find("ConfigMap", volume["configMap"]["name"]):
                yield f"{pod.owner} volumes: there is no ConfigMap {volume['configMap']['name']}"
        for where, container in _containers([pod]):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield f"{where} volumeMounts: there is no volume called {mount['name']}"


def what_is_referred_to_exists_or_is_documented(rendered: Rendered, project: Project) -> Iterator[str]:
    for where, container in _containers(rendered.pods()):
        for source in container.get("envFrom", []):
            if not rendered.find("ConfigMap", source["configMapRef"]["name"]):
                yield f"{where} envFrom: there is no ConfigMap {source['configMapRef']['name']}"
        for entry in container.get("env", []):
            for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                chosen = entry.get("valueFrom", {}).get(field)
                if chosen is None:
                    continue
                held = rendered.find(kind, chosen["name"])
                documented = kind == "Secret" and (chosen["name"], chosen["key"]) in project.documented_secrets
                if chosen.get("optional") and held:
                    continue
                if not (chosen["key"] in held["data"] if held else documented):
                    yield f"{where} env.{entry['name']}: nothing makes key {chosen['key']} of {kind} {chosen['name']}"


def pods_meet_the_restricted_standard(rendered: Rendered, _: Project) -> Iterator[str]:
    for namespace in rendered.of("Namespace"):
        if namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{_name(namespace)} metadata.labels: the restricted standard is not enforced"
    for pod in rendered.pods():
        context = pod.spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True or not context.get("runAsUser"):
            yield f"{pod.owner} securityContext: runAsNonRoot and a runAsUser other than 0 are needed"
        if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{pod.owner} securityContext.seccompProfile: must be RuntimeDefault"
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(field):
                yield f"{pod.owner} {field}: a pod keeps to its own"
        for volume in pod.spec.get("volumes", []):
            if "hostPath" in volume:
                yield f"{pod.owner} volumes.{volume['name']}: the node's files are not ours"
        for where, container in _containers([pod]):
            own = container.get("securityContext", {})
            if own.get("allowPrivilegeEscalation") is not False or own.get("privileged"):
                yield f"{where} securityContext: privileges must not grow"
            if own.get("capabilities") != {"drop": ["ALL"]}:
                yield f"{where} securityContext.capabilities: drop ALL, add none"
            if own.get("runAsUser") == 0 or own.get("runAsNonRoot") is False:
                yield f"{where} securityContext: overrides the pod's user with root"


def pods_carry_no_token(rendered: Rendered, _: Project) -> Iterator[str]:
    for pod in rendered.pods():
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.owner} automountServiceAccountToken: no process of ours talks to Kubernetes"


def images_are_named_exactly(rendered: Rendered, _: Project) -> Iterator[str]:
    for where, container in _containers(rendered.pods()):
        tag = container["image"].rpartition("/")[2].partition(":")[2]
        if "@sha256:" not in container["image"] and tag in ("", "latest"):
            yield f"{where} image: {container['image']} can be another tomorrow"


def probes_ask_what_is_answered(rendered: Rendered, project: Project) -> Iterator[str]:
    wanted = {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    for pod in rendered.servers():
        for where, container in _containers([pod]):
            for field, path in wanted.items():
                probe = container.get(field, {})
                ask = probe.get("httpGet", {})
                if ask.get("path") != path or path not in project.paths:
                    yield f"{where} {field}: asks {ask.get('path')}, not {path}"
                if ask.get("port") not in {port["name"] for port in _ports(pod)}:
                    yield f"{where} {field}: there is no port called {ask.get('port')}"
                if path == "/readyz" and probe.get("timeoutSeconds", 1) <= project.readiness_seconds:
                    yield f"{where} {field}.timeoutSeconds: checks may take {project.readiness_seconds} s"


def the_ports_are_those_listened_on(rendered: Rendered, project: Project) -> Iterator[str]:
    for where, container in _containers(rendered.servers()):
        told = {**project.image_environment, **rendered.environment(container)}
        exposed = [str(port["containerPort"]) for port in container.get("ports", [])]
        listening = [told.get("PORT"), told.get("METRICS_PORT")]
        if exposed != listening or told.get("HOST") != "0.0.0.0":
            yield f"{where} ports: {exposed}, but the process listens on {told.get('HOST')}:{listening}"


def there_is_time_to_stop(rendered: Rendered, _: Project) -> Iterator[str]:
    for pod in rendered.servers():
        grace = pod.spec.get("terminationGracePeriodSeconds", 30)
        for _where, container in _containers([pod]):
            drain = float(rendered.environment(container).get("DRAIN_SECONDS") or "nan")
            if not grace >= drain + CLOSING_SECONDS:
                yield f"{pod.owner} terminationGracePeriodSeconds: {grace} s is too short to drain {drain} s and close"


def an_update_takes_no_server_away(rendered: Rendered, _: Project) -> Iterator[str]:
    for deployment in rendered.of("Deployment"):
        if deployment["metadata"]["labels"].get("app.kubernetes.io/component") != "server":
            continue
        rolling = deployment["spec"].get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0:
            yield f"{_name(deployment)} spec.strategy: maxUnavailable must be 0"


def the_environment_is_what_the_settings_ask_for(rendered: Rendered, project: Project) -> Iterator[str]:
    for pod in rendered.servers():
        fields = msgspec.structs.fields(project.settings[pod.service])
        known = {field.name.upper() for field in fields}
        required = {field.name.upper() for field in fields if field.required}
        for where, container in _containers([pod]):
            told = rendered.environment(container).keys()
            for name in sorted(required - told - project.image_environment.keys()):
                yield f"{where} env: {pod.service} asks for {name} and is not told"
            for name in sorted(told - known):
                yield f"{where} env: {pod.service} has no setting {name}"
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.owner} enableServiceLinks: other Services' variables would be set too"


def our_files_are_read_only(rendered: Rendered, _: Project) -> Iterator[str]:
    for where, container in _containers([*rendered.servers(), *rendered.migrations()]):
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{where} securityContext.readOnlyRootFilesystem: nothing of ours writes outside /tmp"


def each_service_is_itself(rendered: Rendered, _: Project) -> Iterator[str]:
    """Its own account, its own image started as the image says, and no other's Secret."""
    for pod in [*rendered.servers(), *rendered.migrations()]:
        if pod.spec.get("serviceAccountName") != pod.service or not rendered.find("ServiceAccount", pod.service):
            yield f"{pod.owner} serviceAccountName: must be {pod.service}, and exist"
        for where, container in _containers([pod]):
            for entry in container.get("env", []):
                secret = entry.get("valueFrom", {}).get("secretKeyRef", {}).get("name", pod.service)
                if not re.fullmatch(rf"{pod.service}(-[a-z0-9]{{10}})?", secret):
                    yield f"{where} env.{entry['name']}: {secret} is not the Secret of {pod.service}"
            if pod.component == "server" and (container.keys() & {"command", "args"}):
                yield f"{where} command: the image knows how its service is started"


def a_migration_is_the_servers_own_release(rendered: Rendered, project: Project) -> Iterator[str]:
    migrations = {pod.service: pod for pod in rendered.migrations()}
    for server in rendered.servers():
        keeps_tables = "database_url" in project.settings[server.service].__struct_fields__
        migration = migrations.pop(server.service, None)
        if (migration is not None) != keeps_tables:
            yield f"{server.owner}: must have a migration exactly if it keeps tables"
        if migration is None:
            continue
        ours, (theirs,) = server.spec["containers"][0], migration.spec["containers"]
        if theirs["image"] != ours["image"]:
            yield f"{migration.owner} image: {theirs['image']}, but the server's is {ours['image']}"
        if theirs.get("command") != ["python", "-m", "chassis.migrations", server.service] or "args" in theirs:
            yield f"{migration.owner} command: {theirs.get('command')} does not migrate {server.service}"
        if rendered.environment(theirs).keys() != {"DATABASE_URL"}:
            yield f"{migration.owner} env: a migration is told DATABASE_URL and nothing else"
    for stray in migrations.values():
        yield f"{stray.owner}: migrates {stray.service}, which has no server"


RULES: tuple[Rule, ...] = (
    a_deployment_selects_its_own_pods,
    a_service_reaches_one_deployment_at_a_named_port,
    requests_stay_within_limits,
    what_is_mounted_is_there,
    what_is_referred_to_exists_or_is_documented,
    pods_meet_the_restricted_standard,
    pods_carry_no_token,
    images_are_named_exactly,
    probes_ask_what_is_answered,
    the_ports_are_those_listened_on,
    there_is_time_to_stop,
    an_update_takes_no_server_away,
    the_environment_is_what_the_settings_ask_for,
    our_files_are_read_only,
    each_service_is_itself,
    a_migration_is_the_servers_own_release,
)


def _name(found: dict[str, Any]) -> str:
    return f"{found['kind']}/{found['metadata']['name']}"


def _ports(pod: Pod) -> list[dict[str, Any]]:
    return [port for container in pod.containers for port in container.get("ports", [])]


def _containers(pods: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for pod in pods:
        for container in pod.containers:
            yield f"{pod.owner} containers.{container['name']}", container


def _quantity(text: object) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text)).groups()  # type: ignore[union-attr]
    return float(number) * _UNITS[unit]
